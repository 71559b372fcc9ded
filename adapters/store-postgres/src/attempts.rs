use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_records::{factor, factor_number, nanoseconds, read_reservations, write_reservations};
use data_adapter_sca::{Admission, Attempt, AttemptPolicy, AttemptRecord, AttemptStore, Block, Factor};
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::rows::{get, number, optional_time, time};
use crate::session::{Outcome, Session, query};

/// What is known of a user's attempts, locked until the transaction is over. Where nothing was known there is an empty record now.
pub(crate) async fn lock(session: &mut Session<'_>, user: &UserId, factor: Factor) -> Outcome<AttemptRecord> {
    let statement = query(
        "INSERT INTO attempts VALUES ($1, $2, 0, 0, NULL, '[]', NULL)
         ON CONFLICT (user_id, factor) DO UPDATE SET user_id = excluded.user_id RETURNING *",
    );
    record(&session.one(statement.bind(user.as_str()).bind(factor_number(factor))).await?)
}

pub(crate) fn record(row: &PgRow) -> Outcome<AttemptRecord> {
    Ok(AttemptRecord {
        failures: number(row, "failures")?,
        last_at: time(row, "last_at")?,
        blocked_until: optional_time(row, "blocked_until")?,
        reservations: read_reservations(get(row, "reservations")?)?,
    })
}

/// Keeps what is known of a user's attempts, or that nothing is.
pub(crate) async fn write(
    session: &mut Session<'_>,
    user: &UserId,
    factor: Factor,
    record: &AttemptRecord,
) -> Outcome<()> {
    if record.is_empty() {
        return clear(session, user, factor).await.map(drop);
    }
    let statement = query(
        "UPDATE attempts
         SET failures = $3, last_at = $4, blocked_until = $5, reservations = $6, reserved_until = $7
         WHERE user_id = $1 AND factor = $2",
    );
    let statement = statement
        .bind(user.as_str())
        .bind(factor_number(factor))
        .bind(i64::from(record.failures))
        .bind(nanoseconds(record.last_at))
        .bind(record.blocked_until.map(nanoseconds))
        .bind(write_reservations(&record.reservations))
        .bind(record.reserved_until().map(nanoseconds));
    session.execute(statement).await.map(drop)
}

/// Forgets the failures of a user: true when there were any.
pub(crate) async fn clear(session: &mut Session<'_>, user: &UserId, factor: Factor) -> Outcome<bool> {
    let statement = query("DELETE FROM attempts WHERE user_id = $1 AND factor = $2");
    Ok(session.execute(statement.bind(user.as_str()).bind(factor_number(factor))).await? > 0)
}

async fn blocked_until(
    session: &mut Session<'_>,
    user: &UserId,
    factor: Factor,
    now: Timestamp,
) -> Outcome<Option<Timestamp>> {
    let statement =
        query("SELECT blocked_until FROM attempts WHERE user_id = $1 AND factor = $2 AND blocked_until > $3");
    let statement = statement.bind(user.as_str()).bind(factor_number(factor)).bind(nanoseconds(now));
    session.optional(statement).await?.map(|row| time(&row, "blocked_until")).transpose()
}

async fn blocks(session: &mut Session<'_>, now: Timestamp) -> Outcome<Vec<Block>> {
    let statement = query("SELECT * FROM attempts WHERE blocked_until > $1 ORDER BY user_id, factor");
    let rows = session.all(statement.bind(nanoseconds(now))).await?;
    rows.iter().map(block).collect()
}

fn block(row: &PgRow) -> Outcome<Block> {
    Ok(Block {
        user: UserId::new(get::<String>(row, "user_id")?),
        factor: factor(get(row, "factor")?)?,
        until: time(row, "blocked_until")?,
        failures: number(row, "failures")?,
    })
}

impl PostgresStore {
    /// Asks the record of a user, and keeps what is left of it.
    pub(crate) async fn change_record<T: Send>(
        &self,
        user: &UserId,
        factor: Factor,
        change: impl Fn(&mut AttemptRecord) -> T + Send + Sync,
    ) -> Result<T, AdapterError> {
        let change = &change;
        self.change(|session| {
            Box::pin(async move {
                let mut record = lock(session, user, factor).await?;
                let changed = change(&mut record);
                write(session, user, factor, &record).await?;
                Ok(changed)
            })
        })
        .await
    }
}

#[async_trait]
impl AttemptStore for PostgresStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        let admit = |record: &mut AttemptRecord| record.admit(&attempt.id, now, policy, lease);
        self.change_record(&attempt.user, attempt.factor, admit).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        let succeed = |record: &mut AttemptRecord| record.succeed(&attempt.id, now);
        self.change_record(&attempt.user, attempt.factor, succeed).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let fail = |record: &mut AttemptRecord| record.fail(&attempt.id, now, policy);
        self.change_record(&attempt.user, attempt.factor, fail).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        let give_back = |record: &mut AttemptRecord| record.give_back(&attempt.id);
        self.change_record(&attempt.user, attempt.factor, give_back).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(clear(session, user, factor))).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.change_record(user, factor, |record| record.block(now, policy)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        self.ask(|session| Box::pin(blocked_until(session, user, factor, now))).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        self.ask(|session| Box::pin(blocks(session, now))).await
    }
}
