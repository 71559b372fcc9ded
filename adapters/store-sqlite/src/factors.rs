use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use data_adapter_sca::{
    Enrolled, EnrolledFactor, FactorChannel, FactorStatus, FactorStore, NewFactor, TargetHash,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::time::{nanoseconds, timestamp};
use crate::{SqliteStore, idempotency, opening};

/// `channel` in the file.
fn channel_number(channel: FactorChannel) -> i64 {
    match channel {
        FactorChannel::Sms => 0,
        FactorChannel::Authy => 1,
        FactorChannel::Biometric => 2,
    }
}

fn channel(number: i64) -> rusqlite::Result<FactorChannel> {
    match number {
        0 => Ok(FactorChannel::Sms),
        1 => Ok(FactorChannel::Authy),
        2 => Ok(FactorChannel::Biometric),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    }
}

/// `status` in the file.
fn status_number(status: FactorStatus) -> i64 {
    match status {
        FactorStatus::Pending => 0,
        FactorStatus::Active => 1,
        FactorStatus::Inactive => 2,
    }
}

fn status(number: i64) -> rusqlite::Result<FactorStatus> {
    match number {
        0 => Ok(FactorStatus::Pending),
        1 => Ok(FactorStatus::Active),
        2 => Ok(FactorStatus::Inactive),
        other => Err(rusqlite::Error::IntegralValueOutOfRange(0, other)),
    }
}

fn factor(row: &Row<'_>) -> rusqlite::Result<EnrolledFactor> {
    let (key_id, hash): (Option<String>, Option<[u8; 32]>) = (row.get("key_id")?, row.get("target")?);
    Ok(EnrolledFactor {
        user: UserId::new(row.get::<_, String>("user_id")?),
        channel: channel(row.get("channel")?)?,
        status: status(row.get("status")?)?,
        enrolled_at: timestamp(row, "enrolled_at")?,
        target: key_id.zip(hash).map(|(key_id, hash)| TargetHash { key_id, hash }),
        message: row.get::<_, Option<String>>("message_id")?.map(MessageId::new),
    })
}

fn enrol(connection: &Connection, new: &NewFactor) -> rusqlite::Result<Enrolled> {
    let NewFactor { channel, target, challenge, call } = new;
    let Some(user) = &challenge.step.user else { return Ok(Enrolled::Refused) };
    if let Some(call) = call
        && !idempotency::awaits_effect(connection, call)?
    {
        return Ok(Enrolled::CallOver);
    }
    let channel = channel_number(*channel);
    let older: Option<(i64, Option<String>)> = connection
        .prepare_cached("SELECT status, message_id FROM factors WHERE user_id = ? AND channel = ?")?
        .query_one(params![user.as_str(), channel], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let is_active = |(number, _): &(i64, _)| *number == status_number(FactorStatus::Active);
    if older.as_ref().is_some_and(is_active) || !opening::open(connection, challenge)? {
        return Ok(Enrolled::Refused);
    }
    connection
        .prepare_cached(
            "INSERT INTO factors (user_id, channel, status, enrolled_at, target, key_id, message_id)
             VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6)
             ON CONFLICT (user_id, channel) DO UPDATE SET
                 status = 0, enrolled_at = ?3, target = ?4, key_id = ?5, message_id = ?6",
        )?
        .execute(params![
            user.as_str(),
            channel,
            nanoseconds(challenge.created_at),
            target.as_ref().map(|target| target.hash),
            target.as_ref().map(|target| &target.key_id),
            challenge.message.as_str(),
        ])?;
    end_deciding(connection, older.and_then(|(_, message)| message))?;
    if let Some(call) = call {
        idempotency::had_effect(connection, call)?;
    }
    Ok(Enrolled::Pending)
}

/// Ends what was to decide a factor.
fn end_deciding(connection: &Connection, message: Option<String>) -> rusqlite::Result<()> {
    let Some(message) = message else { return Ok(()) };
    connection
        .prepare_cached("UPDATE challenges SET state = 1 WHERE message_id = ? AND state = 0")?
        .execute([message])
        .map(drop)
}

/// Decides the factor that a challenge is about: false where it is about none.
pub(crate) fn settle(
    connection: &Connection,
    message: &MessageId,
    status: FactorStatus,
) -> rusqlite::Result<bool> {
    let settled = connection
        .prepare_cached("UPDATE factors SET status = ?, message_id = NULL WHERE message_id = ?")?
        .execute(params![status_number(status), message.as_str()])?;
    Ok(settled > 0)
}

fn give_up(connection: &Connection, message: &MessageId) -> rusqlite::Result<bool> {
    let given_up = connection
        .prepare_cached("UPDATE factors SET message_id = NULL WHERE message_id = ?")?
        .execute([message.as_str()])?;
    if given_up > 0 {
        end_deciding(connection, Some(message.to_string()))?;
    }
    Ok(given_up > 0)
}

fn deactivate(
    connection: &Connection,
    user: &UserId,
    channel: FactorChannel,
    target: &TargetHash,
) -> rusqlite::Result<bool> {
    let found: Option<(i64, Option<String>)> = connection
        .prepare_cached(
            "SELECT id, message_id FROM factors
             WHERE user_id = ? AND channel = ? AND target = ? AND key_id = ? AND status <> 2",
        )?
        .query_one(params![user.as_str(), channel_number(channel), target.hash, target.key_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((id, message)) = found else { return Ok(false) };
    connection
        .prepare_cached("UPDATE factors SET status = 2, message_id = NULL WHERE id = ?")?
        .execute([id])?;
    end_deciding(connection, message).map(|()| true)
}

fn rehash(
    connection: &Connection,
    user: &UserId,
    channel: FactorChannel,
    older: &TargetHash,
    newer: &TargetHash,
) -> rusqlite::Result<bool> {
    let rehashed = connection
        .prepare_cached(
            "UPDATE factors SET target = ?5, key_id = ?6
             WHERE user_id = ?1 AND channel = ?2 AND target = ?3 AND key_id = ?4",
        )?
        .execute(params![
            user.as_str(),
            channel_number(channel),
            older.hash,
            older.key_id,
            newer.hash,
            newer.key_id
        ])?;
    Ok(rehashed > 0)
}

fn unlink(connection: &Connection, user: &UserId, channel: FactorChannel) -> rusqlite::Result<bool> {
    let message: Option<Option<String>> = connection
        .prepare_cached("DELETE FROM factors WHERE user_id = ? AND channel = ? RETURNING message_id")?
        .query_one(params![user.as_str(), channel_number(channel)], |row| row.get(0))
        .optional()?;
    let Some(message) = message else { return Ok(false) };
    end_deciding(connection, message).map(|()| true)
}

#[async_trait]
impl FactorStore for SqliteStore {
    async fn enrol(&self, factor: NewFactor) -> Result<Enrolled, AdapterError> {
        self.writer.write(move |connection| enrol(connection, &factor)).await
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        let user = user.clone();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM factors WHERE user_id = ? ORDER BY id")?
                .query_map([user.as_str()], factor)?
                .collect()
        };
        self.reader.read(question).await
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let message = message.clone();
        self.writer.write(move |connection| give_up(connection, &message)).await
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        let (user, target) = (user.clone(), target.clone());
        self.writer.write(move |connection| deactivate(connection, &user, channel, &target)).await
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        let (user, older, newer) = (user.clone(), older.clone(), newer.clone());
        self.writer.write(move |connection| rehash(connection, &user, channel, &older, &newer)).await
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| unlink(connection, &user, channel)).await
    }
}
