use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, OperationName, OrganizationId, UserId};
use data_adapter_records::read_presentation;
use data_adapter_sca::{
    ApprovalMethod, Challenge, ChallengeStore, CodeHash, Counted, CountedGuess, Factor, FactorStatus, Guess,
    GuessPolicy, Offer, OpenChallenge, Opened, Presentation, RatedKey, Renewal, Renewed, Step,
};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::time::{latest, length, nanoseconds, timestamp};
use crate::{SqliteStore, attempts, factors, opening, requests};

/// `state` of a challenge in the file.
const ENDED: i64 = 1;
const USED: i64 = 2;

/// A step's user in the file, where nobody is empty.
pub(crate) fn user_of(step: &Step) -> &str {
    step.user.as_ref().map_or("", UserId::as_str)
}

/// `method` of a challenge in the file.
pub(crate) fn method_number(method: ApprovalMethod) -> i64 {
    match method {
        ApprovalMethod::ClientManaged => 0,
        ApprovalMethod::Otp => 1,
        ApprovalMethod::Push => 2,
    }
}

fn method(number: i64) -> rusqlite::Result<ApprovalMethod> {
    match number {
        0 => Ok(ApprovalMethod::ClientManaged),
        1 => Ok(ApprovalMethod::Otp),
        2 => Ok(ApprovalMethod::Push),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    }
}

fn presentation(row: &Row<'_>) -> rusqlite::Result<Presentation> {
    let json: String = row.get("presentation")?;
    read_presentation(&json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

fn step(row: &Row<'_>) -> rusqlite::Result<Step> {
    let user: String = row.get("user_id")?;
    Ok(Step {
        operation: OperationId::new(row.get::<_, String>("operation_id")?),
        name: OperationName::new(row.get::<_, String>("operation_name")?),
        user: (!user.is_empty()).then(|| UserId::new(user)),
    })
}

pub(crate) fn challenge(row: &Row<'_>) -> rusqlite::Result<Challenge> {
    Ok(Challenge {
        message: MessageId::new(row.get::<_, String>("message_id")?),
        step: step(row)?,
        method: method(row.get("method")?)?,
        presentation: presentation(row)?,
        organization: row.get::<_, Option<String>>("organization_id")?.map(OrganizationId::new),
        code_hash: CodeHash(row.get("code_hash")?),
        key_id: row.get("key_id")?,
        created_at: timestamp(row, "created_at")?,
        expires_at: timestamp(row, "expires_at")?,
    })
}

/// Ends a challenge if it is over: it stays over when the clock goes back.
pub(crate) fn end_if_over(
    connection: &Connection,
    message: &MessageId,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE challenges SET state = 1
             WHERE message_id = ? AND state = 0 AND NOT (expires_at > ? AND created_at <= ?)",
        )?
        .execute(params![message.as_str(), nanoseconds(now), latest(now)])
        .map(drop)
}

fn guess(
    connection: &Connection,
    message: &MessageId,
    offer: &Offer,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<Guess> {
    let found = connection
        .prepare_cached("SELECT * FROM challenges WHERE message_id = ?")?
        .query_one([message.as_str()], |row| Ok((challenge(row)?, row.get("state")?)))
        .optional()?;
    let challenge = match found {
        None => return Ok(Guess::Unknown),
        Some((_, USED)) => return Ok(Guess::Used),
        Some((challenge, state)) if state == ENDED || challenge.is_over(now) => {
            end_if_over(connection, message, now)?;
            let is_spent = is_spent(connection, &challenge, now, policy)?;
            return Ok(if is_spent { Guess::Spent } else { Guess::Expired });
        }
        Some((challenge, _)) if challenge.method != ApprovalMethod::Otp => return Ok(Guess::Unknown),
        Some((challenge, _)) => challenge,
    };
    if is_spent(connection, &challenge, now, policy)? {
        return Ok(Guess::Spent);
    }
    match offer.fits(&challenge) {
        None => Ok(Guess::OtherKey(challenge.key_id)),
        Some(fits) => compared(connection, &challenge, fits, offer.accept, now, policy),
    }
}

/// Uses an open challenge up where its code is right and accepted, and counts the guess otherwise.
fn compared(
    connection: &Connection,
    challenge: &Challenge,
    fits: bool,
    accept: bool,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<Guess> {
    let Challenge { message, step, .. } = challenge;
    // Nobody's guesses count for nobody, and take as long.
    let user = step.user.clone().unwrap_or_else(|| UserId::new(message.as_str()));
    let is_blocked = attempts::read(connection, &user, Factor::Code)?.is_blocked(now);
    if fits && accept && !is_blocked {
        connection
            .prepare_cached("UPDATE challenges SET state = 2 WHERE message_id = ?")?
            .execute([message.as_str()])?;
        attempts::clear(connection, &user, Factor::Code)?;
        used_up(connection, message, step)?;
        return Ok(Guess::Accepted);
    }
    let guesses = count(connection, step, now, policy)?;
    let counted =
        attempts::change(connection, &user, Factor::Code, |record| record.count(now, &policy.failures))?;
    if step.user.is_none() {
        attempts::clear(connection, &user, Factor::Code)?;
    }
    Ok(Guess::Counted(CountedGuess {
        fits: fits && !is_blocked,
        remaining: policy.tries_per_step.saturating_sub(guesses),
        blocked: is_blocked,
        starts_block: counted == Counted::Failure { starts_block: true } && step.user.is_some(),
    }))
}

/// Whether the step of a code has no tries left.
fn is_spent(
    connection: &Connection,
    Challenge { step, method, .. }: &Challenge,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<bool> {
    let forgotten = nanoseconds(now).saturating_sub(length(policy.failures.forget_after));
    let is_spent = connection
        .prepare_cached(
            "SELECT 1 FROM spent
             WHERE operation_id = ? AND operation_name = ? AND user_id = ? AND last_at > ? AND guesses >= ?",
        )?
        .exists(params![
            step.operation.as_str(),
            step.name.as_str(),
            user_of(step),
            forgotten,
            policy.tries_per_step
        ])?;
    Ok(is_spent && *method == ApprovalMethod::Otp)
}

/// Counts a guess: how many the step has spent with this one.
fn count(
    connection: &Connection,
    step: &Step,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<u32> {
    let now = nanoseconds(now);
    let forgotten = now.saturating_sub(length(policy.failures.forget_after));
    let step = (step.operation.as_str(), step.name.as_str(), user_of(step));
    connection
        .prepare_cached(
            "INSERT INTO spent VALUES (?1, ?2, ?3, 1, ?4)
             ON CONFLICT DO UPDATE SET
                 guesses = CASE WHEN last_at <= ?5 THEN 1 ELSE guesses + 1 END,
                 last_at = ?4
             RETURNING guesses",
        )?
        .query_one(params![step.0, step.1, step.2, now, forgotten], |row| row.get(0))
}

fn consume(connection: &Connection, message: &MessageId, now: Timestamp) -> rusqlite::Result<bool> {
    let used = connection
        .prepare_cached(
            "UPDATE challenges SET state = 2
             WHERE message_id = ? AND state = 0 AND expires_at > ? AND created_at <= ?
                 AND (method = 0 OR method = 2 AND accepted = 1)
             RETURNING *",
        )?
        .query_one(params![message.as_str(), nanoseconds(now), latest(now)], challenge)
        .optional()?;
    match used {
        Some(Challenge { step, .. }) => used_up(connection, message, &step).map(|()| true),
        None => end_if_over(connection, message, now).map(|()| false),
    }
}

/// What follows when a challenge is used up: its step is fresh, and the factor active that it decides.
fn used_up(connection: &Connection, message: &MessageId, step: &Step) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM spent WHERE operation_id = ? AND operation_name = ? AND user_id = ?")?
        .execute([step.operation.as_str(), step.name.as_str(), user_of(step)])?;
    factors::settle(connection, message, FactorStatus::Active).map(drop)
}

fn end_operation(connection: &Connection, operation: &OperationId, now: Timestamp) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("INSERT INTO ended_operations VALUES (?, ?) ON CONFLICT DO NOTHING")?
        .execute(params![operation.as_str(), nanoseconds(now)])?;
    let ended = connection
        .prepare_cached("UPDATE challenges SET state = 1 WHERE operation_id = ? AND state = 0")?
        .execute([operation.as_str()])?;
    Ok(ended as u64)
}

pub(crate) fn is_over(connection: &Connection, operation: &OperationId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM ended_operations WHERE operation_id = ?")?
        .exists([operation.as_str()])
}

#[async_trait]
impl ChallengeStore for SqliteStore {
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        let rates = rates.to_vec();
        self.writer.write(move |connection| opening::open_within(connection, &challenge, &rates)).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        let message = message.clone();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT operation_id, operation_name, user_id FROM challenges WHERE message_id = ?",
                )?
                .query_one([message.as_str()], step)
                .optional()
        };
        self.reader.read(question).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        let (message, offer, policy) = (message.clone(), offer.clone(), *policy);
        self.writer.write(move |connection| guess(connection, &message, &offer, now, &policy)).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let message = message.clone();
        self.writer.write(move |connection| consume(connection, &message, now)).await
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        let message = message.clone();
        let change =
            move |connection: &Connection| requests::renew(connection, &message, &renewal, limit, now);
        self.writer.write(change).await
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        let message = message.clone();
        self.writer.write(move |connection| requests::decide(connection, &message, accepted, now)).await
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let message = message.clone();
        self.writer.write(move |connection| requests::end(connection, &message, now)).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| requests::end_pushes(connection, &user)).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        let (message, policy) = (message.clone(), *policy);
        self.reader.read(move |connection| requests::open(connection, &message, now, &policy)).await
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        let (user, policy) = (user.clone(), *policy);
        self.reader.read(move |connection| requests::open_of(connection, &user, now, &policy)).await
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        let operation = operation.clone();
        self.writer.write(move |connection| end_operation(connection, &operation, now)).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        let operation = operation.clone();
        self.reader.read(move |connection| is_over(connection, &operation)).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM challenges WHERE state = 0 AND expires_at > ? AND created_at <= ?
                     ORDER BY created_at, message_id",
                )?
                .query_map([nanoseconds(now), latest(now)], challenge)?
                .collect()
        };
        self.reader.read(question).await
    }
}
