//! What becomes of a guess. Its challenge is locked first, so that guesses at it come one after the other, and then what the user has
//! failed, so that guesses at all of their challenges do.

use data_adapter_core::{MessageId, UserId};
use data_adapter_records::{factor_number, length, nanoseconds, status_number};
use data_adapter_sca::{
    ApprovalMethod, AttemptRecord, Challenge, Counted, CountedGuess, Factor, FactorStatus, Guess,
    GuessPolicy, Offer, Step,
};
use jiff::Timestamp;

use crate::attempts;
use crate::challenges::{challenge, end_if_over, user_of};
use crate::rows::{get, number};
use crate::session::{Outcome, Session, query};

/// `state` of a challenge in the database.
const ENDED: i16 = 1;
const USED: i16 = 2;

pub(crate) async fn guess(
    session: &mut Session<'_>,
    message: &MessageId,
    offer: &Offer,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<Guess> {
    let found = query("SELECT * FROM challenges WHERE message_id = $1 FOR UPDATE").bind(message.as_str());
    let Some(row) = session.optional(found).await? else { return Ok(Guess::Unknown) };
    let (challenge, state) = (challenge(&row)?, get::<i16>(&row, "state")?);
    if state == USED {
        return Ok(Guess::Used);
    }
    let is_code = challenge.method == ApprovalMethod::Otp;
    if state == ENDED || challenge.is_over(now) {
        end_if_over(session, message, now).await?;
        let is_spent = is_code && spent(session, &challenge, now, policy).await? >= policy.tries_per_step;
        return Ok(if is_spent { Guess::Spent } else { Guess::Expired });
    }
    if !is_code {
        return Ok(Guess::Unknown);
    }
    compared(session, &challenge, offer, now, policy).await
}

/// Guesses that a step has spent, and that are not forgotten.
async fn spent(
    session: &mut Session<'_>,
    Challenge { step, .. }: &Challenge,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<u32> {
    let forgotten = nanoseconds(now).saturating_sub(length(policy.failures.forget_after));
    let statement = query(
        "SELECT guesses FROM spent
         WHERE operation_id = $1 AND operation_name = $2 AND user_id = $3 AND last_at > $4",
    );
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    let row = session.optional(statement.bind(forgotten)).await?;
    row.map_or(Ok(0), |row| number(&row, "guesses"))
}

/// Uses a challenge up, or counts the guess.
async fn compared(
    session: &mut Session<'_>,
    challenge: &Challenge,
    offer: &Offer,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<Guess> {
    let Challenge { message, step, .. } = challenge;
    // Nobody's guesses count for nobody, and take as long.
    let nobody = UserId::new(message.as_str());
    let user = step.user.as_ref().unwrap_or(&nobody);
    let (guesses, mut record) = lock_counters(session, step, user, now, policy).await?;
    if guesses >= policy.tries_per_step {
        session.undo();
        return Ok(Guess::Spent);
    }
    let Some(fits) = offer.fits(challenge) else {
        session.undo();
        return Ok(Guess::OtherKey(challenge.key_id.clone()));
    };
    let is_blocked = record.is_blocked(now);
    if fits && offer.accept && !is_blocked {
        return use_up(session, challenge, user).await;
    }
    let counted = record.count(now, &policy.failures);
    let record = if step.user.is_some() { record } else { AttemptRecord::default() };
    let guesses = guesses.saturating_add(1);
    count(session, challenge, guesses, now).await?;
    attempts::write(session, user, Factor::Code, &record).await?;
    Ok(Guess::Counted(CountedGuess {
        fits: fits && !is_blocked,
        remaining: policy.tries_per_step.saturating_sub(guesses),
        blocked: is_blocked,
        starts_block: counted == Counted::Failure { starts_block: true } && step.user.is_some(),
    }))
}

/// Guesses that a step has spent, which only whoever has locked its challenge changes, and what the user has failed, locked from now
/// on.
async fn lock_counters(
    session: &mut Session<'_>,
    step: &Step,
    user: &UserId,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Outcome<(u32, AttemptRecord)> {
    let forgotten = nanoseconds(now).saturating_sub(length(policy.failures.forget_after));
    let statement = query(
        "INSERT INTO attempts VALUES ($1, $2, 0, 0, NULL, '[]', NULL)
         ON CONFLICT (user_id, factor) DO UPDATE SET user_id = excluded.user_id
         RETURNING *, COALESCE((
             SELECT spent.guesses FROM spent
             WHERE spent.operation_id = $3 AND spent.operation_name = $4 AND spent.user_id = $5 AND spent.last_at > $6
         ), 0) AS guesses",
    );
    let statement = statement.bind(user.as_str()).bind(factor_number(Factor::Code));
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    let row = session.one(statement.bind(forgotten)).await?;
    Ok((number(&row, "guesses")?, attempts::record(&row)?))
}

/// Uses a challenge up: its step and its user are fresh, and the factor active that it decides.
async fn use_up(session: &mut Session<'_>, challenge: &Challenge, user: &UserId) -> Outcome<Guess> {
    let Challenge { message, step, .. } = challenge;
    let statement = query(
        "WITH used AS (UPDATE challenges SET state = 2 WHERE message_id = $1),
             fresh_step AS (DELETE FROM spent WHERE operation_id = $2 AND operation_name = $3 AND user_id = $4),
             fresh_user AS (DELETE FROM attempts WHERE user_id = $5 AND factor = $6)
         UPDATE factors SET status = $7, message_id = NULL WHERE message_id = $1",
    );
    let statement = statement.bind(message.as_str());
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    let statement = statement.bind(user.as_str()).bind(factor_number(Factor::Code));
    session.execute(statement.bind(status_number(FactorStatus::Active))).await?;
    Ok(Guess::Accepted)
}

/// Keeps how many guesses a step has spent.
async fn count(
    session: &mut Session<'_>,
    Challenge { step, .. }: &Challenge,
    guesses: u32,
    now: Timestamp,
) -> Outcome<()> {
    let statement = query(
        "INSERT INTO spent VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (operation_id, operation_name, user_id)
             DO UPDATE SET guesses = excluded.guesses, last_at = excluded.last_at",
    );
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    session.execute(statement.bind(i64::from(guesses)).bind(nanoseconds(now))).await.map(drop)
}
