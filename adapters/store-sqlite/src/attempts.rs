use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Attempt, AttemptPolicy, AttemptStore, Block, Factor};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::time::{length, nanoseconds, timestamp};

/// `factor` in the file.
pub(crate) fn number(factor: Factor) -> i64 {
    match factor {
        Factor::Code => 0,
        Factor::Password => 1,
        Factor::Partner => 2,
    }
}

fn factor(number: i64) -> rusqlite::Result<Factor> {
    match number {
        0 => Ok(Factor::Code),
        1 => Ok(Factor::Password),
        2 => Ok(Factor::Partner),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    }
}

/// ?3 now, ?4 the end of a block that starts now, ?5 older failures are forgotten, ?6 the limit
const COUNT: &str = "INSERT INTO attempts VALUES (?1, ?2, 1, ?3, CASE WHEN 1 >= ?6 THEN ?4 END)
    ON CONFLICT DO UPDATE SET
        failures = CASE WHEN blocked_until IS NOT NULL OR last_at <= ?5 THEN 1 ELSE failures + 1 END,
        blocked_until = CASE WHEN
            CASE WHEN blocked_until IS NOT NULL OR last_at <= ?5 THEN 1 ELSE failures + 1 END >= ?6
            THEN ?4 END,
        last_at = ?3
    WHERE blocked_until IS NULL OR blocked_until <= ?3
    RETURNING blocked_until IS NOT NULL";

/// What became of counting an attempt.
pub(crate) struct Counted {
    pub(crate) attempt: Attempt,
    pub(crate) starts_block: bool,
}

pub(crate) fn count(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
    now: Timestamp,
    policy: &AttemptPolicy,
) -> rusqlite::Result<Counted> {
    let (user, factor, now) = (user.as_str(), number(factor), nanoseconds(now));
    let until = now.saturating_add(length(policy.block_for));
    let forgotten = now.saturating_sub(length(policy.forget_after));
    let counted = connection
        .prepare_cached(COUNT)?
        .query_one(params![user, factor, now, until, forgotten, policy.limit], |row| row.get(0))
        .optional()?;
    if let Some(starts_block) = counted {
        return Ok(Counted { attempt: Attempt::Admitted, starts_block });
    }
    // A blocked attempt writes as an admitted one does, or the disk would tell them apart. No block lasts longer than from now.
    connection
        .prepare_cached(
            "UPDATE attempts SET last_at = ?3, blocked_until = min(blocked_until, ?4)
             WHERE user_id = ?1 AND factor = ?2",
        )?
        .execute(params![user, factor, now, until])?;
    Ok(Counted { attempt: Attempt::Blocked, starts_block: false })
}

/// The limit comes on top of the failures that may be taken back, so that the block stays.
fn block_now(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
    now: Timestamp,
    policy: &AttemptPolicy,
) -> rusqlite::Result<()> {
    let now = nanoseconds(now);
    let until = now.saturating_add(length(policy.block_for));
    connection
        .prepare_cached(
            "INSERT INTO attempts VALUES (?1, ?2, ?5, ?3, ?4)
             ON CONFLICT DO UPDATE SET
                 failures = failures + ?5,
                 last_at = ?3,
                 blocked_until = max(ifnull(blocked_until, 0), ?4)",
        )?
        .execute(params![user.as_str(), number(factor), now, until, policy.limit])
        .map(drop)
}

/// Takes one counted attempt back.
pub(crate) fn take_back(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
    limit: u32,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE attempts SET
                 failures = max(failures - 1, 0),
                 blocked_until = CASE WHEN max(failures - 1, 0) < ?3 THEN NULL ELSE blocked_until END
             WHERE user_id = ?1 AND factor = ?2",
        )?
        .execute(params![user.as_str(), number(factor), limit])
        .map(drop)
}

/// Writes the row as it is: SQLite does not look whether anything changes, so that the disk has as much to do.
fn keep(connection: &Connection, user: &UserId, factor: Factor) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE attempts SET failures = max(failures, 0), blocked_until = blocked_until
             WHERE user_id = ?1 AND factor = ?2",
        )?
        .execute(params![user.as_str(), number(factor)])
        .map(drop)
}

/// Forgets the failures of a user: true when there were any.
pub(crate) fn clear(connection: &Connection, user: &UserId, factor: Factor) -> rusqlite::Result<bool> {
    let cleared = connection
        .prepare_cached("DELETE FROM attempts WHERE user_id = ? AND factor = ?")?
        .execute(params![user.as_str(), number(factor)])?;
    Ok(cleared > 0)
}

fn block(row: &Row<'_>) -> rusqlite::Result<Block> {
    Ok(Block {
        user: UserId::new(row.get::<_, String>("user_id")?),
        factor: factor(row.get("factor")?)?,
        failures: row.get("failures")?,
        until: timestamp(row, "blocked_until")?,
    })
}

#[async_trait]
impl AttemptStore for SqliteStore {
    async fn count_attempt(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<Attempt, AdapterError> {
        let (user, policy) = (user.clone(), *policy);
        let change = move |connection: &Connection| count(connection, &user, factor, now, &policy);
        Ok(self.writer.write(change).await?.attempt)
    }

    async fn take_attempt_back(
        &self,
        user: &UserId,
        factor: Factor,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let (user, limit) = (user.clone(), policy.limit);
        self.writer.write(move |connection| take_back(connection, &user, factor, limit)).await
    }

    async fn keep_attempt(&self, user: &UserId, factor: Factor) -> Result<(), AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| keep(connection, &user, factor)).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| clear(connection, &user, factor)).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let (user, policy) = (user.clone(), *policy);
        self.writer.write(move |connection| block_now(connection, &user, factor, now, &policy)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        let user = user.clone();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT blocked_until FROM attempts WHERE user_id = ? AND factor = ? AND blocked_until > ?",
                )?
                .query_one(params![user.as_str(), number(factor), nanoseconds(now)], |row| {
                    timestamp(row, "blocked_until")
                })
                .optional()
        };
        self.reader.read(question).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM attempts WHERE blocked_until > ? ORDER BY user_id, factor")?
                .query_map([nanoseconds(now)], block)?
                .collect()
        };
        self.reader.read(question).await
    }
}
