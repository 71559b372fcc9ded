//! What is over leaves, some at a time, by one instance at a time.

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_records::nanoseconds;
use data_adapter_sca::{BlockDurations, Maintenance, Retention};
use jiff::Timestamp;

use crate::session::{Outcome, Session, query};
use crate::{PostgresStore, opening};

/// Rows that go in one transaction.
const AT_ONCE: i64 = 500;

/// Removes some rows of a table, by its key, of which a condition on $1, a time, and $2, now, is true. Rows that somebody has locked stay.
macro_rules! some {
    ($table:literal, $key:literal, $which:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $which,
            " LIMIT $3 FOR UPDATE SKIP LOCKED)"
        )
    };
}

const CHALLENGES: &str = some!("challenges", "message_id", "expires_at <= $1");
const SPENT: &str = some!("spent", "operation_id, operation_name, user_id", "last_at <= $1");
const ATTEMPTS: &str = some!(
    "attempts",
    "user_id, factor",
    "last_at <= $1 AND COALESCE(reserved_until, $1) <= $1 AND COALESCE(blocked_until, $2) <= $2"
);
const SHOWN_FORMS: &str = some!("shown_forms", "operation_id, user_id", "shown_at <= $1");
const ENDED_OPERATIONS: &str = some!("ended_operations", "operation_id", "ended_at <= $1");
const REVOKED_TOKENS: &str = some!("revoked_tokens", "token_id", "expires_at <= $1");
const SESSIONS: &str = some!("sessions", "user_id, holder", "last_at <= $1");
const ENDED_SESSIONS: &str = some!("ended_sessions", "user_id", "ended_at <= $1");
const CALLS: &str = some!("calls", "scope, user_id, reference", "begun_at <= $1");
const RATES: &str = some!("rates", "name, length, allowed", "ends_at <= $1");
const DELIVERIES: &str = some!("deliveries", "message_id", "kept_at <= $1");
const DELIVERY_PARTS: &str = some!("delivery_parts", "gateway, reference", "kept_at <= $1");
const EARLY_RECEIPTS: &str =
    some!("delivery_parts", "gateway, reference", "message_id IS NULL AND kept_at <= $1");

/// Removes some rows; `None` while another instance is at it.
async fn remove_some(
    session: &mut Session<'_>,
    statement: &'static str,
    then: i64,
    now: i64,
) -> Outcome<Option<u64>> {
    let chore = query("SELECT 1 FROM chores WHERE name = 'purge' FOR UPDATE SKIP LOCKED");
    if !session.exists(chore).await? {
        return Ok(None);
    }
    session.execute(query(statement).bind(then).bind(now).bind(AT_ONCE)).await.map(Some)
}

impl PostgresStore {
    /// Removes what a statement finds of then and before, and says how many rows that were; `None` where another instance is at it.
    async fn remove(
        &self,
        statement: &'static str,
        then: i64,
        now: i64,
    ) -> Result<Option<u64>, AdapterError> {
        let mut removed = 0;
        loop {
            let some = self.change(|session| Box::pin(remove_some(session, statement, then, now))).await?;
            let Some(some) = some else { return Ok(None) };
            removed += some;
            if some < AT_ONCE.unsigned_abs() {
                return Ok(Some(removed));
            }
        }
    }
}

#[async_trait]
impl Maintenance for PostgresStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let mut removed = 0;
        for (statement, then) in [
            (CHALLENGES, now - retention.challenges),
            (SPENT, now - retention.counters),
            (ATTEMPTS, now - retention.counters),
            (SHOWN_FORMS, now - retention.shown_forms),
            (ENDED_OPERATIONS, now - retention.ended_operations),
            (REVOKED_TOKENS, now - retention.revoked_tokens),
            (SESSIONS, now - retention.sessions),
            (ENDED_SESSIONS, now - retention.sessions),
            (CALLS, now - retention.idempotency),
            (RATES, now),
            (DELIVERIES, now - retention.deliveries),
            (DELIVERY_PARTS, now - retention.deliveries),
            (EARLY_RECEIPTS, now - retention.early_receipts),
        ] {
            let Some(some) = self.remove(statement, nanoseconds(then), nanoseconds(now)).await? else {
                break;
            };
            removed += some;
        }
        Ok(removed)
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        self.bring_back(now, blocks).await
    }

    /// Opens a challenge as a request does, and takes it back within the same transaction.
    async fn probe(&self) -> Result<(), AdapterError> {
        self.change(|session| Box::pin(opening::try_to_open(session))).await
    }

    async fn close(&self) {
        self.links.close(self.longest).await;
    }
}
