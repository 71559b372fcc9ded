//! The schema, and how a database is brought to it.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row as _};

use crate::OpenError;

/// What each version adds.
const VERSIONS: [&str; 1] = [include_str!("../migrations/0001_create.sql")];

/// The version of this program.
const KNOWN: i32 = 1;

const _: () = assert!(VERSIONS.len() == KNOWN as usize);

/// Begins, and locks the row that says which version the schema is of, which is made where there is none. Whoever comes second waits.
const LOCK: &str = "BEGIN;
    SET LOCAL statement_timeout = 60000;
    CREATE TABLE IF NOT EXISTS schema_version (id SMALLINT PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
    INSERT INTO schema_version VALUES (1, 0) ON CONFLICT (id) DO NOTHING;
    SELECT version::text AS version FROM schema_version WHERE id = 1 FOR UPDATE";

/// How often it is tried to lock the version: instances that start at once make its table at once, and all but one fail.
const ROUNDS: u32 = 50;

/// Brings the schema to this version, where it is older. Safe for any number of instances at once.
pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), OpenError> {
    // Who may only read and write needs no more where there is nothing to do.
    if version(connection).await.map_err(|error| refused(&error))? == Some(KNOWN) {
        return Ok(());
    }
    let found = lock(connection).await.map_err(|error| refused(&error))?;
    let migrated = bring_from(connection, found).await;
    if migrated.is_err() {
        // The connection is not used for anything else.
        let _ = run(connection, "ROLLBACK".to_owned()).await;
    }
    migrated
}

async fn bring_from(connection: &mut PgConnection, found: i32) -> Result<(), OpenError> {
    let missing = usize::try_from(found).ok().and_then(|found| VERSIONS.get(found..));
    let Some(missing) = missing else { return Err(OpenError::Newer { found, known: KNOWN }) };
    let statements = missing.iter().map(|statements| (*statements).to_owned());
    let last = format!("UPDATE schema_version SET version = {KNOWN} WHERE id = 1; COMMIT");
    for statements in statements.chain([last]) {
        run(connection, statements).await.map_err(|error| refused(&error))?;
    }
    if !missing.is_empty() {
        tracing::info!(
            from = found,
            to = KNOWN,
            "the schema of the PostgreSQL store was brought to this version"
        );
    }
    Ok(())
}

/// The version of the schema; `None` where there is none yet.
async fn version(connection: &mut PgConnection) -> Result<Option<i32>, sqlx::Error> {
    let is_there = "SELECT (to_regclass('schema_version') IS NOT NULL)::text";
    if sqlx::raw_sql(is_there).fetch_one(&mut *connection).await?.try_get::<&str, _>(0)? != "true" {
        return Ok(None);
    }
    let version = sqlx::raw_sql("SELECT version::text FROM schema_version WHERE id = 1");
    let version = version.fetch_optional(connection).await?;
    version.map(|row| number(row.try_get(0)?)).transpose()
}

/// The version of the schema, locked until the transaction is over that this begins.
async fn lock(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    /// Others make the table at the same moment, or are in the way: it is there, or its type, or its name.
    const AGAIN: [&str; 5] = ["42P07", "42710", "23505", "40001", "40P01"];
    let mut round = 0;
    loop {
        let error = match sqlx::raw_sql(LOCK).fetch_all(&mut *connection).await {
            Ok(rows) => {
                let row = rows.last().ok_or(sqlx::Error::RowNotFound)?;
                return number(row.try_get("version")?);
            }
            Err(error) => error,
        };
        run(connection, "ROLLBACK".to_owned()).await?;
        let code = error.as_database_error().and_then(|error| error.code().map(String::from));
        round += 1;
        if round == ROUNDS || !code.is_some_and(|code| AGAIN.contains(&code.as_str())) {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A number in the text of a simple statement.
fn number(text: &str) -> Result<i32, sqlx::Error> {
    text.parse().map_err(|_| sqlx::Error::Protocol("the version of the schema is no number".to_owned()))
}

async fn run(connection: &mut PgConnection, statements: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

fn refused(error: &sqlx::Error) -> OpenError {
    OpenError::Schema(error.to_string())
}
