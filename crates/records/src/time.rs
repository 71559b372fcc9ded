use data_adapter_sca::CLOCK_TOLERANCE;
use jiff::{SignedDuration, Timestamp};

use crate::Unreadable;

/// A time as stores have it: nanoseconds since 1970-01-01 UTC, from 1677 to 2262; what lies beyond is the end of that.
#[must_use]
pub fn nanoseconds(time: Timestamp) -> i64 {
    clamp(time.as_nanosecond())
}

/// What is of a later time than this was made by a clock that was ahead, in nanoseconds.
#[must_use]
pub fn latest(now: Timestamp) -> i64 {
    nanoseconds(now).saturating_add(length(CLOCK_TOLERANCE))
}

/// A duration in nanoseconds.
#[must_use]
pub fn length(duration: SignedDuration) -> i64 {
    clamp(duration.as_nanos())
}

fn clamp(nanoseconds: i128) -> i64 {
    i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX })
}

/// A time from a store.
///
/// # Errors
///
/// [`Unreadable`] when it is none.
pub fn timestamp(nanoseconds: i64) -> Result<Timestamp, Unreadable> {
    Timestamp::from_nanosecond(nanoseconds.into()).map_err(|error| Unreadable::new("a time", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_was_written() {
        let time: Timestamp = "2026-11-28T13:14:15.123456789Z".parse().unwrap();
        assert_eq!(timestamp(nanoseconds(time)), Ok(time));
        assert_eq!(nanoseconds(Timestamp::MAX), i64::MAX, "beyond is the end");
        assert_eq!(nanoseconds(Timestamp::MIN), i64::MIN, "beyond is the end");
    }

    #[test]
    fn what_lies_further_ahead_than_the_tolerance_is_later_than_the_latest() {
        let now: Timestamp = "2026-11-28T13:14:15Z".parse().unwrap();
        assert_eq!(latest(now), nanoseconds(now + CLOCK_TOLERANCE));
        assert_eq!(latest(Timestamp::MAX), i64::MAX);
    }
}
