use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, OperationName, OrganizationId, UserId};
use data_adapter_sca::{
    Attempt, Challenge, ChallengeStore, CodeHash, CountedGuess, Factor, Guess, GuessPolicy, Step,
};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::attempts::{CountAttempt, clear};
use crate::time::{length, nanoseconds, timestamp};
use crate::writer::Change;
use crate::{SqliteStore, remote};

/// `state` of a challenge in the file.
const ENDED: i64 = 1;
const USED: i64 = 2;

/// A step's user in the file, where nobody is empty.
fn user_of(step: &Step) -> &str {
    step.user.as_ref().map_or("", UserId::as_str)
}

fn challenge(row: &SqliteRow) -> sqlx::Result<Challenge> {
    let user: String = row.try_get("user_id")?;
    let hash: Vec<u8> = row.try_get("code_hash")?;
    Ok(Challenge {
        message: MessageId::new(row.try_get::<String, _>("message_id")?),
        step: Step {
            operation: OperationId::new(row.try_get::<String, _>("operation_id")?),
            name: OperationName::new(row.try_get::<String, _>("operation_name")?),
            user: (!user.is_empty()).then(|| UserId::new(user)),
        },
        organization: row.try_get::<Option<String>, _>("organization_id")?.map(OrganizationId::new),
        code_hash: CodeHash(
            hash.try_into().map_err(|_| sqlx::Error::Decode("a hash of another length".into()))?,
        ),
        key_id: row.try_get("key_id")?,
        created_at: timestamp(row.try_get("created_at")?)?,
        expires_at: timestamp(row.try_get("expires_at")?)?,
    })
}

struct Open(Challenge);

#[async_trait]
impl Change for Open {
    type Output = ();

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let challenge = self.0;
        sqlx::query(
            "UPDATE challenges SET state = 1
             WHERE operation_id = ? AND operation_name = ? AND user_id = ? AND state = 0",
        )
        .bind(challenge.step.operation.as_str())
        .bind(challenge.step.name.as_str())
        .bind(user_of(&challenge.step))
        .execute(&mut *connection)
        .await?;
        sqlx::query("INSERT INTO challenges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)")
            .bind(challenge.message.as_str())
            .bind(challenge.step.operation.as_str())
            .bind(challenge.step.name.as_str())
            .bind(user_of(&challenge.step))
            .bind(challenge.organization.as_ref().map(OrganizationId::as_str))
            .bind(challenge.code_hash.0.as_slice())
            .bind(&challenge.key_id)
            .bind(nanoseconds(challenge.created_at))
            .bind(nanoseconds(challenge.expires_at))
            .execute(connection)
            .await
            .map(drop)
    }
}

struct CountGuess {
    message: MessageId,
    now: Timestamp,
    policy: GuessPolicy,
}

#[async_trait]
impl Change for CountGuess {
    type Output = Guess;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<Guess> {
        let row = sqlx::query("SELECT * FROM challenges WHERE message_id = ?")
            .bind(self.message.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { return Ok(Guess::Unknown) };
        let challenge = challenge(&row)?;
        match row.try_get::<i64, _>("state")? {
            USED => return Ok(Guess::Used),
            ENDED => return Ok(Guess::Expired),
            _ if challenge.expires_at <= self.now => return Ok(Guess::Expired),
            _ => {}
        }
        let Some(guesses) = self.count(&challenge.step, connection).await? else {
            return Ok(Guess::Spent);
        };
        let blocked = match &challenge.step.user {
            None => false,
            Some(user) => {
                let policy = self.policy.failures;
                let count = CountAttempt { user: user.clone(), factor: Factor::Code, now: self.now, policy };
                count.apply(connection).await? == Attempt::Blocked
            }
        };
        let remaining = self.policy.tries_per_step.saturating_sub(guesses);
        Ok(Guess::Counted(Box::new(CountedGuess { challenge, remaining, blocked })))
    }
}

impl CountGuess {
    /// How many guesses the step has spent with this one; `None` when there were none left.
    async fn count(&self, step: &Step, connection: &mut SqliteConnection) -> sqlx::Result<Option<u32>> {
        let now = nanoseconds(self.now);
        sqlx::query_scalar(
            "INSERT INTO spent VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT DO UPDATE SET
                 guesses = CASE WHEN last_at <= ?5 THEN 1 ELSE guesses + 1 END,
                 last_at = ?4
             WHERE last_at <= ?5 OR guesses < ?6
             RETURNING guesses",
        )
        .bind(step.operation.as_str())
        .bind(step.name.as_str())
        .bind(user_of(step))
        .bind(now)
        .bind(now.saturating_sub(length(self.policy.failures.forget_after)))
        .bind(self.policy.tries_per_step)
        .fetch_optional(connection)
        .await
    }
}

struct Consume {
    message: MessageId,
    now: Timestamp,
}

#[async_trait]
impl Change for Consume {
    type Output = bool;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<bool> {
        let row = sqlx::query(
            "UPDATE challenges SET state = 2 WHERE message_id = ? AND state = 0 AND expires_at > ? RETURNING *",
        )
        .bind(self.message.as_str())
        .bind(nanoseconds(self.now))
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row else { return Ok(false) };
        let step = challenge(&row)?.step;
        sqlx::query("DELETE FROM spent WHERE operation_id = ? AND operation_name = ? AND user_id = ?")
            .bind(step.operation.as_str())
            .bind(step.name.as_str())
            .bind(user_of(&step))
            .execute(&mut *connection)
            .await?;
        if let Some(user) = &step.user {
            clear(user, Factor::Code, connection).await?;
        }
        Ok(true)
    }
}

struct EndOperation(OperationId);

#[async_trait]
impl Change for EndOperation {
    type Output = u64;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<u64> {
        let ended = sqlx::query("UPDATE challenges SET state = 1 WHERE operation_id = ? AND state = 0")
            .bind(self.0.as_str())
            .execute(connection)
            .await?;
        Ok(ended.rows_affected())
    }
}

#[async_trait]
impl ChallengeStore for SqliteStore {
    async fn open(&self, challenge: Challenge) -> Result<(), AdapterError> {
        self.writer.write(Open(challenge)).await
    }

    async fn owner(&self, message: &MessageId) -> Result<Option<UserId>, AdapterError> {
        let user: Option<String> = sqlx::query_scalar("SELECT user_id FROM challenges WHERE message_id = ?")
            .bind(message.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| remote(&error))?;
        Ok(user.filter(|user| !user.is_empty()).map(UserId::new))
    }

    async fn guess(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        self.writer.write(CountGuess { message: message.clone(), now, policy: *policy }).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.writer.write(Consume { message: message.clone(), now }).await
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<u64, AdapterError> {
        self.writer.write(EndOperation(operation.clone())).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        let rows = sqlx::query(
            "SELECT * FROM challenges WHERE state = 0 AND expires_at > ? ORDER BY created_at, message_id",
        )
        .bind(nanoseconds(now))
        .fetch_all(&self.readers)
        .await;
        let open = rows.and_then(|rows| rows.iter().map(challenge).collect());
        open.map_err(|error| remote(&error))
    }
}
