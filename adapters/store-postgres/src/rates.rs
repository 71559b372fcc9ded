use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_records::{latest, length, nanoseconds};
use data_adapter_sca::{Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey};
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::rows::{get, number};
use crate::session::{Outcome, Session, Statement, query};

/// Counts a call against limits, in windows that begin now where none is running, and says what they come to. The rows are locked in
/// one order, so that nobody waits for each other.
const COUNT: &str = "INSERT INTO rates
    SELECT name, length, allowed, 1, $4, $4 + length
    FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[]) AS limits (name, length, allowed)
    ORDER BY name COLLATE \"C\", length, allowed
    ON CONFLICT (name, length, allowed) DO UPDATE SET
        calls = CASE WHEN rates.ends_at > $4 AND rates.began_at <= $5 THEN rates.calls + 1 ELSE 1 END,
        began_at = CASE WHEN rates.ends_at > $4 AND rates.began_at <= $5 THEN rates.began_at ELSE excluded.began_at END,
        ends_at = CASE WHEN rates.ends_at > $4 AND rates.began_at <= $5 THEN rates.ends_at ELSE excluded.ends_at END
    RETURNING name, length, allowed, calls, ends_at";

/// What one more call would come to, in the windows that are running.
const LOOK: &str = "SELECT name, length, allowed, calls + 1 AS calls, ends_at
    FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[]) AS limits (name, length, allowed)
    JOIN rates USING (name, length, allowed)
    WHERE ends_at > $4 AND began_at <= $5";

/// A limit of a key: its name, the length of its window, how often.
type LimitKey = (String, i64, i64);

fn limit_key(key: &str, limit: &RateLimit) -> LimitKey {
    (key.to_owned(), length(limit.window), limit.limit.into())
}

/// With this call, how often something was done in each window, and when that ends.
async fn calls(
    session: &mut Session<'_>,
    statement: &'static str,
    limits: Vec<LimitKey>,
    now: Timestamp,
) -> Outcome<HashMap<LimitKey, (i64, i64)>> {
    if limits.is_empty() {
        return Ok(HashMap::new());
    }
    let mut columns: (Vec<String>, Vec<i64>, Vec<i64>) = Default::default();
    for (name, length, allowed) in limits {
        columns.0.push(name);
        columns.1.push(length);
        columns.2.push(allowed);
    }
    let statement: Statement<'_> = query(statement).bind(columns.0).bind(columns.1).bind(columns.2);
    let rows = session.all(statement.bind(nanoseconds(now)).bind(latest(now))).await?;
    let window = |row: &PgRow| {
        let key = (get(row, "name")?, get(row, "length")?, get(row, "allowed")?);
        Ok((key, (get(row, "calls")?, get(row, "ends_at")?)))
    };
    rows.iter().map(window).collect()
}

/// Counts a call of every key that counts, or says which limit is reached, and lets nothing be kept then.
pub(crate) async fn rate(session: &mut Session<'_>, keys: &[RatedKey], now: Timestamp) -> Outcome<Rated> {
    let limits = |counts: bool| {
        let keys = keys.iter().filter(|rated| rated.counts == counts);
        keys.flat_map(|rated| rated.limits.iter().map(|limit| limit_key(&rated.key, limit))).collect()
    };
    let mut windows = calls(session, COUNT, limits(true), now).await?;
    windows.extend(calls(session, LOOK, limits(false), now).await?);
    let mut longest: Option<Over> = None;
    for (key, rated) in keys.iter().enumerate() {
        for limit in &rated.limits {
            let begins = (1, nanoseconds(now).saturating_add(length(limit.window)));
            let (calls, ends) = windows.get(&limit_key(&rated.key, limit)).copied().unwrap_or(begins);
            if calls > i64::from(limit.limit) {
                let resets_in = SignedDuration::from_nanos(ends.saturating_sub(nanoseconds(now)));
                let over = Over { key, limit: *limit, resets_in };
                longest = longest.filter(|longest| longest.resets_in > over.resets_in).or(Some(over));
            }
        }
    }
    let Some(over) = longest else { return Ok(Rated::Admitted) };
    session.undo();
    Ok(Rated::Over(over))
}

/// The first and the last name that is meant, and everything between them is meant too.
fn range(keys: &RateKeys) -> (String, String) {
    match keys {
        RateKeys::One(name) => (name.clone(), name.clone()),
        // No name goes on with what sorts after the last character that there is.
        RateKeys::Beginning(beginning) => (beginning.clone(), format!("{beginning}{}", char::MAX)),
    }
}

async fn windows(
    session: &mut Session<'_>,
    keys: &RateKeys,
    most: usize,
    now: Timestamp,
) -> Outcome<Vec<RateWindow>> {
    let (first, last) = range(keys);
    let statement = query(
        "SELECT * FROM rates WHERE name BETWEEN $1 AND $2 AND ends_at > $3 AND began_at <= $4
         ORDER BY name, length, allowed LIMIT $5",
    );
    let statement = statement.bind(first).bind(last).bind(nanoseconds(now)).bind(latest(now));
    let rows = session.all(statement.bind(i64::try_from(most).unwrap_or(i64::MAX))).await?;
    let window = |row: &PgRow| {
        let limit = RateLimit {
            limit: number(row, "allowed")?,
            window: SignedDuration::from_nanos(get(row, "length")?),
        };
        let resets_in =
            SignedDuration::from_nanos(get::<i64>(row, "ends_at")?.saturating_sub(nanoseconds(now)));
        Ok(RateWindow { key: get(row, "name")?, limit, calls: number(row, "calls")?, resets_in })
    };
    rows.iter().map(window).collect()
}

#[async_trait]
impl RateStore for PostgresStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.change(|session| Box::pin(rate(session, keys, now))).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        self.ask(|session| Box::pin(windows(session, keys, most, now))).await
    }
}
