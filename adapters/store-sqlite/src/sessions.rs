use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

fn admit(
    connection: &Connection,
    session: &SessionKey,
    issued_at: Timestamp,
    now: Timestamp,
    idle: SignedDuration,
) -> rusqlite::Result<bool> {
    let SessionKey { holder, user } = session;
    let (then, issued_at) = (nanoseconds(now), nanoseconds(issued_at));
    let is_ended = connection
        .prepare_cached("SELECT 1 FROM ended_sessions WHERE user_id = ? AND ended_at >= ?")?
        .exists(params![user.as_str(), issued_at])?;
    if is_ended {
        return Ok(false);
    }
    let oldest = then.saturating_sub(length(idle));
    let admitted = connection
        .prepare_cached(
            "INSERT INTO sessions (holder, user_id, last_at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET last_at = ?3 WHERE last_at > ?4 OR last_at < ?5",
        )?
        .execute(params![holder, user.as_str(), then, oldest, issued_at])?;
    Ok(admitted > 0)
}

fn end(connection: &Connection, user: &UserId, now: Timestamp) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "INSERT INTO ended_sessions VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET ended_at = max(ended_at, ?2)",
        )?
        .execute(params![user.as_str(), nanoseconds(now)])?;
    let ended =
        connection.prepare_cached("DELETE FROM sessions WHERE user_id = ?")?.execute([user.as_str()])?;
    Ok(ended as u64)
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        let SessionKey { holder, user } = session.clone();
        let change = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO sessions (holder, user_id, last_at) VALUES (?, ?, ?)",
                )?
                .execute(params![holder, user.as_str(), nanoseconds(now)])
                .map(drop)
        };
        self.writer.write(change).await
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        let SessionKey { holder, user } = session.clone();
        let change = move |connection: &Connection| {
            let (then, latest) = (nanoseconds(now), latest(now));
            let oldest = then.saturating_sub(length(idle));
            connection
                .prepare_cached(
                    "UPDATE sessions SET last_at = ?3
                     WHERE holder = ?1 AND user_id = ?2 AND last_at > ?4 AND last_at <= ?5",
                )?
                .execute(params![holder, user.as_str(), then, oldest, latest])
        };
        Ok(self.writer.write(change).await? > 0)
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

    async fn end_sessions(&self, user: &UserId, now: Timestamp) -> Result<u64, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| end(connection, &user, now)).await
    }
}
