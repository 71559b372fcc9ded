//! How challenges begin.

use data_adapter_core::{MessageId, OrganizationId};
use data_adapter_records::{latest, method_number, nanoseconds, write_presentation};
use data_adapter_sca::{Challenge, Opened, Rated, RatedKey};

use crate::challenges::user_of;
use crate::rates;
use crate::rows::get;
use crate::session::{Lock, Outcome, Session, query};

/// Keeps a challenge and ends the open one of the same step: false where its operation is over.
pub(crate) async fn open(session: &mut Session<'_>, challenge: &Challenge) -> Outcome<bool> {
    if make_room(session, challenge).await?.is_over {
        return Ok(false);
    }
    insert(session, challenge).await.map(|()| true)
}

/// Keeps a challenge where its operation is not over and no limit is reached. Limits that many users share are locked last, so that
/// nobody waits for more than the commit of others.
pub(crate) async fn open_within(
    session: &mut Session<'_>,
    challenge: &Challenge,
    rates: &[RatedKey],
) -> Outcome<Opened> {
    let Room { is_over, open } = make_room(session, challenge).await?;
    if is_over {
        session.undo();
        return Ok(Opened::OperationOver);
    }
    insert(session, challenge).await?;
    match rates::rate(session, rates, challenge.created_at).await? {
        Rated::Admitted => Ok(Opened::Opened),
        Rated::Over(over) => Ok(Opened::Limited { over, open }),
    }
}

/// What there was of a step before a new challenge.
struct Room {
    /// Whether its operation is over.
    is_over: bool,
    /// The challenge that was open, unless it was over.
    open: Option<MessageId>,
}

/// Ends the open challenge of a step, of which others make challenges later from now on.
async fn make_room(session: &mut Session<'_>, challenge: &Challenge) -> Outcome<Room> {
    let (step, now) = (&challenge.step, challenge.created_at);
    let name = format!("{} {} {}", step.operation.as_str(), step.name.as_str(), user_of(step));
    session.lock(Lock::alone("step", &name)).await?;
    let statement = query(
        "WITH ended AS (
             UPDATE challenges SET state = 1
             WHERE operation_id = $1 AND operation_name = $2 AND user_id = $3 AND state = 0
             RETURNING message_id, expires_at > $4 AND created_at <= $5 AS was_open
         )
         SELECT EXISTS (SELECT 1 FROM ended_operations WHERE operation_id = $1) AS is_over,
             (SELECT message_id FROM ended WHERE was_open) AS message_id",
    );
    let statement = statement.bind(step.operation.as_str()).bind(step.name.as_str()).bind(user_of(step));
    let row = session.one(statement.bind(nanoseconds(now)).bind(latest(now))).await?;
    let open = get::<Option<String>>(&row, "message_id")?.map(MessageId::new);
    Ok(Room { is_over: get(&row, "is_over")?, open })
}

/// Keeps a challenge.
async fn insert(session: &mut Session<'_>, challenge: &Challenge) -> Outcome<()> {
    let step = &challenge.step;
    let keep = query(
        "INSERT INTO challenges (message_id, operation_id, operation_name, user_id, organization_id, method, presentation,
             code_hash, key_id, created_at, expires_at, state, renewals, accepted)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, FALSE)",
    );
    let keep = keep
        .bind(challenge.message.as_str())
        .bind(step.operation.as_str())
        .bind(step.name.as_str())
        .bind(user_of(step))
        .bind(challenge.organization.as_ref().map(OrganizationId::as_str))
        .bind(method_number(challenge.method))
        .bind(write_presentation(&challenge.presentation))
        .bind(challenge.code_hash.0.as_slice())
        .bind(&challenge.key_id)
        .bind(nanoseconds(challenge.created_at))
        .bind(nanoseconds(challenge.expires_at));
    session.execute(keep).await.map(drop)
}

/// Writes what a new challenge writes, and leaves nothing of it. It is nobody's, and no request can name it.
pub(crate) async fn try_to_open(session: &mut Session<'_>) -> Outcome<()> {
    let keep = query(
        "INSERT INTO challenges (message_id, operation_id, operation_name, user_id, method, presentation, code_hash, key_id,
             created_at, expires_at, state, renewals, accepted)
         SELECT name, name, 'readiness', '', 1, '{}', '', '', 0, 0, 0, 0, FALSE
         FROM (SELECT 'readiness ' || gen_random_uuid() AS name) AS probe
         RETURNING message_id",
    );
    let message: String = get(&session.one(keep).await?, "message_id")?;
    let forget = query("DELETE FROM challenges WHERE message_id = $1");
    session.execute(forget.bind(message)).await.map(drop)
}
