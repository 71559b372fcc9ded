use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, OperationName, OrganizationId, UserId};
use data_adapter_records::{latest, method, nanoseconds, read_presentation};
use data_adapter_sca::{
    Challenge, ChallengeStore, CodeHash, FactorStatus, Guess, GuessPolicy, Offer, OpenChallenge, Opened,
    RatedKey, Renewal, Renewed, Step,
};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::rows::{digest, get, time};
use crate::session::{Lock, Outcome, Session, query};
use crate::{PostgresStore, factors, guessing, opening, requests};

/// A step's user in the database, where nobody is empty.
pub(crate) fn user_of(step: &Step) -> &str {
    step.user.as_ref().map_or("", UserId::as_str)
}

/// What is locked while it matters whether an operation is over.
pub(crate) const OPERATION: &str = "operation";

pub(crate) fn step(row: &PgRow) -> Outcome<Step> {
    let user: String = get(row, "user_id")?;
    Ok(Step {
        operation: OperationId::new(get::<String>(row, "operation_id")?),
        name: OperationName::new(get::<String>(row, "operation_name")?),
        user: (!user.is_empty()).then(|| UserId::new(user)),
    })
}

pub(crate) fn challenge(row: &PgRow) -> Outcome<Challenge> {
    Ok(Challenge {
        message: MessageId::new(get::<String>(row, "message_id")?),
        step: step(row)?,
        method: method(get(row, "method")?)?,
        presentation: read_presentation(get(row, "presentation")?)?,
        organization: get::<Option<String>>(row, "organization_id")?.map(OrganizationId::new),
        code_hash: CodeHash(digest(row, "code_hash")?),
        key_id: get(row, "key_id")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// Ends a challenge if it is over: it stays over when the clock goes back.
pub(crate) async fn end_if_over(
    session: &mut Session<'_>,
    message: &MessageId,
    now: Timestamp,
) -> Outcome<()> {
    let statement = query(
        "UPDATE challenges SET state = 1
         WHERE message_id = $1 AND state = 0 AND NOT (expires_at > $2 AND created_at <= $3)",
    );
    session.execute(statement.bind(message.as_str()).bind(nanoseconds(now)).bind(latest(now))).await.map(drop)
}

/// Forgets the guesses that a step has spent.
pub(crate) async fn forget_spent(session: &mut Session<'_>, step: &Step) -> Outcome<()> {
    let statement =
        query("DELETE FROM spent WHERE operation_id = $1 AND operation_name = $2 AND user_id = $3");
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    session.execute(statement).await.map(drop)
}

async fn consume(session: &mut Session<'_>, message: &MessageId, now: Timestamp) -> Outcome<bool> {
    let statement = query(
        "UPDATE challenges SET state = 2
         WHERE message_id = $1 AND state = 0 AND expires_at > $2 AND created_at <= $3
             AND (method = 0 OR method = 2 AND accepted)
         RETURNING operation_id, operation_name, user_id",
    );
    let statement = statement.bind(message.as_str()).bind(nanoseconds(now)).bind(latest(now));
    let Some(used) = session.optional(statement).await? else {
        end_if_over(session, message, now).await?;
        return Ok(false);
    };
    forget_spent(session, &step(&used)?).await?;
    factors::settle(session, message, FactorStatus::Active).await?;
    Ok(true)
}

async fn end_operation(session: &mut Session<'_>, operation: &OperationId, now: Timestamp) -> Outcome<u64> {
    let keep = query("INSERT INTO ended_operations VALUES ($1, $2) ON CONFLICT DO NOTHING");
    session.execute(keep.bind(operation.as_str()).bind(nanoseconds(now))).await?;
    let end = query("UPDATE challenges SET state = 1 WHERE operation_id = $1 AND state = 0");
    session.execute(end.bind(operation.as_str())).await
}

pub(crate) async fn is_over(session: &mut Session<'_>, operation: &OperationId) -> Outcome<bool> {
    session
        .exists(query("SELECT 1 FROM ended_operations WHERE operation_id = $1").bind(operation.as_str()))
        .await
}

async fn step_of(session: &mut Session<'_>, message: &MessageId) -> Outcome<Option<Step>> {
    let statement =
        query("SELECT operation_id, operation_name, user_id FROM challenges WHERE message_id = $1");
    session.optional(statement.bind(message.as_str())).await?.as_ref().map(step).transpose()
}

async fn open_challenges(session: &mut Session<'_>, now: Timestamp) -> Outcome<Vec<Challenge>> {
    let statement = query(
        "SELECT * FROM challenges WHERE state = 0 AND expires_at > $1 AND created_at <= $2
         ORDER BY created_at, message_id",
    );
    let rows = session.all(statement.bind(nanoseconds(now)).bind(latest(now))).await?;
    rows.iter().map(challenge).collect()
}

#[async_trait]
impl ChallengeStore for PostgresStore {
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        let (lock, challenge) = (Lock::shared(OPERATION, challenge.step.operation.as_str()), &challenge);
        self.change_under(lock, |session| Box::pin(opening::open_within(session, challenge, rates))).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        self.ask(|session| Box::pin(step_of(session, message))).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        self.change(|session| Box::pin(guessing::guess(session, message, offer, now, policy))).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(consume(session, message, now))).await
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        let renewal = &renewal;
        self.change(|session| Box::pin(requests::renew(session, message, renewal, limit, now))).await
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(requests::decide(session, message, accepted, now))).await
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(requests::end(session, message, now))).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.change(|session| Box::pin(requests::end_pushes(session, user))).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        self.ask(|session| Box::pin(requests::open(session, message, now, policy))).await
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        self.ask(|session| Box::pin(requests::open_of(session, user, now, policy))).await
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        let lock = Lock::alone(OPERATION, operation.as_str());
        self.change_under(lock, |session| Box::pin(end_operation(session, operation, now))).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.ask(|session| Box::pin(is_over(session, operation))).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        self.ask(|session| Box::pin(open_challenges(session, now))).await
    }
}
