//! How stores write down what a database has no type for: times as numbers, kinds as numbers, what people are told of a challenge as
//! JSON. Every store writes the same, so that what is in one can be read in another.

mod kinds;
mod options;
mod presentation;
mod reservations;
mod scopes;
mod time;
mod values;

use thiserror::Error;

pub use kinds::{
    channel, channel_number, delivery, delivery_number, factor, factor_number, method, method_number, status,
    status_number,
};
pub use options::{read_options, write_options};
pub use presentation::{read_presentation, write_presentation};
pub use reservations::{read_reservations, write_reservations};
pub use scopes::{read_scopes, write_scopes};
pub use time::{latest, length, nanoseconds, timestamp};
pub use values::{count, hash};

/// What is in a store is not what any version writes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the store holds {what} that can't be read: {why}")]
pub struct Unreadable {
    /// What it should have been.
    what: &'static str,
    /// What is wrong with it.
    why: String,
}

impl Unreadable {
    fn new(what: &'static str, why: &impl ToString) -> Self {
        Self { what, why: why.to_string() }
    }
}
