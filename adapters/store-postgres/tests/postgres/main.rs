//! The store over a real PostgreSQL, by itself and behind PgBouncer. Left out where they are not installed, except with `CI=true`.

#![expect(clippy::panic, reason = "the helpers of a test say by a panic what went wrong")]

mod conflicts;
mod contract;
mod faults;
mod opening;
mod purging;
mod support;
