//! The shell around APIs that it has never heard of, over real connections.

mod bench;
mod documents;
mod metering;
mod refusals;
