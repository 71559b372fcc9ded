//! What is done to a challenge as a request.

use data_adapter_core::{MessageId, UserId};
use data_adapter_sca::{FactorStatus, GuessPolicy, OpenChallenge, Renewal, Renewed};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::challenges::{challenge, end_if_over};
use crate::factors;
use crate::time::{latest, length, nanoseconds};

pub(crate) fn renew(
    connection: &Connection,
    message: &MessageId,
    renewal: &Renewal,
    limit: u32,
    now: Timestamp,
) -> rusqlite::Result<Renewed> {
    let (then, latest) = (nanoseconds(now), latest(now));
    let renewed = connection
        .prepare_cached(
            "UPDATE challenges
             SET code_hash = ?4, key_id = ?5, created_at = ?2, expires_at = ?6, renewals = renewals + 1
             WHERE message_id = ?1 AND state = 0 AND expires_at > ?2 AND created_at <= ?3
                 AND accepted = 0 AND renewals < ?7
             RETURNING renewals",
        )?
        .query_one(
            params![
                message.as_str(),
                then,
                latest,
                renewal.code_hash.0,
                renewal.key_id,
                nanoseconds(renewal.expires_at),
                limit
            ],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(renewals) = renewed {
        return Ok(Renewed::Renewed { renewals });
    }
    end_if_over(connection, message, now)?;
    let is_open = connection
        .prepare_cached("SELECT 1 FROM challenges WHERE message_id = ? AND state = 0 AND accepted = 0")?
        .exists([message.as_str()])?;
    Ok(if is_open { Renewed::Spent } else { Renewed::Gone })
}

pub(crate) fn decide(
    connection: &Connection,
    message: &MessageId,
    accepted: bool,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let decided = connection
        .prepare_cached(
            "UPDATE challenges SET accepted = ?4, state = CASE WHEN ?4 THEN 0 ELSE 1 END
             WHERE message_id = ?1 AND state = 0 AND expires_at > ?2 AND created_at <= ?3
                 AND method = 2 AND accepted = 0",
        )?
        .execute(params![message.as_str(), nanoseconds(now), latest(now), accepted])?;
    if decided == 0 {
        end_if_over(connection, message, now)?;
        return Ok(false);
    }
    let status = if accepted { FactorStatus::Active } else { FactorStatus::Inactive };
    if factors::settle(connection, message, status)? && accepted {
        connection
            .prepare_cached("UPDATE challenges SET state = 2 WHERE message_id = ?")?
            .execute([message.as_str()])?;
    }
    Ok(true)
}

pub(crate) fn end(connection: &Connection, message: &MessageId, now: Timestamp) -> rusqlite::Result<bool> {
    let ended = connection
        .prepare_cached(
            "UPDATE challenges SET state = 1
             WHERE message_id = ?1 AND state = 0 AND expires_at > ?2 AND created_at <= ?3",
        )?
        .execute(params![message.as_str(), nanoseconds(now), latest(now)])?;
    if ended == 0 {
        end_if_over(connection, message, now)?;
    }
    Ok(ended > 0)
}

pub(crate) fn end_pushes(connection: &Connection, user: &UserId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE challenges SET state = 1 WHERE user_id = ? AND state = 0 AND method = 2")?
        .execute([user.as_str()])
        .map(drop)
}

/// Open challenges, with the guesses that their steps have spent: those that are not forgotten.
const OPEN: &str = "SELECT challenges.*, ifnull(spent.guesses, 0) AS guesses FROM challenges
    LEFT JOIN spent ON spent.operation_id = challenges.operation_id
        AND spent.operation_name = challenges.operation_name
        AND spent.user_id = challenges.user_id AND spent.last_at > ?4
    WHERE state = 0 AND expires_at > ?2 AND created_at <= ?3";

fn open_challenge(row: &Row<'_>) -> rusqlite::Result<OpenChallenge> {
    Ok(OpenChallenge {
        challenge: challenge(row)?,
        renewals: row.get("renewals")?,
        guesses: row.get("guesses")?,
        accepted: row.get("accepted")?,
    })
}

/// What is forgotten of guesses: nanoseconds of the last one.
fn forgotten(now: Timestamp, policy: &GuessPolicy) -> i64 {
    nanoseconds(now).saturating_sub(length(policy.failures.forget_after))
}

pub(crate) fn open(
    connection: &Connection,
    message: &MessageId,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<Option<OpenChallenge>> {
    connection
        .prepare_cached(&format!("{OPEN} AND message_id = ?1"))?
        .query_one(
            params![message.as_str(), nanoseconds(now), latest(now), forgotten(now, policy)],
            open_challenge,
        )
        .optional()
}

pub(crate) fn open_of(
    connection: &Connection,
    user: &UserId,
    now: Timestamp,
    policy: &GuessPolicy,
) -> rusqlite::Result<Vec<OpenChallenge>> {
    connection
        .prepare_cached(&format!(
            "{OPEN} AND challenges.user_id = ?1 AND challenges.user_id <> '' ORDER BY created_at, message_id"
        ))?
        .query_map(
            params![user.as_str(), nanoseconds(now), latest(now), forgotten(now, policy)],
            open_challenge,
        )?
        .collect()
}
