use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptRecord, AttemptStore, Block, BlockDurations, CLOCK_TOLERANCE,
    Factor, Reservation,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::time::{latest, nanoseconds, of_nanoseconds, optional_timestamp, timestamp};

/// `factor` in the file.
pub(crate) fn number(factor: Factor) -> i64 {
    match factor {
        Factor::Code => 0,
        Factor::Password => 1,
        Factor::Partner => 2,
    }
}

fn factor(number: i64) -> rusqlite::Result<Factor> {
    match number {
        0 => Ok(Factor::Code),
        1 => Ok(Factor::Password),
        2 => Ok(Factor::Partner),
        other => Err(Error::IntegralValueOutOfRange(0, other)),
    }
}

/// What is known of a user; an empty record where there is none.
pub(crate) fn read(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
) -> rusqlite::Result<AttemptRecord> {
    let found = connection
        .prepare_cached("SELECT * FROM attempts WHERE user_id = ? AND factor = ?")?
        .query_one(params![user.as_str(), number(factor)], record)
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn record(row: &Row<'_>) -> rusqlite::Result<AttemptRecord> {
    Ok(AttemptRecord {
        failures: row.get("failures")?,
        last_at: timestamp(row, "last_at")?,
        blocked_until: optional_timestamp(row, "blocked_until")?,
        reservations: reservations(&row.get::<_, String>("reservations")?)?,
    })
}

fn reservations(json: &str) -> rusqlite::Result<Vec<Reservation>> {
    let all: Vec<(String, i64, i64)> = serde_json::from_str(json)
        .map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, error.into()))?;
    let all = all.into_iter().map(|(id, admitted_at, expires_at)| {
        Ok(Reservation {
            id,
            admitted_at: of_nanoseconds(admitted_at)?,
            expires_at: of_nanoseconds(expires_at)?,
        })
    });
    all.collect()
}

fn to_json(reservations: &[Reservation]) -> rusqlite::Result<String> {
    let all = reservations.iter().map(|reservation| {
        (&reservation.id, nanoseconds(reservation.admitted_at), nanoseconds(reservation.expires_at))
    });
    serde_json::to_string(&all.collect::<Vec<_>>())
        .map_err(|error| Error::ToSqlConversionFailure(error.into()))
}

/// Writes a record, also as it was: SQLite does not look whether anything changes, so that the disk has as much to do whatever became
/// of an attempt.
fn write(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
    record: &AttemptRecord,
) -> rusqlite::Result<()> {
    if record.is_empty() {
        return clear(connection, user, factor).map(drop);
    }
    connection
        .prepare_cached(
            "INSERT INTO attempts (user_id, factor, failures, last_at, blocked_until, reservations, reserved_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET
                 failures = ?3, last_at = ?4, blocked_until = ?5, reservations = ?6, reserved_until = ?7",
        )?
        .execute(params![
            user.as_str(),
            number(factor),
            record.failures,
            nanoseconds(record.last_at),
            record.blocked_until.map(nanoseconds),
            to_json(&record.reservations)?,
            record.reserved_until().map(nanoseconds),
        ])
        .map(drop)
}

/// Asks the record of a user, and writes what is left of it.
pub(crate) fn change<T>(
    connection: &Connection,
    user: &UserId,
    factor: Factor,
    change: impl FnOnce(&mut AttemptRecord) -> T,
) -> rusqlite::Result<T> {
    let mut record = read(connection, user, factor)?;
    let changed = change(&mut record);
    write(connection, user, factor, &record)?;
    Ok(changed)
}

/// Who has to wait asks again and again: that is written only where it changes anything.
fn admit(
    connection: &Connection,
    attempt: &Attempt,
    now: Timestamp,
    policy: &AttemptPolicy,
    lease: SignedDuration,
) -> rusqlite::Result<Admission> {
    let Attempt { id, user, factor } = attempt;
    let before = read(connection, user, *factor)?;
    let mut record = before.clone();
    let admission = record.admit(id, now, policy, lease);
    if admission != Admission::Busy || record != before {
        write(connection, user, *factor, &record)?;
    }
    Ok(admission)
}

/// Forgets the failures of a user: true when there were any.
pub(crate) fn clear(connection: &Connection, user: &UserId, factor: Factor) -> rusqlite::Result<bool> {
    let cleared = connection
        .prepare_cached("DELETE FROM attempts WHERE user_id = ? AND factor = ?")?
        .execute(params![user.as_str(), number(factor)])?;
    Ok(cleared > 0)
}

/// Puts right what a clock that went back has left, and says how many records that were.
pub(crate) fn rewind(
    connection: &Connection,
    now: Timestamp,
    blocks: BlockDurations,
) -> rusqlite::Result<usize> {
    let mut rewound = 0;
    for factor in [Factor::Code, Factor::Password, Factor::Partner] {
        let longest = now + blocks.of(factor) + CLOCK_TOLERANCE;
        let ahead: Vec<(String, AttemptRecord)> = connection
            .prepare_cached(
                "SELECT * FROM attempts
                 WHERE factor = ?1 AND (last_at > ?2 OR reserved_until > ?2 OR blocked_until > ?3)",
            )?
            .query_map(params![number(factor), latest(now), nanoseconds(longest)], |row| {
                Ok((row.get("user_id")?, record(row)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (user, mut record) in ahead {
            if record.rewind(now, blocks.of(factor)) {
                write(connection, &UserId::new(user), factor, &record)?;
                rewound += 1;
            }
        }
    }
    Ok(rewound)
}

/// Removes the records whose last failure, and last attempt under way, is so old, unless their block runs on `now`.
pub(crate) fn purge(connection: &Connection, last: i64, now: i64) -> rusqlite::Result<usize> {
    connection.execute(
        "DELETE FROM attempts
         WHERE last_at <= ?1 AND ifnull(reserved_until <= ?1, TRUE) AND ifnull(blocked_until <= ?2, TRUE)",
        params![last, now],
    )
}

fn block(row: &Row<'_>) -> rusqlite::Result<Block> {
    Ok(Block {
        user: UserId::new(row.get::<_, String>("user_id")?),
        factor: factor(row.get("factor")?)?,
        failures: row.get("failures")?,
        until: timestamp(row, "blocked_until")?,
    })
}

impl SqliteStore {
    /// Ends an attempt.
    async fn end_attempt(
        &self,
        attempt: &Attempt,
        end: impl FnOnce(&mut AttemptRecord, &str) + Send + 'static,
    ) -> Result<(), AdapterError> {
        let Attempt { id, user, factor } = attempt.clone();
        let change =
            move |connection: &Connection| change(connection, &user, factor, |record| end(record, &id));
        self.writer.write(change).await
    }
}

#[async_trait]
impl AttemptStore for SqliteStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        let (attempt, policy) = (attempt.clone(), *policy);
        self.writer.write(move |connection| admit(connection, &attempt, now, &policy, lease)).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.end_attempt(attempt, move |record, id| record.succeed(id, now)).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let policy = *policy;
        self.end_attempt(attempt, move |record, id| record.fail(id, now, &policy)).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.end_attempt(attempt, AttemptRecord::give_back).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        let user = user.clone();
        self.writer.write(move |connection| clear(connection, &user, factor)).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let (user, policy) = (user.clone(), *policy);
        let order = move |record: &mut AttemptRecord| record.block(now, &policy);
        self.writer.write(move |connection| change(connection, &user, factor, order)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        let user = user.clone();
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT blocked_until FROM attempts WHERE user_id = ? AND factor = ? AND blocked_until > ?",
                )?
                .query_one(params![user.as_str(), number(factor), nanoseconds(now)], |row| {
                    timestamp(row, "blocked_until")
                })
                .optional()
        };
        self.reader.read(question).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        let question = move |connection: &Connection| {
            connection
                .prepare_cached("SELECT * FROM attempts WHERE blocked_until > ? ORDER BY user_id, factor")?
                .query_map([nanoseconds(now)], block)?
                .collect()
        };
        self.reader.read(question).await
    }
}
