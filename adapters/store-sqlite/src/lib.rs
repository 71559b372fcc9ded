//! A store in one SQLite file, for Data Adapter on one machine.
//!
//! An answer leaves only after its change is on the disk: WAL with `synchronous=FULL`. Changes that arrive together share
//! one commit, each in a savepoint of its own, so that this stays fast ([`writer`]).

mod attempts;
mod challenges;
mod consents;
mod open;
mod time;
mod writer;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Retention, Store};
use jiff::Timestamp;
use sqlx::{SqliteConnection, SqlitePool};

pub use open::OpenError;
use time::nanoseconds;
use writer::{Change, Writer};

/// A store in one SQLite file. Several processes may have it open at once, such as a service and an admin command.
pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
}

/// What the caller reads when the file can't be used; what exactly is wrong goes to the log.
fn remote(error: &sqlx::Error) -> AdapterError {
    AdapterError::Remote(format!("the SQLite store: {error}"))
}

struct Purge {
    now: i64,
    challenges: i64,
    counters: i64,
    shown_forms: i64,
}

#[async_trait]
impl Change for Purge {
    type Output = u64;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<u64> {
        let challenges = sqlx::query("DELETE FROM challenges WHERE expires_at <= ?").bind(self.challenges);
        let spent = sqlx::query("DELETE FROM spent WHERE last_at <= ?").bind(self.counters);
        let attempts = sqlx::query(
            "DELETE FROM attempts WHERE last_at <= ? AND (blocked_until IS NULL OR blocked_until <= ?)",
        )
        .bind(self.counters)
        .bind(self.now);
        let forms = sqlx::query("DELETE FROM shown_forms WHERE shown_at <= ?").bind(self.shown_forms);
        let mut removed = 0;
        for query in [challenges, spent, attempts, forms] {
            removed += query.execute(&mut *connection).await?.rows_affected();
        }
        Ok(removed)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let purge = Purge {
            now: nanoseconds(now),
            challenges: nanoseconds(now - retention.challenges),
            counters: nanoseconds(now - retention.counters),
            shown_forms: nanoseconds(now - retention.shown_forms),
        };
        self.writer.write(purge).await
    }
}
