//! Finds out whether a pooler stands between that lends a session for one transaction at a time.

use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use crate::OpenError;
use crate::pool::{Connector, NoConnection};

/// How often it is tried: a pooler under load may lend two transactions the same session by chance.
const ROUNDS: usize = 8;

/// Refuses a pooler that the program was not told of. A connection without one has the same process of the server for ever, and no
/// other connection has that. These are simple statements, which are one message each, so that no answer can be another's.
pub(crate) async fn refuse_unknown(connector: &Connector) -> Result<(), OpenError> {
    let unreachable = |error: NoConnection| OpenError::Unreachable(error.to_string());
    let mut one = connector.connect().await.map_err(unreachable)?.connection;
    let mut other = connector.connect().await.map_err(unreachable)?.connection;
    for _ in 0..ROUNDS {
        let before = process(&mut one).await.map_err(lost)?;
        run(&mut other, "BEGIN").await.map_err(|error| OpenError::NoTransactions(error.to_string()))?;
        let meanwhile = process(&mut other).await.map_err(lost)?;
        let after = process(&mut one).await.map_err(lost)?;
        run(&mut other, "COMMIT").await.map_err(lost)?;
        if before != after || before == meanwhile {
            return Err(OpenError::UnknownPooler);
        }
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it comes from `map_err`")]
fn lost(error: sqlx::Error) -> OpenError {
    OpenError::Unreachable(error.to_string())
}

async fn run(connection: &mut PgConnection, statement: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(statement).execute(connection).await.map(drop)
}

/// The process of the server that answers, as text.
async fn process(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()::text").fetch_one(connection).await?.try_get(0)
}
