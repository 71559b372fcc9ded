//! Instances over a real PostgreSQL, and over one behind PgBouncer. Left out where they are not installed, except with `CI=true`.

mod faults;
mod races;
mod refused;

use std::io::Write as _;
use std::sync::Arc;

use data_adapter_testkit::{PgBouncer, Postgres};
use tempfile::NamedTempFile;

use crate::support::{Builder, DataAdapter};

/// The user of the demo, with a hash of the same password that takes next to no time: the races are about the store.
const USERS: &str = r#"
    [[users]]
    id = "12345678"
    username = "user1234"
    organization = "RETAIL"
    given_name = "John"
    family_name = "Doe"
    phone = "+420000000001"
    language = "en"
    password_hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$r6n7JS8nhqx+JzIQfXk/S+RWWarJd7kc3HXCZqP+Nd7L2SuwjoYr5rHsWL65ObxofuPyLzlxZY1uO9AqGRicVg"
"#;

/// Says that a test is left out; `.ci/install` installs what it needs.
fn left_out(what: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "left out: {what} is not installed");
}

/// An instance over the database at a URL. What a busy machine takes long for is waited for.
fn over(url: &str) -> Builder {
    DataAdapter::builder()
        .env("DATA_ADAPTER__STORE__URL", url)
        .env("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD)
        .env("DATA_ADAPTER__STORE__ACQUIRE_TIMEOUT_MS", "60000")
        .env("DATA_ADAPTER__STORE__STATEMENT_TIMEOUT_MS", "60000")
}

/// How two instances share one store.
#[derive(Clone, Copy)]
enum Arrangement {
    Plain,
    BehindPgBouncer,
    /// The clock of one is two seconds ahead.
    OneAhead,
}

/// Two instances over one store, with all that is behind them.
struct Two {
    instances: [DataAdapter; 2],
    _users: NamedTempFile,
    _pgbouncer: Option<PgBouncer>,
    _server: Arc<Postgres>,
}

impl Two {
    /// `None` where something that it needs is not installed.
    async fn start(arrangement: Arrangement) -> Option<Self> {
        let Some(server) = Postgres::shared() else {
            left_out("PostgreSQL");
            return None;
        };
        let user = server.user();
        let users = NamedTempFile::new().expect("a file");
        std::fs::write(users.path(), USERS).expect("it can be written");
        let pgbouncer = match arrangement {
            Arrangement::BehindPgBouncer => match PgBouncer::start(&server, 5) {
                Some(pgbouncer) => Some(pgbouncer),
                None => {
                    left_out("PgBouncer");
                    return None;
                }
            },
            Arrangement::Plain | Arrangement::OneAhead => None,
        };
        let builder = || {
            let file = users.path().display().to_string();
            let builder = match &pgbouncer {
                None => over(&server.url(&user)),
                Some(pgbouncer) => over(&pgbouncer.url(&user))
                    .env("DATA_ADAPTER__STORE__POOLER", "transaction")
                    .env("DATA_ADAPTER__STORE__MIGRATIONS_URL", server.url(&user)),
            };
            builder.env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", file)
        };
        let other = match arrangement {
            Arrangement::OneAhead => {
                builder().env("FAKETIME_DONT_FAKE_MONOTONIC", "1").wrapped_in(&["faketime", "-f", "+2s"])
            }
            Arrangement::Plain | Arrangement::BehindPgBouncer => builder(),
        };
        let (one, other) = tokio::join!(builder().start(), other.start());
        Some(Self { instances: [one, other], _users: users, _pgbouncer: pgbouncer, _server: server })
    }

    /// The instance for the request of this number: each is asked in turn.
    fn instance(&self, number: usize) -> &DataAdapter {
        &self.instances[number % 2]
    }
}
