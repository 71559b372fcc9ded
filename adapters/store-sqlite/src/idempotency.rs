use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Begun, CallUnderWay, IdempotencyKey, IdempotencyStore, StoredAnswer};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

fn begin(
    connection: &Connection,
    key: &IdempotencyKey,
    fingerprint: [u8; 32],
    now: Timestamp,
    lease: SignedDuration,
) -> rusqlite::Result<Begun> {
    let (then, latest) = (nanoseconds(now), latest(now));
    let (scope, user, reference) = (&key.scope, key.user.as_str(), &key.reference);
    let begun = connection
        .prepare_cached(
            "INSERT INTO calls VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, NULL, NULL)
             ON CONFLICT DO UPDATE SET fingerprint = ?4, begun_at = ?5, leased_until = ?6
             WHERE status IS NULL AND (leased_until <= ?5 OR begun_at > ?7)",
        )?
        .execute(params![
            scope,
            user,
            reference,
            fingerprint,
            then,
            then.saturating_add(length(lease)),
            latest
        ])?;
    if begun > 0 {
        return Ok(Begun::New);
    }
    let known: ([u8; 32], bool, Option<StoredAnswer>) = connection
        .prepare_cached(
            "SELECT *, leased_until > ? AND begun_at <= ? AS is_under_way FROM calls
             WHERE scope = ? AND user_id = ? AND reference = ?",
        )?
        .query_one(params![then, latest, scope, user, reference], |row| {
            Ok((row.get("fingerprint")?, row.get("is_under_way")?, answer(row)?))
        })?;
    Ok(match known {
        (other, ..) if other != fingerprint => Begun::OtherCall,
        (_, false, Some(answer)) => Begun::Stored(answer),
        (_, true, _) | (_, _, None) => Begun::UnderWay,
    })
}

/// Whether a call has begun and had no effect yet.
pub(crate) fn awaits_effect(connection: &Connection, call: &CallUnderWay) -> rusqlite::Result<bool> {
    let CallUnderWay { key: IdempotencyKey { scope, user, reference }, fingerprint, .. } = call;
    connection
        .prepare_cached(
            "SELECT 1 FROM calls
             WHERE scope = ? AND user_id = ? AND reference = ? AND fingerprint = ? AND status IS NULL",
        )?
        .exists(params![scope, user.as_str(), reference, fingerprint])
}

/// Keeps what a call is answered, now that it had its effect.
pub(crate) fn had_effect(connection: &Connection, call: &CallUnderWay) -> rusqlite::Result<()> {
    let CallUnderWay { key: IdempotencyKey { scope, user, reference }, fingerprint, answer } = call;
    let StoredAnswer { status, body, content_type } = answer;
    connection
        .prepare_cached(
            "UPDATE calls SET status = ?5, content_type = ?6, body = ?7
             WHERE scope = ?1 AND user_id = ?2 AND reference = ?3 AND fingerprint = ?4 AND status IS NULL",
        )?
        .execute(params![scope, user.as_str(), reference, fingerprint, status, content_type, body])
        .map(drop)
}

/// What a call was answered; `None` until it had its effect.
fn answer(row: &Row<'_>) -> rusqlite::Result<Option<StoredAnswer>> {
    let Some(status) = row.get("status")? else { return Ok(None) };
    Ok(Some(StoredAnswer { status, body: row.get("body")?, content_type: row.get("content_type")? }))
}

#[async_trait]
impl IdempotencyStore for SqliteStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        let (key, fingerprint) = (key.clone(), *fingerprint);
        self.writer.write(move |connection| begin(connection, &key, fingerprint, now, lease)).await
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        let (IdempotencyKey { scope, user, reference }, fingerprint) = (key.clone(), *fingerprint);
        let StoredAnswer { status, body, content_type } = answer;
        let change = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "UPDATE calls SET status = ?5, content_type = ?6, body = ?7, leased_until = 0
                     WHERE scope = ?1 AND user_id = ?2 AND reference = ?3 AND fingerprint = ?4
                         AND leased_until > begun_at",
                )?
                .execute(params![scope, user.as_str(), reference, fingerprint, status, content_type, body])
                .map(drop)
        };
        self.writer.write(change).await
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        let (IdempotencyKey { scope, user, reference }, fingerprint) = (key.clone(), *fingerprint);
        let change = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "DELETE FROM calls
                     WHERE scope = ? AND user_id = ? AND reference = ? AND fingerprint = ? AND leased_until > begun_at
                         AND (status IS NULL OR ?)",
                )?
                .execute(params![scope, user.as_str(), reference, fingerprint, undone])
                .map(drop)
        };
        self.writer.write(change).await
    }
}
