//! The forms in which directories keep times. What is of another form is `None`.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `20261122091214Z`, with or without a fraction. Only this form in UTC is understood (RFC 4517, 3.3.13 allows more).
pub(crate) fn generalized(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?.split(['.', ',']).next()?;
    let time = DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

/// Steps of 100 ns since 1601, as Active Directory counts.
pub(crate) fn file_time(text: &str) -> Option<Timestamp> {
    const SECONDS_FROM_1601_TO_1970: i64 = 11_644_473_600;
    let seconds = text.parse::<i64>().ok()?.checked_div(10_000_000)?;
    Timestamp::from_second(seconds - SECONDS_FROM_1601_TO_1970).ok()
}

/// Days since 1970.
pub(crate) fn days(text: &str) -> Option<Timestamp> {
    let days = text.parse::<i64>().ok()?;
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(days.checked_mul(24)?)).ok()
}
