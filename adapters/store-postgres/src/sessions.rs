use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_records::{latest, length, nanoseconds};
use data_adapter_sca::{SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};

use crate::PostgresStore;
use crate::session::{Lock, Outcome, Session, query};

/// What is locked while it matters whether the sessions of a user are ended.
const SESSIONS: &str = "sessions";

async fn open(session: &mut Session<'_>, key: &SessionKey, now: Timestamp) -> Outcome<()> {
    let statement = query(
        "INSERT INTO sessions (holder, user_id, last_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, holder) DO UPDATE SET last_at = excluded.last_at",
    );
    let statement = statement.bind(&key.holder).bind(key.user.as_str()).bind(nanoseconds(now));
    session.execute(statement).await.map(drop)
}

async fn touch(
    session: &mut Session<'_>,
    key: &SessionKey,
    now: Timestamp,
    idle: SignedDuration,
) -> Outcome<bool> {
    let then = nanoseconds(now);
    let statement = query(
        "UPDATE sessions SET last_at = $3
         WHERE holder = $1 AND user_id = $2 AND last_at > $4 AND last_at <= $5",
    );
    let statement = statement.bind(&key.holder).bind(key.user.as_str()).bind(then);
    let statement = statement.bind(then.saturating_sub(length(idle))).bind(latest(now));
    Ok(session.execute(statement).await? > 0)
}

async fn admit(
    session: &mut Session<'_>,
    key: &SessionKey,
    issued_at: Timestamp,
    now: Timestamp,
    idle: SignedDuration,
) -> Outcome<bool> {
    let (then, issued) = (nanoseconds(now), nanoseconds(issued_at));
    let is_ended = query("SELECT 1 FROM ended_sessions WHERE user_id = $1 AND ended_at >= $2");
    if session.exists(is_ended.bind(key.user.as_str()).bind(issued)).await? {
        return Ok(false);
    }
    if issued > then.saturating_sub(length(idle)) && issued <= latest(now) {
        return open(session, key, now).await.map(|()| true);
    }
    touch(session, key, now, idle).await
}

async fn end(session: &mut Session<'_>, user: &UserId, issued_until: Timestamp) -> Outcome<u64> {
    let keep = query(
        "INSERT INTO ended_sessions VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET ended_at = greatest(ended_sessions.ended_at, excluded.ended_at)",
    );
    session.execute(keep.bind(user.as_str()).bind(nanoseconds(issued_until))).await?;
    session.execute(query("DELETE FROM sessions WHERE user_id = $1").bind(user.as_str())).await
}

#[async_trait]
impl SessionStore for PostgresStore {
    async fn open_session(&self, key: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        let lock = Lock::shared(SESSIONS, key.user.as_str());
        self.change_under(lock, |session| Box::pin(open(session, key, now))).await
    }

    async fn touch_session(
        &self,
        key: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(touch(session, key, now, idle))).await
    }

    async fn admit_session(
        &self,
        key: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        let lock = Lock::shared(SESSIONS, key.user.as_str());
        self.change_under(lock, |session| Box::pin(admit(session, key, issued_at, now, idle))).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        let lock = Lock::alone(SESSIONS, user.as_str());
        self.change_under(lock, |session| Box::pin(end(session, user, issued_until))).await
    }
}
