use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Attempt, AttemptPolicy, AttemptStore, Block, Factor};
use jiff::Timestamp;
use sqlx::{Row as _, SqliteConnection};

use crate::time::{length, nanoseconds, timestamp};
use crate::writer::Change;
use crate::{SqliteStore, remote};

/// `factor` in the file.
fn number(factor: Factor) -> i64 {
    match factor {
        Factor::Code => 0,
        Factor::Password => 1,
    }
}

pub(crate) struct CountAttempt {
    pub(crate) user: UserId,
    pub(crate) factor: Factor,
    pub(crate) now: Timestamp,
    pub(crate) policy: AttemptPolicy,
}

#[async_trait]
impl Change for CountAttempt {
    type Output = Attempt;

    /// ?3 now, ?4 the end of a block that starts now, ?5 older failures are forgotten, ?6 the limit
    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<Attempt> {
        let now = nanoseconds(self.now);
        let counted = sqlx::query(
            "INSERT INTO attempts VALUES (?1, ?2, 1, ?3, CASE WHEN 1 >= ?6 THEN ?4 END)
             ON CONFLICT DO UPDATE SET
                 failures = CASE WHEN blocked_until IS NOT NULL OR last_at <= ?5 THEN 1 ELSE failures + 1 END,
                 blocked_until = CASE WHEN
                     CASE WHEN blocked_until IS NOT NULL OR last_at <= ?5 THEN 1 ELSE failures + 1 END >= ?6
                     THEN ?4 END,
                 last_at = ?3
             WHERE blocked_until IS NULL OR blocked_until <= ?3",
        )
        .bind(self.user.as_str())
        .bind(number(self.factor))
        .bind(now)
        .bind(now.saturating_add(length(self.policy.block_for)))
        .bind(now.saturating_sub(length(self.policy.forget_after)))
        .bind(self.policy.limit)
        .execute(&mut *connection)
        .await?;
        if counted.rows_affected() > 0 {
            return Ok(Attempt::Admitted);
        }
        // A blocked attempt writes as an admitted one does, or the disk would tell them apart.
        sqlx::query("UPDATE attempts SET last_at = ?3 WHERE user_id = ?1 AND factor = ?2")
            .bind(self.user.as_str())
            .bind(number(self.factor))
            .bind(now)
            .execute(connection)
            .await?;
        Ok(Attempt::Blocked)
    }
}

struct TakeBack {
    user: UserId,
    factor: Factor,
    limit: u32,
}

#[async_trait]
impl Change for TakeBack {
    type Output = ();

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        sqlx::query(
            "UPDATE attempts SET
                 failures = max(failures - 1, 0),
                 blocked_until = CASE WHEN max(failures - 1, 0) < ?3 THEN NULL ELSE blocked_until END
             WHERE user_id = ?1 AND factor = ?2",
        )
        .bind(self.user.as_str())
        .bind(number(self.factor))
        .bind(self.limit)
        .execute(connection)
        .await
        .map(drop)
    }
}

struct Clear {
    user: UserId,
    factor: Factor,
}

#[async_trait]
impl Change for Clear {
    type Output = bool;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
        clear(&self.user, self.factor, connection).await
    }
}

/// Forgets the failures of a user: true when there were any.
pub(crate) async fn clear(
    user: &UserId,
    factor: Factor,
    connection: &mut SqliteConnection,
) -> sqlx::Result<bool> {
    let cleared = sqlx::query("DELETE FROM attempts WHERE user_id = ? AND factor = ?")
        .bind(user.as_str())
        .bind(number(factor))
        .execute(connection)
        .await?;
    Ok(cleared.rows_affected() > 0)
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
        self.writer.write(CountAttempt { user: user.clone(), factor, now, policy: *policy }).await
    }

    async fn take_attempt_back(
        &self,
        user: &UserId,
        factor: Factor,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.writer.write(TakeBack { user: user.clone(), factor, limit: policy.limit }).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.writer.write(Clear { user: user.clone(), factor }).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        let until: Option<i64> = sqlx::query_scalar(
            "SELECT blocked_until FROM attempts WHERE user_id = ? AND factor = ? AND blocked_until > ?",
        )
        .bind(user.as_str())
        .bind(number(factor))
        .bind(nanoseconds(now))
        .fetch_optional(&self.readers)
        .await
        .map_err(|error| remote(&error))?;
        until.map(timestamp).transpose().map_err(|error| remote(&error))
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        let rows = sqlx::query(
            "SELECT user_id, factor, blocked_until FROM attempts WHERE blocked_until > ? ORDER BY user_id, factor",
        )
        .bind(nanoseconds(now))
        .fetch_all(&self.readers)
        .await;
        let blocks = rows.and_then(|rows| {
            rows.iter()
                .map(|row| {
                    let factor: i64 = row.try_get("factor")?;
                    Ok(Block {
                        user: UserId::new(row.try_get::<String, _>("user_id")?),
                        factor: if factor == number(Factor::Code) { Factor::Code } else { Factor::Password },
                        until: timestamp(row.try_get("blocked_until")?)?,
                    })
                })
                .collect()
        });
        blocks.map_err(|error| remote(&error))
    }
}
