use std::path::PathBuf;
use std::time::Duration;

use data_adapter_pem::certificates;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use thiserror::Error;

use crate::address::{Address, Host};

/// How to reach a PostgreSQL, and how long to wait for it. `docs/many-machines.md` has what each key is for.
#[derive(Clone, Debug)]
pub struct PostgresSettings {
    /// `postgres://user@host:port,host:port/database`: the one of the hosts that can be written is used.
    pub url: String,
    /// The password of the user; `None` where the server asks for none.
    pub password: Option<SecretString>,
    /// More authorities, in PEM, that the certificates of the servers are checked against besides the public ones; `None` for none.
    pub ca_file: Option<PathBuf>,
    /// Whether everything may go over a network without TLS.
    pub allow_clear_text: bool,
    /// How many connections are open at most, from 1 to 1000.
    pub pool_size: usize,
    /// How long a request waits for a connection, in milliseconds, from 10 to 60000.
    pub acquire_timeout_ms: u64,
    /// How long what is done over it may take, in milliseconds, from 10 to 60000.
    pub statement_timeout_ms: u64,
    /// What stands between this program and the server.
    pub pooler: Pooler,
    /// Where the schema is brought to this version, if not at `url`: past a pooler. With the same password.
    pub migrations_url: Option<String>,
}

/// What stands between the program and the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or something that gives each connection a session of its own.
    #[default]
    None,
    /// Something that lends a session for one transaction at a time, such as PgBouncer with `pool_mode = transaction`.
    Transaction,
}

/// A setting that can't be used, without anything secret that is in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{key}` {why}")]
pub struct SettingsError {
    /// What operators know the setting by.
    pub key: &'static str,
    /// What is wrong, to be read after the key.
    pub why: String,
}

impl SettingsError {
    pub(crate) fn new(key: &'static str, why: impl Into<String>) -> Self {
        Self { key, why: why.into() }
    }
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            password: None,
            ca_file: None,
            allow_clear_text: false,
            pool_size: 16,
            acquire_timeout_ms: 2_000,
            statement_timeout_ms: 5_000,
            pooler: Pooler::None,
            migrations_url: None,
        }
    }
}

impl PostgresSettings {
    /// Checks everything that can be checked without a server, the file of authorities included.
    ///
    /// # Errors
    ///
    /// The first setting that can't be used.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.servers().map(drop)
    }

    pub(crate) fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms)
    }

    pub(crate) fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms)
    }

    /// How each server is connected to.
    pub(crate) fn servers(&self) -> Result<Servers, SettingsError> {
        for (key, value, most) in [
            ("pool_size", u64::try_from(self.pool_size).unwrap_or(u64::MAX), 1..=1_000),
            ("acquire_timeout_ms", self.acquire_timeout_ms, 10..=60_000),
            ("statement_timeout_ms", self.statement_timeout_ms, 10..=60_000),
        ] {
            if !most.contains(&value) {
                return Err(SettingsError::new(
                    key,
                    format!("has to be from {} to {}", most.start(), most.end()),
                ));
            }
        }
        let authorities = self.authorities()?;
        let database = self.options(&Address::parse("url", &self.url, self.allow_clear_text)?, &authorities);
        let migrations = match &self.migrations_url {
            None => database.clone(),
            Some(url) => {
                let address = Address::parse("migrations_url", url, self.allow_clear_text)?;
                self.options(&address, &authorities)
            }
        };
        Ok(Servers { database, migrations })
    }

    fn authorities(&self) -> Result<Option<Vec<u8>>, SettingsError> {
        let Some(file) = &self.ca_file else { return Ok(None) };
        let refuse = |why: String| SettingsError::new("ca_file", why);
        certificates(file).map_err(|error| refuse(error.to_string()))?;
        std::fs::read(file).map(Some).map_err(|error| refuse(format!("{}: {error}", file.display())))
    }

    fn options(&self, address: &Address, authorities: &Option<Vec<u8>>) -> Vec<Server> {
        let options = |host: &Host| {
            let mut options = PgConnectOptions::new_without_pgpass()
                .port(host.port)
                .username(&address.user)
                .password(self.password.as_ref().map_or("", |password| password.expose_secret()))
                .database(&address.database)
                .application_name("data-adapter")
                .ssl_mode(if address.is_tls { PgSslMode::VerifyFull } else { PgSslMode::Disable })
                // PgBouncer refuses it, and nothing here is a floating-point number.
                .extra_float_digits(None)
                .disable_statement_logging();
            options = if host.is_socket() { options.socket(&host.name) } else { options.host(&host.name) };
            if let Some(authorities) = authorities {
                options = options.ssl_root_cert_from_pem(authorities.clone());
            }
            match self.pooler {
                Pooler::None => options,
                Pooler::Transaction => options.statement_cache_capacity(0),
            }
        };
        let server =
            |host: &Host| Server { name: format!("{}:{}", host.name, host.port), options: options(host) };
        address.hosts.iter().map(server).collect()
    }
}

/// A server, as it is connected to. Its `Debug` would show the password.
#[derive(Clone)]
pub(crate) struct Server {
    /// What operators know it by.
    pub(crate) name: String,
    pub(crate) options: PgConnectOptions,
}

/// The servers that may hold the database, one of which can be written.
pub(crate) struct Servers {
    pub(crate) database: Vec<Server>,
    /// Those where the schema is brought to this version.
    pub(crate) migrations: Vec<Server>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> PostgresSettings {
        PostgresSettings { url: "postgres://u@localhost/d".to_owned(), ..PostgresSettings::default() }
    }

    #[test]
    fn numbers_out_of_their_range_are_refused_by_their_keys() {
        assert_eq!(settings().check(), Ok(()));
        for (changed, key) in [
            (PostgresSettings { pool_size: 0, ..settings() }, "pool_size"),
            (PostgresSettings { acquire_timeout_ms: 9, ..settings() }, "acquire_timeout_ms"),
            (PostgresSettings { statement_timeout_ms: 60_001, ..settings() }, "statement_timeout_ms"),
        ] {
            assert_eq!(changed.check().map_err(|error| error.key), Err(key));
        }
    }

    #[test]
    fn a_file_without_authorities_is_refused() {
        let changed = PostgresSettings { ca_file: Some("/dev/null".into()), ..settings() };
        assert_eq!(changed.check().map_err(|error| error.key), Err("ca_file"));
    }

    #[test]
    fn the_address_of_migrations_is_checked_like_the_other() {
        let migrations_url = Some("postgres://u@db.bank.test/d?sslmode=disable".to_owned());
        let refusal = PostgresSettings { migrations_url, ..settings() }.check().unwrap_err();
        assert_eq!(refusal.key, "migrations_url");
    }

    #[test]
    fn the_password_is_not_shown() {
        let settings = PostgresSettings { password: Some("hush".into()), ..settings() };
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
