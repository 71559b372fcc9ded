use crate::Unreadable;

/// How often something was done, from a store.
///
/// # Errors
///
/// [`Unreadable`] when it is below zero or too large.
pub fn count(number: i64) -> Result<u32, Unreadable> {
    u32::try_from(number).map_err(|error| Unreadable::new("a number", &error))
}

/// The bytes of a hash, from a store.
///
/// # Errors
///
/// [`Unreadable`] when they are not 32.
pub fn hash(bytes: &[u8]) -> Result<[u8; 32], Unreadable> {
    bytes.try_into().map_err(|_| Unreadable::new("a hash", &format_args!("it has {} bytes", bytes.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_and_no_hash_is_told() {
        assert_eq!(count(7), Ok(7));
        assert!(count(-1).is_err());
        assert_eq!(hash(&[7; 32]), Ok([7; 32]));
        assert_eq!(
            hash(&[7; 31]).unwrap_err().to_string(),
            "the store holds a hash that can't be read: it has 31 bytes"
        );
    }
}
