use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

/// A window of a key that is running.
struct Running {
    length: i64,
    allowed: u32,
    calls: u32,
    ends_at: i64,
}

/// The windows of a key that are running, also those of limits that it had before.
fn running(connection: &Connection, key: &str, now: Timestamp) -> rusqlite::Result<Vec<Running>> {
    let window = |row: &Row<'_>| {
        Ok(Running { length: row.get(0)?, allowed: row.get(1)?, calls: row.get(2)?, ends_at: row.get(3)? })
    };
    connection
        .prepare_cached(
            "SELECT length, allowed, calls, ends_at FROM rates WHERE name = ? AND ends_at > ? AND began_at <= ?",
        )?
        .query_map(params![key, nanoseconds(now), latest(now)], window)?
        .collect()
}

impl Running {
    fn is_of(&self, limit: &RateLimit) -> bool {
        (self.length, self.allowed) == (length(limit.window), limit.limit)
    }
}

/// The limit that is reached and lasts longest; `None` where none is.
fn over(keys: &[RatedKey], windows: &[Vec<Running>], now: Timestamp) -> Option<Over> {
    let then = nanoseconds(now);
    let mut longest: Option<Over> = None;
    for (key, (rated, windows)) in keys.iter().zip(windows).enumerate() {
        for limit in &rated.limits {
            let window = windows.iter().find(|window| window.is_of(limit));
            let ends = then.saturating_add(length(limit.window));
            let (calls, ends) = window.map_or((0, ends), |window| (window.calls, window.ends_at));
            if calls >= limit.limit {
                let resets_in = SignedDuration::from_nanos(ends.saturating_sub(then));
                let over = Over { key, limit: *limit, resets_in };
                longest = longest.filter(|longest| longest.resets_in > over.resets_in).or(Some(over));
            }
        }
    }
    longest
}

/// Counts a call against the limits of a key. Where all of them have windows that are running, and it has no others, that is one change.
fn count(
    connection: &Connection,
    RatedKey { key, limits, .. }: &RatedKey,
    windows: &[Running],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let is_running = |limit: &RateLimit| windows.iter().any(|window| window.is_of(limit));
    if windows.len() == limits.len() && limits.iter().all(is_running) {
        return connection
            .prepare_cached(
                "UPDATE rates SET calls = calls + 1 WHERE name = ? AND ends_at > ? AND began_at <= ?",
            )?
            .execute(params![key, nanoseconds(now), latest(now)])
            .map(drop);
    }
    limits.iter().try_for_each(|limit| count_one(connection, key, limit, now))
}

/// Counts a call against one limit, in a window that begins now where none is running.
fn count_one(connection: &Connection, key: &str, limit: &RateLimit, now: Timestamp) -> rusqlite::Result<()> {
    let (then, window) = (nanoseconds(now), length(limit.window));
    connection
        .prepare_cached(
            "INSERT INTO rates VALUES (?1, ?2, ?3, 1, ?4, ?5)
             ON CONFLICT DO UPDATE SET
                 calls = CASE WHEN ends_at > ?4 AND began_at <= ?6 THEN calls + 1 ELSE 1 END,
                 began_at = CASE WHEN ends_at > ?4 AND began_at <= ?6 THEN began_at ELSE ?4 END,
                 ends_at = CASE WHEN ends_at > ?4 AND began_at <= ?6 THEN ends_at ELSE ?5 END",
        )?
        .execute(params![key, window, limit.limit, then, then.saturating_add(window), latest(now)])
        .map(drop)
}

/// Counts a call of every key that counts, or says which limit is reached.
pub(crate) fn rate(connection: &Connection, keys: &[RatedKey], now: Timestamp) -> rusqlite::Result<Rated> {
    let windows: Vec<_> =
        keys.iter().map(|rated| running(connection, &rated.key, now)).collect::<rusqlite::Result<_>>()?;
    if let Some(over) = over(keys, &windows, now) {
        return Ok(Rated::Over(over));
    }
    for (rated, windows) in keys.iter().zip(&windows).filter(|(rated, _)| rated.counts) {
        count(connection, rated, windows, now)?;
    }
    Ok(Rated::Admitted)
}

/// The first and the last name that is meant, and everything between them is meant too.
fn range(keys: &RateKeys) -> (String, String) {
    match keys {
        RateKeys::One(name) => (name.clone(), name.clone()),
        // No name goes on with what sorts after the last character that there is.
        RateKeys::Beginning(beginning) => (beginning.clone(), format!("{beginning}{}", char::MAX)),
    }
}

fn window(row: &Row<'_>, now: Timestamp) -> rusqlite::Result<RateWindow> {
    let (length, ends): (i64, i64) = (row.get("length")?, row.get("ends_at")?);
    let limit = RateLimit { limit: row.get("allowed")?, window: SignedDuration::from_nanos(length) };
    let resets_in = SignedDuration::from_nanos(ends.saturating_sub(nanoseconds(now)));
    Ok(RateWindow { key: row.get("name")?, limit, calls: row.get("calls")?, resets_in })
}

#[async_trait]
impl RateStore for SqliteStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        let keys = keys.to_vec();
        self.writer.write(move |connection| rate(connection, &keys, now)).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        let ((first, last), most) = (range(keys), i64::try_from(most).unwrap_or(i64::MAX));
        let question = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM rates
                     WHERE name BETWEEN ? AND ? AND ends_at > ? AND began_at <= ?
                     ORDER BY name, length, allowed LIMIT ?",
                )?
                .query_map(params![first, last, nanoseconds(now), latest(now), most], |row| window(row, now))?
                .collect()
        };
        self.reader.read(question).await
    }
}
