//! Instances over a real PostgreSQL, and over one behind PgBouncer. Left out where they are not installed, except with `CI=true`.

pub(crate) mod faults;
mod refused;

use std::io::Write as _;

use data_adapter_testkit::Postgres;

use crate::support::{Builder, DataAdapter};

/// Says that a test is left out; `.ci/install` installs what it needs.
pub(crate) fn left_out(what: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "left out: {what} is not installed");
}

/// An instance over the database at a URL. What a busy machine takes long for is waited for.
pub(crate) fn over(url: &str) -> Builder {
    DataAdapter::builder()
        .env("DATA_ADAPTER__STORE__URL", url)
        .env("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD)
        .env("DATA_ADAPTER__STORE__ACQUIRE_TIMEOUT_MS", "60000")
        .env("DATA_ADAPTER__STORE__STATEMENT_TIMEOUT_MS", "60000")
}
