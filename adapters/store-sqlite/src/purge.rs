use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{BlockDurations, Maintenance, Retention};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::time::{latest, nanoseconds};
use crate::{SqliteStore, attempts, opening};

/// Records that go in one change: those who wait for their own changes must not wait for all of them.
const AT_ONCE: u32 = 500;

/// Some challenges that expired by then.
const CHALLENGES: &str = "DELETE FROM challenges WHERE message_id IN
    (SELECT message_id FROM challenges WHERE expires_at <= ? LIMIT ?)";
/// Some operations that ended by then.
const ENDED_OPERATIONS: &str = "DELETE FROM ended_operations WHERE operation_id IN
    (SELECT operation_id FROM ended_operations WHERE ended_at <= ? LIMIT ?)";

/// Some tokens that expired by then.
const REVOKED_TOKENS: &str = "DELETE FROM revoked_tokens WHERE token_id IN
    (SELECT token_id FROM revoked_tokens WHERE expires_at <= ? LIMIT ?)";

/// Some calls that began by then.
const CALLS: &str = "DELETE FROM calls WHERE (scope, user_id, reference) IN
    (SELECT scope, user_id, reference FROM calls WHERE begun_at <= ? LIMIT ?)";

/// Some windows of limits that were over by then.
const RATES: &str = "DELETE FROM rates WHERE (name, length, allowed) IN
    (SELECT name, length, allowed FROM rates WHERE ends_at <= ? LIMIT ?)";

/// Some messages that gateways took by then.
const DELIVERIES: &str = "DELETE FROM deliveries WHERE message_id IN
    (SELECT message_id FROM deliveries WHERE kept_at <= ? LIMIT ?)";

/// Some of their parts.
const DELIVERY_PARTS: &str = "DELETE FROM delivery_parts WHERE (gateway, reference) IN
    (SELECT gateway, reference FROM delivery_parts WHERE kept_at <= ? LIMIT ?)";

/// Some receipts of no message that came by then.
const EARLY_RECEIPTS: &str = "DELETE FROM delivery_parts WHERE (gateway, reference) IN
    (SELECT gateway, reference FROM delivery_parts WHERE message_id IS NULL AND kept_at <= ? LIMIT ?)";

/// Removes counters whose last failure is so old, unless their block runs on `now`.
fn counters(connection: &Connection, last: i64, now: i64) -> rusqlite::Result<usize> {
    let spent = connection.execute("DELETE FROM spent WHERE last_at <= ?", params![last])?;
    Ok(spent + attempts::purge(connection, last, now)?)
}

/// Dates what lies ahead as of `now`, and says how many records that were.
fn rewind(connection: &Connection, now: Timestamp, blocks: BlockDurations) -> rusqlite::Result<usize> {
    let mut changed = attempts::rewind(connection, now, blocks)?;
    let (latest, now) = (latest(now), nanoseconds(now));
    for statement in [
        "UPDATE challenges SET state = max(state, 1), created_at = ?2, expires_at = min(expires_at, ?2) WHERE created_at > ?1",
        "UPDATE spent SET last_at = ?2 WHERE last_at > ?1",
        "UPDATE shown_forms SET shown_at = ?2 WHERE shown_at > ?1",
        "UPDATE ended_operations SET ended_at = ?2 WHERE ended_at > ?1",
        "UPDATE factors SET enrolled_at = ?2 WHERE enrolled_at > ?1",
        "UPDATE calls SET leased_until = leased_until - begun_at + ?2, begun_at = ?2 WHERE begun_at > ?1",
        "UPDATE deliveries SET kept_at = ?2 WHERE kept_at > ?1",
        "UPDATE delivery_parts SET kept_at = ?2 WHERE kept_at > ?1",
        "UPDATE rates SET ends_at = ends_at - began_at + ?2, began_at = ?2 WHERE began_at > ?1",
    ] {
        changed += connection.prepare_cached(statement)?.execute([latest, now])?;
    }
    // Up to then may be what the tokens say that were ended.
    changed += connection
        .prepare_cached("UPDATE ended_sessions SET ended_at = ?1 WHERE ended_at > ?1")?
        .execute([latest])?;
    // Nobody knows how old a session of a clock that was ahead is.
    changed += connection.prepare_cached("DELETE FROM sessions WHERE last_at > ?")?.execute([latest])?;
    Ok(changed)
}

impl SqliteStore {
    /// Removes what a statement finds of then and before, some at a time, and says how many records that were.
    async fn purge_slowly(&self, statement: &'static str, then: i64) -> Result<usize, AdapterError> {
        let mut removed = 0;
        loop {
            let some = self.writer.write(move |connection| {
                connection.prepare_cached(statement)?.execute(params![then, AT_ONCE])
            });
            let some = some.await?;
            removed += some;
            if some < AT_ONCE as usize {
                return Ok(removed);
            }
        }
    }
}

#[async_trait]
impl Maintenance for SqliteStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let counted = nanoseconds(now - retention.counters);
        let shown = nanoseconds(now - retention.shown_forms);
        let expired = nanoseconds(now - retention.challenges);
        let ended = nanoseconds(now - retention.ended_operations);
        let revoked = nanoseconds(now - retention.revoked_tokens);
        let idle = nanoseconds(now - retention.sessions);
        let begun = nanoseconds(now - retention.idempotency);
        let handed_over = nanoseconds(now - retention.deliveries);
        let early = nanoseconds(now - retention.early_receipts);
        let now = nanoseconds(now);
        let first = self.writer.write(move |connection| {
            let forms = connection.execute("DELETE FROM shown_forms WHERE shown_at <= ?", params![shown])?;
            let sessions = connection.execute("DELETE FROM sessions WHERE last_at <= ?", params![idle])?;
            let ended =
                connection.execute("DELETE FROM ended_sessions WHERE ended_at <= ?", params![idle])?;
            Ok(forms + sessions + ended + counters(connection, counted, now)?)
        });
        let removed = first.await?
            + self.purge_slowly(CHALLENGES, expired).await?
            + self.purge_slowly(ENDED_OPERATIONS, ended).await?
            + self.purge_slowly(REVOKED_TOKENS, revoked).await?
            + self.purge_slowly(CALLS, begun).await?
            + self.purge_slowly(RATES, now).await?
            + self.purge_slowly(DELIVERIES, handed_over).await?
            + self.purge_slowly(DELIVERY_PARTS, handed_over).await?
            + self.purge_slowly(EARLY_RECEIPTS, early).await?;
        Ok(removed as u64)
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        let write = self.writer.write(move |connection| rewind(connection, now, blocks));
        Ok(write.await? as u64)
    }

    /// Opens a challenge as a request does, and takes it back within the same commit.
    async fn probe(&self) -> Result<(), AdapterError> {
        self.writer.write(opening::try_to_open).await
    }

    async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
