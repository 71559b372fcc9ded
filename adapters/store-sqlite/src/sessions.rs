use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

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

    async fn end_sessions(&self, user: &UserId) -> Result<u64, AdapterError> {
        let user = user.clone();
        let change = move |connection: &Connection| {
            connection.prepare_cached("DELETE FROM sessions WHERE user_id = ?")?.execute([user.as_str()])
        };
        Ok(self.writer.write(change).await? as u64)
    }
}
