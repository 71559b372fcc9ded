//! Codes and counters in Redis or Valkey, for Data Adapter on any number of machines: one server, one with replicas under Sentinel,
//! or a Cluster.
//!
//! A change is read, computed here and kept by one script that looks at whether everything is still as it was read; otherwise it is
//! done again. So the rules are those of all stores, and a server only compares and sets. Limits alone are counted by a script,
//! since all users share them.
//!
//! What has to change together is in one [place](place), which is one slot of a cluster. An [operation](operations) and the limits
//! have places of their own; how an [opening](opening) goes through all three is said there.
//!
//! After each call the server says how many replicas have all that it changed, on the same connection. Where those are too few the
//! caller gets `REMOTE_ERROR`: the change may have been kept. A call whose answer was lost is not made again, unless it only asked.
//!
//! Times are those of the callers. Servers only forget what nobody asks for any more, and that a good while later.

mod address;
mod attempts;
mod challenges;
mod guessing;
mod link;
mod loaded;
mod open;
mod open_error;
mod opening;
mod operations;
mod place;
mod pools;
mod rates;
mod records;
mod scripts;
mod servers;
mod settings;
mod store;
mod topology;
mod walking;

use std::fmt::Display;

use data_adapter_core::AdapterError;

pub use open_error::OpenError;
pub use settings::{RedisSettings, SettingsError};
pub use store::RedisStore;

/// What the caller reads when the store can't be used; what exactly is wrong goes to the log.
fn remote(error: &impl Display) -> AdapterError {
    AdapterError::Remote(format!("the Redis store: {error}"))
}
