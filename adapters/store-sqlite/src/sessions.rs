use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

fn open(connection: &Connection, session: &SessionKey, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO sessions (holder, user_id, last_at) VALUES (?, ?, ?)")?
        .execute(params![session.holder, session.user.as_str(), nanoseconds(now)])
        .map(drop)
}

fn touch(
    connection: &Connection,
    session: &SessionKey,
    now: Timestamp,
    idle: SignedDuration,
) -> rusqlite::Result<bool> {
    let SessionKey { holder, user } = session;
    let (then, latest) = (nanoseconds(now), latest(now));
    let touched = connection
        .prepare_cached(
            "UPDATE sessions SET last_at = ?3
             WHERE holder = ?1 AND user_id = ?2 AND last_at > ?4 AND last_at <= ?5",
        )?
        .execute(params![holder, user.as_str(), then, then.saturating_sub(length(idle)), latest])?;
    Ok(touched > 0)
}

fn admit(
    connection: &Connection,
    session: &SessionKey,
    issued_at: Timestamp,
    now: Timestamp,
    idle: SignedDuration,
) -> rusqlite::Result<bool> {
    let (then, issued) = (nanoseconds(now), nanoseconds(issued_at));
    let is_ended = connection
        .prepare_cached("SELECT 1 FROM ended_sessions WHERE user_id = ? AND ended_at >= ?")?
        .exists(params![session.user.as_str(), issued])?;
    if is_ended {
        return Ok(false);
    }
    if issued > then.saturating_sub(length(idle)) && issued <= latest(now) {
        return open(connection, session, now).map(|()| true);
    }
    touch(connection, session, now, idle)
}

fn end(connection: &Connection, user: &UserId, issued_until: Timestamp) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "INSERT INTO ended_sessions VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET ended_at = max(ended_at, ?2)",
        )?
        .execute(params![user.as_str(), nanoseconds(issued_until)])?;
    let ended =
        connection.prepare_cached("DELETE FROM sessions WHERE user_id = ?")?.execute([user.as_str()])?;
    Ok(ended as u64)
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        let session = session.clone();
        self.writer.write(move |connection| open(connection, &session, now)).await
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        let session = session.clone();
        self.writer.write(move |connection| touch(connection, &session, now, idle)).await
    }

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        let session = session.clone();
        self.writer.write(move |connection| admit(connection, &session, issued_at, now, idle)).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| end(connection, &user, issued_until)).await
    }
}
