use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::SqliteStore;
use crate::time::{latest, length, nanoseconds};

/// When the window of a limit that is reached is over, in nanoseconds from now; `None` where it is not reached.
fn left(
    connection: &Connection,
    key: &str,
    limit: &RateLimit,
    now: Timestamp,
) -> rusqlite::Result<Option<i64>> {
    let then = nanoseconds(now);
    let window: Option<(u32, i64)> = connection
        .prepare_cached(
            "SELECT calls, ends_at FROM rates
             WHERE name = ? AND length = ? AND allowed = ? AND ends_at > ? AND began_at <= ?",
        )?
        .query_one(params![key, length(limit.window), limit.limit, then, latest(now)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (calls, ends) = window.unwrap_or((0, then.saturating_add(length(limit.window))));
    Ok((calls >= limit.limit).then(|| ends.saturating_sub(then)))
}

/// The limit that is reached and lasts longest; `None` where none is.
fn over(connection: &Connection, keys: &[RatedKey], now: Timestamp) -> rusqlite::Result<Option<Over>> {
    let mut longest: Option<Over> = None;
    for (key, rated) in keys.iter().enumerate() {
        for limit in &rated.limits {
            let Some(left) = left(connection, &rated.key, limit, now)? else { continue };
            let over = Over { key, limit: *limit, resets_in: SignedDuration::from_nanos(left) };
            longest = longest.filter(|longest| longest.resets_in > over.resets_in).or(Some(over));
        }
    }
    Ok(longest)
}

/// Counts a call against one limit, in a window that begins now where none is running.
fn count(connection: &Connection, key: &str, limit: &RateLimit, now: Timestamp) -> rusqlite::Result<()> {
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
    if let Some(over) = over(connection, keys, now)? {
        return Ok(Rated::Over(over));
    }
    for RatedKey { key, limits, .. } in keys.iter().filter(|rated| rated.counts) {
        limits.iter().try_for_each(|limit| count(connection, key, limit, now))?;
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
