//! How challenges begin.

use data_adapter_core::{Binding, MessageId, OperationId, OperationName, OrganizationId};
use data_adapter_records::write_presentation;
use data_adapter_sca::{ApprovalMethod, Challenge, CodeHash, Opened, Presentation, Rated, RatedKey, Step};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::challenges::{is_over, method_number, user_of};
use crate::rates;
use crate::time::{latest, nanoseconds};

/// Keeps a challenge and ends the open one of the same step: false where its operation is over.
pub(crate) fn open(connection: &Connection, challenge: &Challenge) -> rusqlite::Result<bool> {
    if is_over(connection, &challenge.step.operation)? {
        return Ok(false);
    }
    insert(connection, challenge).map(|()| true)
}

/// Keeps a challenge where its operation is not over and no limit is reached.
pub(crate) fn open_within(
    connection: &Connection,
    challenge: &Challenge,
    rates: &[RatedKey],
) -> rusqlite::Result<Opened> {
    if is_over(connection, &challenge.step.operation)? {
        return Ok(Opened::OperationOver);
    }
    if let Rated::Over(over) = rates::rate(connection, rates, challenge.created_at)? {
        let open = open_of(connection, &challenge.step, challenge.created_at)?;
        return Ok(Opened::Limited { over, open });
    }
    insert(connection, challenge).map(|()| Opened::Opened)
}

/// The challenge of a step that is open and not over.
fn open_of(connection: &Connection, step: &Step, now: Timestamp) -> rusqlite::Result<Option<MessageId>> {
    connection
        .prepare_cached(
            "SELECT message_id FROM challenges
             WHERE operation_id = ? AND operation_name = ? AND user_id = ? AND state = 0
                 AND expires_at > ? AND created_at <= ?",
        )?
        .query_one(
            params![
                step.operation.as_str(),
                step.name.as_str(),
                user_of(step),
                nanoseconds(now),
                latest(now)
            ],
            |row| row.get::<_, String>(0).map(MessageId::new),
        )
        .optional()
}

/// Keeps a challenge and ends the open one of the same step.
fn insert(connection: &Connection, challenge: &Challenge) -> rusqlite::Result<()> {
    let step = &challenge.step;
    connection
        .prepare_cached(
            "UPDATE challenges SET state = 1
             WHERE operation_id = ? AND operation_name = ? AND user_id = ? AND state = 0",
        )?
        .execute([step.operation.as_str(), step.name.as_str(), user_of(step)])?;
    connection
        .prepare_cached("INSERT INTO challenges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 0)")?
        .execute(params![
            challenge.message.as_str(),
            step.operation.as_str(),
            step.name.as_str(),
            user_of(step),
            challenge.organization.as_ref().map(OrganizationId::as_str),
            challenge.code_hash.0,
            challenge.key_id,
            nanoseconds(challenge.created_at),
            nanoseconds(challenge.expires_at),
            method_number(challenge.method),
            write_presentation(&challenge.presentation),
        ])
        .map(drop)
}

/// Writes all that a new challenge writes, and leaves nothing of it. It is nobody's, and no request can name it.
pub(crate) fn try_to_open(connection: &Connection) -> rusqlite::Result<()> {
    let name = "readiness";
    let probe = Challenge {
        message: MessageId::new(name),
        step: Step { operation: OperationId::new(name), name: OperationName::new(name), user: None },
        method: ApprovalMethod::Otp,
        presentation: Presentation::of(Binding::to_operation()),
        organization: None,
        code_hash: CodeHash([0; 32]),
        key_id: String::new(),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
    };
    insert(connection, &probe)?;
    connection.prepare_cached("DELETE FROM challenges WHERE message_id = ?")?.execute([name]).map(drop)
}
