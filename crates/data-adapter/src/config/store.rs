use std::path::PathBuf;

use data_adapter_store_postgres::{Pooler, PostgresSettings, SettingsError};
use serde::{Deserialize, Serialize};

use super::refuse;
use super::secret::{Secret, read_text};
use crate::failure::Failure;

/// `[store]`: where challenges, counters and consents are kept.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSettings {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
    allow_clear_text: bool,
    pool_size: usize,
    acquire_timeout_ms: u64,
    statement_timeout_ms: u64,
    pooler: PoolerName,
    #[serde(skip_serializing_if = "Option::is_none")]
    migrations_url: Option<String>,
}

/// What stands before a PostgreSQL.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum PoolerName {
    None,
    Transaction,
}

/// The stores that there are.
#[derive(Clone, Debug)]
pub(crate) enum StoreKind {
    /// `memory:`
    Memory,
    /// `sqlite:PATH`
    Sqlite(PathBuf),
    /// `postgres://…`
    Postgres(PostgresSettings),
}

impl Default for StoreSettings {
    fn default() -> Self {
        let defaults = PostgresSettings::default();
        Self {
            url: "sqlite:var/data-adapter.db".to_owned(),
            password: None,
            password_file: None,
            ca_file: None,
            allow_clear_text: false,
            pool_size: defaults.pool_size,
            acquire_timeout_ms: defaults.acquire_timeout_ms,
            statement_timeout_ms: defaults.statement_timeout_ms,
            pooler: PoolerName::None,
            migrations_url: None,
        }
    }
}

impl StoreSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.kind().map(drop)
    }

    pub(crate) fn kind(&self) -> Result<StoreKind, Failure> {
        match self.url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => self.postgres().map(StoreKind::Postgres),
            Some(("memory", "")) => self.without_server(StoreKind::Memory),
            Some(("sqlite", path)) if !path.is_empty() => {
                self.without_server(StoreKind::Sqlite(PathBuf::from(path)))
            }
            _ => refuse(
                "store.url",
                "names no store; use `sqlite:PATH`, `postgres://USER@HOST/DATABASE`, or `memory:` to keep nothing",
            ),
        }
    }

    fn postgres(&self) -> Result<PostgresSettings, Failure> {
        let password = read_text("store.password", self.password.as_ref(), self.password_file.as_ref())?;
        let settings = PostgresSettings {
            url: self.url.clone(),
            // What is in a file ends with a line.
            password: password.map(|(text, _)| text.trim_end_matches(['\r', '\n']).into()),
            ca_file: self.ca_file.clone(),
            allow_clear_text: self.allow_clear_text,
            pool_size: self.pool_size,
            acquire_timeout_ms: self.acquire_timeout_ms,
            statement_timeout_ms: self.statement_timeout_ms,
            pooler: match self.pooler {
                PoolerName::None => Pooler::None,
                PoolerName::Transaction => Pooler::Transaction,
            },
            migrations_url: self.migrations_url.clone(),
        };
        let refused = |SettingsError { key, why }| Failure::Configuration(format!("`store.{key}` {why}"));
        settings.check().map_err(refused)?;
        Ok(settings)
    }

    /// Refuses what only a PostgreSQL has: whoever sets it means another store.
    fn without_server(&self, kind: StoreKind) -> Result<StoreKind, Failure> {
        let set = [
            ("store.password", self.password.is_some()),
            ("store.password_file", self.password_file.is_some()),
            ("store.ca_file", self.ca_file.is_some()),
            ("store.allow_clear_text", self.allow_clear_text),
            ("store.pooler", matches!(self.pooler, PoolerName::Transaction)),
            ("store.migrations_url", self.migrations_url.is_some()),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            Some((key, _)) => refuse(key, "is for PostgreSQL only, and `store.url` names another store"),
            None => Ok(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn kind(toml: &str) -> Result<StoreKind, String> {
        let settings: StoreSettings = toml::from_str(toml).expect("the settings are of the right shape");
        settings.kind().map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_store_is_the_one_that_its_url_names() {
        assert!(matches!(kind("url = 'memory:'"), Ok(StoreKind::Memory)));
        assert!(
            matches!(kind("url = 'sqlite:a.db'"), Ok(StoreKind::Sqlite(path)) if path.as_path() == Path::new("a.db"))
        );
        let Ok(StoreKind::Postgres(settings)) =
            kind("url = 'postgres://u@localhost/d'\npooler = 'transaction'")
        else {
            panic!("it names a PostgreSQL")
        };
        assert_eq!(
            (settings.url.as_str(), settings.pooler),
            ("postgres://u@localhost/d", Pooler::Transaction)
        );
    }

    #[test]
    fn what_can_not_be_used_is_refused_by_its_key() {
        for (toml, why) in [
            ("url = 'mysql://u@localhost/d'", "`store.url` names no store"),
            ("url = 'postgres://u:hush@localhost/d'", "`store.url` has a password in it"),
            ("url = 'postgres://u@db.test/d?sslmode=disable'", "`store.url` would send"),
            ("url = 'postgres://u@localhost/d'\npool_size = 0", "`store.pool_size` has to be from 1 to 1000"),
            ("url = 'postgres://u@localhost/d'\npassword = 'a'\npassword_file = 'b'", "`store.password` and"),
            ("url = 'postgres://u@localhost/d'\nca_file = '/dev/null'", "`store.ca_file` "),
            (
                "url = 'postgres://u@localhost/d'\nmigrations_url = 'x'",
                "`store.migrations_url` has to be like",
            ),
            ("url = 'sqlite:a.db'\npassword = 'a'", "`store.password` is for PostgreSQL only"),
            ("url = 'memory:'\npooler = 'transaction'", "`store.pooler` is for PostgreSQL only"),
        ] {
            let refusal = kind(toml).expect_err("it is refused");
            assert!(refusal.starts_with(why) && !refusal.contains("hush"), "{toml}: {refusal}");
        }
    }

    #[test]
    fn a_password_from_a_file_ends_before_the_end_of_its_line() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "pass word\n").expect("it can be written");
        let toml = format!("url = 'postgres://u@localhost/d'\npassword_file = {:?}", file.path());
        let Ok(StoreKind::Postgres(PostgresSettings { password: Some(password), .. })) = kind(&toml) else {
            panic!("it has a password")
        };
        assert_eq!(secrecy::ExposeSecret::expose_secret(&password), "pass word");
    }
}
