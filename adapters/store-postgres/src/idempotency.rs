use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_records::{latest, length, nanoseconds};
use data_adapter_sca::{Begun, CallUnderWay, IdempotencyKey, IdempotencyStore, StoredAnswer};
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::rows::{digest, get};
use crate::session::{Outcome, Session, Statement, query};

/// Binds the key of a call to $1, $2 and $3, and its fingerprint to $4.
fn of_call<'q>(
    statement: Statement<'q>,
    IdempotencyKey { scope, user, reference }: &IdempotencyKey,
    fingerprint: &[u8; 32],
) -> Statement<'q> {
    statement.bind(scope.clone()).bind(user.to_string()).bind(reference.clone()).bind(fingerprint.to_vec())
}

async fn begin(
    session: &mut Session<'_>,
    key: &IdempotencyKey,
    fingerprint: &[u8; 32],
    now: Timestamp,
    lease: SignedDuration,
) -> Outcome<Begun> {
    let (then, latest) = (nanoseconds(now), latest(now));
    let begin = query(
        "INSERT INTO calls VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (scope, user_id, reference) DO UPDATE SET fingerprint = $4, begun_at = $5, leased_until = $6
         WHERE calls.status IS NULL AND (calls.leased_until <= $5 OR calls.begun_at > $7)",
    );
    let begin = of_call(begin, key, fingerprint);
    let begin = begin.bind(then).bind(then.saturating_add(length(lease))).bind(latest);
    if session.execute(begin).await? > 0 {
        return Ok(Begun::New);
    }
    let known = query(
        "SELECT *, leased_until > $4 AND begun_at <= $5 AS is_under_way FROM calls
         WHERE scope = $1 AND user_id = $2 AND reference = $3",
    );
    let known = known.bind(&key.scope).bind(key.user.as_str()).bind(&key.reference).bind(then).bind(latest);
    // It may have been freed since: then it is begun again.
    let known = session.one(known).await?;
    Ok(match (get(&known, "is_under_way")?, answer(&known)?) {
        _ if digest(&known, "fingerprint")? != *fingerprint => Begun::OtherCall,
        (false, Some(answer)) => Begun::Stored(answer),
        (true, _) | (_, None) => Begun::UnderWay,
    })
}

/// What a call was answered; `None` until it had its effect.
fn answer(row: &PgRow) -> Outcome<Option<StoredAnswer>> {
    let Some(status) = get::<Option<i32>>(row, "status")? else { return Ok(None) };
    let status = u16::try_from(status).unwrap_or_default();
    let body = get::<Option<Vec<u8>>>(row, "body")?.unwrap_or_default();
    Ok(Some(StoredAnswer { status, body, content_type: get(row, "content_type")? }))
}

/// Binds what a call is answered to $5, $6 and $7.
fn with_answer<'q>(statement: Statement<'q>, answer: &StoredAnswer) -> Statement<'q> {
    let StoredAnswer { status, body, content_type } = answer;
    statement.bind(i32::from(*status)).bind(content_type.clone()).bind(body.clone())
}

/// Whether a call has begun and had no effect yet; it has none until the transaction is over.
pub(crate) async fn awaits_effect(session: &mut Session<'_>, call: &CallUnderWay) -> Outcome<bool> {
    let statement = query(
        "SELECT 1 FROM calls
         WHERE scope = $1 AND user_id = $2 AND reference = $3 AND fingerprint = $4 AND status IS NULL FOR UPDATE",
    );
    session.exists(of_call(statement, &call.key, &call.fingerprint)).await
}

/// Keeps what a call is answered, now that it had its effect.
pub(crate) async fn had_effect(session: &mut Session<'_>, call: &CallUnderWay) -> Outcome<()> {
    let statement = query(
        "UPDATE calls SET status = $5, content_type = $6, body = $7
         WHERE scope = $1 AND user_id = $2 AND reference = $3 AND fingerprint = $4 AND status IS NULL",
    );
    let statement = of_call(statement, &call.key, &call.fingerprint);
    session.execute(with_answer(statement, &call.answer)).await.map(drop)
}

async fn finish(
    session: &mut Session<'_>,
    key: &IdempotencyKey,
    fingerprint: &[u8; 32],
    answer: &StoredAnswer,
) -> Outcome<()> {
    let statement = query(
        "UPDATE calls SET status = $5, content_type = $6, body = $7, leased_until = 0
         WHERE scope = $1 AND user_id = $2 AND reference = $3 AND fingerprint = $4 AND leased_until > begun_at",
    );
    session.execute(with_answer(of_call(statement, key, fingerprint), answer)).await.map(drop)
}

async fn free(
    session: &mut Session<'_>,
    key: &IdempotencyKey,
    fingerprint: &[u8; 32],
    undone: bool,
) -> Outcome<()> {
    let statement = query(
        "DELETE FROM calls
         WHERE scope = $1 AND user_id = $2 AND reference = $3 AND fingerprint = $4 AND leased_until > begun_at
             AND (status IS NULL OR $5)",
    );
    session.execute(of_call(statement, key, fingerprint).bind(undone)).await.map(drop)
}

#[async_trait]
impl IdempotencyStore for PostgresStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        self.change(|session| Box::pin(begin(session, key, fingerprint, now, lease))).await
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        let answer = &answer;
        self.change(|session| Box::pin(finish(session, key, fingerprint, answer))).await
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        self.change(|session| Box::pin(free(session, key, fingerprint, undone))).await
    }
}
