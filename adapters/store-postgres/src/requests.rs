//! What is done to a challenge as a request.

use data_adapter_core::{MessageId, UserId};
use data_adapter_records::{latest, length, nanoseconds};
use data_adapter_sca::{FactorStatus, GuessPolicy, OpenChallenge, Renewal, Renewed};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::challenges::{challenge, end_if_over};
use crate::factors;
use crate::rows::{get, number};
use crate::session::{Outcome, Session, Statement, query};

pub(crate) async fn renew(
    session: &mut Session<'_>,
    message: &MessageId,
    renewal: &Renewal,
    limit: u32,
    now: Timestamp,
) -> Outcome<Renewed> {
    let statement = query(
        "UPDATE challenges
         SET code_hash = $4, key_id = $5, created_at = $2, expires_at = $6, renewals = renewals + 1
         WHERE message_id = $1 AND state = 0 AND expires_at > $2 AND created_at <= $3
             AND NOT accepted AND renewals < $7
         RETURNING renewals",
    );
    let statement = at(statement, message, now)
        .bind(renewal.code_hash.0.as_slice())
        .bind(&renewal.key_id)
        .bind(nanoseconds(renewal.expires_at))
        .bind(i64::from(limit));
    if let Some(renewed) = session.optional(statement).await? {
        return Ok(Renewed::Renewed { renewals: number(&renewed, "renewals")? });
    }
    end_if_over(session, message, now).await?;
    let open = query("SELECT 1 FROM challenges WHERE message_id = $1 AND state = 0 AND NOT accepted");
    let is_open = session.exists(open.bind(message.as_str())).await?;
    Ok(if is_open { Renewed::Spent } else { Renewed::Gone })
}

pub(crate) async fn decide(
    session: &mut Session<'_>,
    message: &MessageId,
    accepted: bool,
    now: Timestamp,
) -> Outcome<bool> {
    let statement = query(
        "UPDATE challenges SET accepted = $4, state = CASE WHEN $4 THEN 0 ELSE 1 END
         WHERE message_id = $1 AND state = 0 AND expires_at > $2 AND created_at <= $3
             AND method = 2 AND NOT accepted",
    );
    if session.execute(at(statement, message, now).bind(accepted)).await? == 0 {
        end_if_over(session, message, now).await?;
        return Ok(false);
    }
    let status = if accepted { FactorStatus::Active } else { FactorStatus::Inactive };
    if factors::settle(session, message, status).await? && accepted {
        let use_up = query("UPDATE challenges SET state = 2 WHERE message_id = $1");
        session.execute(use_up.bind(message.as_str())).await?;
    }
    Ok(true)
}

pub(crate) async fn end(session: &mut Session<'_>, message: &MessageId, now: Timestamp) -> Outcome<bool> {
    let statement = query(
        "UPDATE challenges SET state = 1
         WHERE message_id = $1 AND state = 0 AND expires_at > $2 AND created_at <= $3",
    );
    let ended = session.execute(at(statement, message, now)).await?;
    if ended == 0 {
        end_if_over(session, message, now).await?;
    }
    Ok(ended > 0)
}

pub(crate) async fn end_pushes(session: &mut Session<'_>, user: &UserId) -> Outcome<()> {
    let end = query("UPDATE challenges SET state = 1 WHERE user_id = $1 AND state = 0 AND method = 2");
    session.execute(end.bind(user.as_str())).await.map(drop)
}

/// Binds the message to $1, the time to $2, and what is made later than $3 was made by a clock that was ahead.
fn at<'q>(statement: Statement<'q>, message: &MessageId, now: Timestamp) -> Statement<'q> {
    statement.bind(message.to_string()).bind(nanoseconds(now)).bind(latest(now))
}

/// Open challenges, with the guesses that their steps have spent: those that are not forgotten.
macro_rules! open {
    ($which:literal) => {
        concat!(
            "SELECT challenges.*, COALESCE(spent.guesses, 0) AS guesses FROM challenges
             LEFT JOIN spent ON spent.operation_id = challenges.operation_id
                 AND spent.operation_name = challenges.operation_name
                 AND spent.user_id = challenges.user_id AND spent.last_at > $4
             WHERE state = 0 AND expires_at > $2 AND created_at <= $3 AND ",
            $which
        )
    };
}

fn open_challenge(row: &PgRow) -> Outcome<OpenChallenge> {
    Ok(OpenChallenge {
        challenge: challenge(row)?,
        renewals: number(row, "renewals")?,
        guesses: number(row, "guesses")?,
        accepted: get(row, "accepted")?,
    })
}

/// What is forgotten of guesses: nanoseconds of the last one.
fn forgotten(now: Timestamp, policy: &GuessPolicy) -> i64 {
    nanoseconds(now).saturating_sub(length(policy.failures.forget_after))
}

pub(crate) async fn open(
    session: &mut Session<'_>,
    message: &MessageId,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<Option<OpenChallenge>> {
    let statement = query(open!("message_id = $1"));
    let row = session.optional(at(statement, message, now).bind(forgotten(now, policy))).await?;
    row.as_ref().map(open_challenge).transpose()
}

pub(crate) async fn open_of(
    session: &mut Session<'_>,
    user: &UserId,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<Vec<OpenChallenge>> {
    let statement =
        query(open!("challenges.user_id = $1 AND challenges.user_id <> '' ORDER BY created_at, message_id"));
    let statement = statement.bind(user.as_str()).bind(nanoseconds(now)).bind(latest(now));
    let rows = session.all(statement.bind(forgotten(now, policy))).await?;
    rows.iter().map(open_challenge).collect()
}
