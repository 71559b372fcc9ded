//! A store in one SQLite file, for Data Adapter on one machine.
//!
//! An answer leaves only after its change is on the disk: WAL with `synchronous=FULL`. Changes that arrive together share
//! one commit, each in a savepoint of its own, so that this stays fast ([`writer`]).

mod attempts;
mod challenges;
mod consents;
mod deliveries;
mod devices;
mod factors;
mod idempotency;
mod open;
mod open_error;
mod opening;
mod place;
mod purge;
mod rates;
mod reader;
mod requests;
mod sessions;
mod time;
mod tokens;
mod worker;
mod writer;

use std::fmt::Display;

use data_adapter_core::AdapterError;

pub use open_error::OpenError;
use reader::Reader;
use writer::Writer;

/// A store in one SQLite file. Several processes may have it open at once, such as a service and an admin command.
pub struct SqliteStore {
    writer: Writer,
    reader: Reader,
}

/// What the caller reads when the file can't be used; what exactly is wrong goes to the log.
fn remote(error: &impl Display) -> AdapterError {
    AdapterError::Remote(format!("the SQLite store: {error}"))
}
