//! Stores over a real server.

use std::io::Write as _;
use std::sync::Arc;

use data_adapter_sca::Store;
use data_adapter_store_postgres::{Pooler, PostgresSettings, PostgresStore};
use data_adapter_testkit::{PgBouncer, Postgres};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::Mutex;

/// Says that a test is left out; `.ci/install` installs what it needs.
pub(crate) fn left_out(what: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "left out: {what} is not installed");
}

/// Settings for the database of a new user.
pub(crate) fn settings(server: &Postgres) -> PostgresSettings {
    settings_at(server.url(&server.user()))
}

/// Settings for a database elsewhere.
pub(crate) fn settings_at(url: String) -> PostgresSettings {
    let password = Some(Postgres::PASSWORD.to_owned().into());
    // More than the races need, on a machine that has much else to do.
    let statement_timeout_ms = 60_000;
    PostgresSettings {
        url,
        password,
        acquire_timeout_ms: 60_000,
        statement_timeout_ms,
        ..PostgresSettings::default()
    }
}

/// Settings for the database of a new user behind PgBouncer.
pub(crate) fn pooled_settings(server: &Postgres, pgbouncer: &PgBouncer) -> PostgresSettings {
    pooled_settings_of(&server.user(), server, pgbouncer)
}

/// Settings for the database of a user behind PgBouncer.
pub(crate) fn pooled_settings_of(user: &str, server: &Postgres, pgbouncer: &PgBouncer) -> PostgresSettings {
    PostgresSettings {
        pooler: Pooler::Transaction,
        migrations_url: Some(server.url(user)),
        ..settings_at(pgbouncer.url(user))
    }
}

/// One store that is emptied for each rule of a contract: to make a schema and to connect takes longer than most rules.
pub(crate) struct Emptied {
    store: Arc<dyn Store>,
    eraser: Mutex<PgConnection>,
}

/// Empties what has rows, except for what a schema has from the beginning.
const EMPTY: &str = "DO $$
    DECLARE name TEXT; has_rows BOOLEAN;
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables
            WHERE schemaname = current_user AND tablename NOT IN ('schema_version', 'chores')
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
            IF has_rows THEN EXECUTE format('TRUNCATE %I CASCADE', name); END IF;
        END LOOP;
    END $$";

impl Emptied {
    pub(crate) async fn open(server: &Postgres, user: &str, settings: &PostgresSettings) -> Self {
        Self { store: open(settings).await, eraser: Mutex::new(beside(server, user).await) }
    }

    /// The store, with nothing in it.
    pub(crate) async fn store(&self) -> Arc<dyn Store> {
        run(&mut *self.eraser.lock().await, EMPTY).await;
        Arc::clone(&self.store)
    }
}

/// An empty store.
pub(crate) async fn open(settings: &PostgresSettings) -> Arc<dyn Store> {
    Arc::new(PostgresStore::open(settings).await.expect("a fresh store opens"))
}

/// Why a store does not open.
pub(crate) async fn refusal(settings: &PostgresSettings) -> String {
    match PostgresStore::open(settings).await {
        Ok(_) => panic!("the store opens"),
        Err(error) => error.to_string(),
    }
}

/// A connection of a user beside the store.
pub(crate) async fn beside(server: &Postgres, user: &str) -> PgConnection {
    let options = PgConnectOptions::new_without_pgpass();
    let options = options.host("127.0.0.1").port(server.port()).username(user);
    let options = options.password(Postgres::PASSWORD).database(Postgres::DATABASE);
    PgConnection::connect_with(&options).await.expect("a connection")
}

/// Runs statements on it.
pub(crate) async fn run(connection: &mut PgConnection, statements: &'static str) {
    sqlx::raw_sql(statements).execute(connection).await.expect("it is done");
}
