use data_adapter_sca::Reservation;

use crate::{Unreadable, nanoseconds, timestamp};

/// Attempts that are under way, as stores have them: `[["id", admitted, expires], …]`.
#[must_use]
pub fn write_reservations(reservations: &[Reservation]) -> String {
    let one = |reservation: &Reservation| {
        let Reservation { id, admitted_at, expires_at } = reservation;
        (id.clone(), nanoseconds(*admitted_at), nanoseconds(*expires_at))
    };
    serde_json::json!(reservations.iter().map(one).collect::<Vec<_>>()).to_string()
}

/// Attempts that are under way, from a store.
///
/// # Errors
///
/// [`Unreadable`] when they are none.
pub fn read_reservations(json: &str) -> Result<Vec<Reservation>, Unreadable> {
    let list: Vec<(String, i64, i64)> =
        serde_json::from_str(json).map_err(|error| Unreadable::new("attempts under way", &error))?;
    let one = |(id, admitted, expires)| {
        Ok(Reservation { id, admitted_at: timestamp(admitted)?, expires_at: timestamp(expires)? })
    };
    list.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_under_way_are_read_as_they_were_written() {
        let (admitted_at, expires_at) =
            ("2026-11-28T13:14:15.123456789Z".parse().unwrap(), "2026-11-28T13:15:15Z".parse().unwrap());
        let reservations = vec![Reservation { id: "7f".to_owned(), admitted_at, expires_at }];
        let json = write_reservations(&reservations);
        assert_eq!(json, r#"[["7f",1795871655123456789,1795871715000000000]]"#);
        assert_eq!(read_reservations(&json), Ok(reservations));
        assert_eq!((write_reservations(&[]).as_str(), read_reservations("[]")), ("[]", Ok(vec![])));
        assert!(read_reservations("{}").is_err());
    }
}
