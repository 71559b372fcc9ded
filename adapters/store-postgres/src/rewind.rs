//! Puts right what a clock that went back has left.

use data_adapter_core::{AdapterError, UserId};
use data_adapter_records::{factor, latest, nanoseconds};
use data_adapter_sca::{AttemptRecord, BlockDurations, Factor};
use jiff::Timestamp;

use crate::PostgresStore;
use crate::attempts::record;
use crate::rows::get;
use crate::session::{Outcome, Session, query};

/// What lies later than $1 is dated $2. A challenge expires after it was made, which the index knows.
const DATES: [&str; 9] = [
    "UPDATE challenges SET state = greatest(state, 1), created_at = $2, expires_at = least(expires_at, $2)
     WHERE expires_at > $1 AND created_at > $1",
    "UPDATE spent SET last_at = $2 WHERE last_at > $1",
    "UPDATE shown_forms SET shown_at = $2 WHERE shown_at > $1",
    "UPDATE ended_operations SET ended_at = $2 WHERE ended_at > $1",
    "UPDATE factors SET enrolled_at = $2 WHERE enrolled_at > $1",
    "UPDATE calls SET leased_until = leased_until - begun_at + $2, begun_at = $2 WHERE begun_at > $1",
    "UPDATE deliveries SET kept_at = $2 WHERE kept_at > $1",
    "UPDATE delivery_parts SET kept_at = $2 WHERE kept_at > $1",
    "UPDATE rates SET ends_at = ends_at - began_at + $2, began_at = $2 WHERE began_at > $1",
];

/// The end of sessions holds for what tokens may say, up to the tolerance ahead.
const ENDED_SESSIONS: &str = "UPDATE ended_sessions SET ended_at = $1 WHERE ended_at > $1";
/// Nobody knows how old a session of a clock that was ahead is.
const SESSIONS: &str = "DELETE FROM sessions WHERE last_at > $1";

async fn date(session: &mut Session<'_>, statement: &'static str, now: Timestamp) -> Outcome<u64> {
    session.execute(query(statement).bind(latest(now)).bind(nanoseconds(now))).await
}

/// Records of attempts that may lie ahead.
async fn ahead(session: &mut Session<'_>, now: Timestamp) -> Outcome<Vec<(UserId, Factor, AttemptRecord)>> {
    let statement =
        query("SELECT * FROM attempts WHERE last_at > $1 OR blocked_until > $1 OR reserved_until > $1");
    let rows = session.all(statement.bind(latest(now))).await?;
    let one = |row| {
        let user = UserId::new(get::<String>(row, "user_id")?);
        Ok((user, factor(get(row, "factor")?)?, record(row)?))
    };
    rows.iter().map(one).collect()
}

impl PostgresStore {
    /// A statement at a time, so that nothing is locked for long.
    pub(crate) async fn bring_back(
        &self,
        now: Timestamp,
        blocks: BlockDurations,
    ) -> Result<u64, AdapterError> {
        let mut changed = 0;
        for statement in DATES.into_iter().chain([ENDED_SESSIONS, SESSIONS]) {
            changed += self.change(|session| Box::pin(date(session, statement, now))).await?;
        }
        for (user, factor, mut record) in self.ask(|session| Box::pin(ahead(session, now))).await? {
            let block_for = blocks.of(factor);
            if record.rewind(now, block_for) {
                let rewind = |record: &mut AttemptRecord| record.rewind(now, block_for);
                changed += u64::from(self.change_record(&user, factor, rewind).await?);
            }
        }
        Ok(changed)
    }
}
