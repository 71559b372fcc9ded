//! A store in PostgreSQL, for Data Adapter on any number of machines.
//!
//! Plain SQL: every change is one conditional statement, or a short transaction that begins with what locks its rows, and is right under
//! READ COMMITTED. A transaction that another one was in the way of is done again. Nothing depends on the state of a session, so that a
//! pooler may lend each transaction another one. Rows are locked in one order: calls, challenges, failures of users, what steps have
//! spent, factors, messages, limits.

mod address;
mod attempts;
mod challenges;
mod consents;
mod deliveries;
mod devices;
mod factors;
mod guessing;
mod idempotency;
mod open;
mod open_error;
mod opening;
mod pool;
mod pooler;
mod purge;
mod rates;
mod requests;
mod rewind;
mod rows;
mod schema;
mod session;
mod sessions;
mod settings;
mod tokens;
mod transaction;

use std::fmt::Display;
use std::time::Duration;

use data_adapter_core::AdapterError;

pub use open_error::OpenError;
use pool::Links;
use session::Manners;
pub use settings::{Pooler, PostgresSettings, SettingsError};

/// A store in PostgreSQL. Any number of instances may have it open at once.
pub struct PostgresStore {
    links: Links,
    manners: Manners,
    /// How long a call may take, waiting for a connection included.
    longest: Duration,
}

/// What the caller reads when the store can't be used; what exactly is wrong goes to the log.
fn remote(error: &impl Display) -> AdapterError {
    AdapterError::Remote(format!("the PostgreSQL store: {error}"))
}
