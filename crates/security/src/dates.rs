//! Dates as this API writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// With milliseconds and without a zone: `2021-12-21T13:58:02.899`.
pub(crate) fn without_zone(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

/// With seven decimals and an offset: `2021-11-12T13:27:32.3497733+05:30`.
pub(crate) fn with_offset(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.7f%:z").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn dates_are_written_as_the_document_prints_them() {
        let india = TimeZone::fixed(Offset::from_seconds(19_800).unwrap());
        let at: Timestamp = "2021-11-12T07:57:32.3497733Z".parse().unwrap();
        assert_eq!(without_zone(at, &india), "2021-11-12T13:27:32.349");
        assert_eq!(with_offset(at, &india), "2021-11-12T13:27:32.3497733+05:30");
        assert_eq!(without_zone(Timestamp::UNIX_EPOCH, &TimeZone::UTC), "1970-01-01T00:00:00.000");
        assert_eq!(with_offset(Timestamp::UNIX_EPOCH, &TimeZone::UTC), "1970-01-01T00:00:00.0000000+00:00");
    }
}
