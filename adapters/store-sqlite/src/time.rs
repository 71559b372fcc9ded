pub(crate) use data_adapter_records::{latest, length, nanoseconds};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Row};

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
