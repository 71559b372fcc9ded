//! What is in the rows of the database.

use data_adapter_records::{count, hash, timestamp};
use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use crate::session::Outcome;

/// A value as the database has it.
pub(crate) fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, column: &str) -> Outcome<T> {
    Ok(row.try_get(column)?)
}

/// A number that is not below zero.
pub(crate) fn number(row: &PgRow, column: &str) -> Outcome<u32> {
    Ok(count(get(row, column)?)?)
}

/// A time.
pub(crate) fn time(row: &PgRow, column: &str) -> Outcome<Timestamp> {
    Ok(timestamp(get(row, column)?)?)
}

/// A time; `None` where there is none.
pub(crate) fn optional_time(row: &PgRow, column: &str) -> Outcome<Option<Timestamp>> {
    Ok(get::<Option<i64>>(row, column)?.map(timestamp).transpose()?)
}

/// The 32 bytes of a hash.
pub(crate) fn digest(row: &PgRow, column: &str) -> Outcome<[u8; 32]> {
    Ok(hash(get(row, column)?)?)
}
