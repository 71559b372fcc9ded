//! Two instances over one store, in each way that there is: a file, PostgreSQL, and Redis for codes and counters. A deployment is left
//! out where something that it needs is not installed, except with `CI=true`.

mod races;
mod redis;

use std::any::Any;

use data_adapter_testkit::{PgBouncer, Postgres, RedisCluster, RedisServer};
use tempfile::{NamedTempFile, TempDir};

use crate::postgres::left_out;
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

/// Two instances that share a store.
#[derive(Clone, Copy)]
enum Deployment {
    File,
    Postgres,
    BehindPgBouncer,
    /// Codes in a Redis, the rest in a file.
    Redis,
    /// Codes in a Redis Cluster, the rest in PostgreSQL.
    Cluster,
}

/// What an instance is started with, and what has to live as long as it.
struct Store {
    variables: Vec<(&'static str, String)>,
    behind: Vec<Box<dyn Any + Send + Sync>>,
}

impl Store {
    /// `None` where something that it needs is not installed.
    fn start(deployment: Deployment) -> Option<Self> {
        match deployment {
            Deployment::File => Some(Self::in_file()),
            Deployment::Postgres => Self::in_postgres(),
            Deployment::BehindPgBouncer => Self::behind_pgbouncer(),
            Deployment::Redis => {
                let Some(redis) = RedisServer::start(&WRITTEN) else { return none("Redis") };
                Some(Self::in_file().with_codes(redis.url(), redis))
            }
            Deployment::Cluster => {
                let Some(cluster) = RedisCluster::start(&["--cluster-node-timeout", "60000"]) else {
                    return none("Redis");
                };
                Some(Self::in_postgres()?.with_codes(cluster.url(), cluster))
            }
        }
    }

    fn in_file() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        Self { variables: vec![("DATA_ADAPTER__STORE__URL", url)], behind: vec![Box::new(folder)] }
    }

    fn in_postgres() -> Option<Self> {
        let Some(server) = Postgres::shared() else { return none("PostgreSQL") };
        let url = server.url(&server.user());
        let password = ("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD.to_owned());
        let variables = vec![("DATA_ADAPTER__STORE__URL", url), password];
        Some(Self { variables, behind: vec![Box::new(server)] })
    }

    fn behind_pgbouncer() -> Option<Self> {
        let Some(server) = Postgres::shared() else { return none("PostgreSQL") };
        let Some(pgbouncer) = PgBouncer::start(&server, 5) else { return none("PgBouncer") };
        let user = server.user();
        let variables = vec![
            ("DATA_ADAPTER__STORE__URL", pgbouncer.url(&user)),
            ("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD.to_owned()),
            ("DATA_ADAPTER__STORE__POOLER", "transaction".to_owned()),
            ("DATA_ADAPTER__STORE__MIGRATIONS_URL", server.url(&user)),
        ];
        Some(Self { variables, behind: vec![Box::new(pgbouncer), Box::new(server)] })
    }

    fn with_codes(mut self, url: String, servers: impl Any + Send + Sync) -> Self {
        self.variables.push(("DATA_ADAPTER__STORE__CODES_URL", url));
        self.behind.push(Box::new(servers));
        self
    }

    /// An instance over it. What a busy machine takes long for is waited for.
    fn instance(&self) -> Builder {
        let patient = [
            "DATA_ADAPTER__STORE__ACQUIRE_TIMEOUT_MS",
            "DATA_ADAPTER__STORE__STATEMENT_TIMEOUT_MS",
            "DATA_ADAPTER__STORE__CODES_CONNECT_TIMEOUT_MS",
            "DATA_ADAPTER__STORE__CODES_CALL_TIMEOUT_MS",
        ];
        let builder =
            patient.into_iter().fold(DataAdapter::builder(), |builder, name| builder.env(name, "60000"));
        self.variables.iter().fold(builder, |builder, (name, value)| builder.env(*name, value))
    }
}

/// How a Redis alone has to keep what it is given.
const WRITTEN: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

fn none<T>(what: &str) -> Option<T> {
    left_out(what);
    None
}

/// The clocks of two instances.
#[derive(Clone, Copy)]
enum Clocks {
    Alike,
    /// That of one is two seconds ahead.
    OneAhead,
}

/// Two instances over one store, with all that is behind them.
struct Two {
    instances: [DataAdapter; 2],
    _users: NamedTempFile,
    _store: Store,
}

impl Two {
    /// `None` where something that it needs is not installed.
    async fn start(deployment: Deployment, clocks: Clocks) -> Option<Self> {
        let store = Store::start(deployment)?;
        let users = NamedTempFile::new().expect("a file");
        std::fs::write(users.path(), USERS).expect("it can be written");
        let builder = || {
            let file = users.path().display().to_string();
            store.instance().env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", file)
        };
        let other = match clocks {
            Clocks::OneAhead => {
                builder().env("FAKETIME_DONT_FAKE_MONOTONIC", "1").wrapped_in(&["faketime", "-f", "+2s"])
            }
            Clocks::Alike => builder(),
        };
        let (one, other) = tokio::join!(builder().start(), other.start());
        Some(Self { instances: [one, other], _users: users, _store: store })
    }

    /// The instance for the request of this number: each is asked in turn.
    fn instance(&self, number: usize) -> &DataAdapter {
        &self.instances[number % 2]
    }
}
