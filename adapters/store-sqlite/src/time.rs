use data_adapter_sca::CLOCK_TOLERANCE;
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Error, Row};

/// A time as the file has it: nanoseconds, from 1677 to 2262; what lies beyond is the end of that.
pub(crate) fn nanoseconds(time: Timestamp) -> i64 {
    clamp(time.as_nanosecond())
}

/// What is of a later time than this was made by a clock that was ahead, in nanoseconds.
pub(crate) fn latest(now: Timestamp) -> i64 {
    nanoseconds(now).saturating_add(length(CLOCK_TOLERANCE))
}

/// A duration in nanoseconds.
pub(crate) fn length(duration: SignedDuration) -> i64 {
    clamp(duration.as_nanos())
}

fn clamp(nanoseconds: i128) -> i64 {
    i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX })
}

/// A time from the file.
pub(crate) fn timestamp(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    of_nanoseconds(row.get(column)?)
}

/// A time from the file, where there may be none.
pub(crate) fn optional_timestamp(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(of_nanoseconds).transpose()
}

/// A time of so many nanoseconds.
pub(crate) fn of_nanoseconds(nanoseconds: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_nanosecond(nanoseconds.into())
        .map_err(|error| Error::FromSqlConversionFailure(0, Type::Integer, Box::new(error)))
}
