use std::path::PathBuf;

use data_adapter_store_postgres::{Pooler, PostgresSettings, SettingsError};
use data_adapter_store_redis::{RedisSettings, SettingsError as CodesError};
use secrecy::SecretString;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_password_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_sentinel_password: Option<Secret>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_sentinel_password_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_ca_file: Option<PathBuf>,
    codes_allow_clear_text: bool,
    codes_prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    codes_replicas: Option<u32>,
    codes_allow_loss: bool,
    codes_pool_size: usize,
    codes_connect_timeout_ms: u64,
    codes_call_timeout_ms: u64,
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
        let codes = RedisSettings::default();
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
            codes_url: None,
            codes_password: None,
            codes_password_file: None,
            codes_sentinel_password: None,
            codes_sentinel_password_file: None,
            codes_ca_file: None,
            codes_allow_clear_text: false,
            codes_prefix: codes.prefix,
            codes_replicas: None,
            codes_allow_loss: false,
            codes_pool_size: codes.pool_size,
            codes_connect_timeout_ms: codes.connect_timeout_ms,
            codes_call_timeout_ms: codes.call_timeout_ms,
        }
    }
}

impl StoreSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.kind()?;
        self.codes().map(drop)
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
        let password = password("store.password", self.password.as_ref(), self.password_file.as_ref())?;
        let settings = PostgresSettings {
            url: self.url.clone(),
            password,
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

    /// Where codes and counters are, when that is elsewhere than the rest.
    pub(crate) fn codes(&self) -> Result<Option<RedisSettings>, Failure> {
        let Some(url) = &self.codes_url else { return self.without_codes() };
        if matches!(self.kind()?, StoreKind::Memory) {
            return refuse(
                "store.codes_url",
                "keeps what `store.url = \"memory:\"` forgets; let that name a file or a PostgreSQL",
            );
        }
        let settings = RedisSettings {
            url: url.clone(),
            password: password(
                "store.codes_password",
                self.codes_password.as_ref(),
                self.codes_password_file.as_ref(),
            )?,
            sentinel_password: password(
                "store.codes_sentinel_password",
                self.codes_sentinel_password.as_ref(),
                self.codes_sentinel_password_file.as_ref(),
            )?,
            ca_file: self.codes_ca_file.clone(),
            allow_clear_text: self.codes_allow_clear_text,
            prefix: self.codes_prefix.clone(),
            replicas: self.codes_replicas,
            allow_loss: self.codes_allow_loss,
            pool_size: self.codes_pool_size,
            connect_timeout_ms: self.codes_connect_timeout_ms,
            call_timeout_ms: self.codes_call_timeout_ms,
        };
        let refused = |CodesError { key, why }| Failure::Configuration(format!("`store.codes_{key}` {why}"));
        settings.check().map_err(refused)?;
        Ok(Some(settings))
    }

    /// Refuses what only a Redis has.
    fn without_codes(&self) -> Result<Option<RedisSettings>, Failure> {
        let set = [
            ("store.codes_password", self.codes_password.is_some()),
            ("store.codes_password_file", self.codes_password_file.is_some()),
            ("store.codes_sentinel_password", self.codes_sentinel_password.is_some()),
            ("store.codes_sentinel_password_file", self.codes_sentinel_password_file.is_some()),
            ("store.codes_ca_file", self.codes_ca_file.is_some()),
            ("store.codes_allow_clear_text", self.codes_allow_clear_text),
            ("store.codes_replicas", self.codes_replicas.is_some()),
            ("store.codes_allow_loss", self.codes_allow_loss),
        ];
        match set.into_iter().find(|(_, is_set)| *is_set) {
            Some((key, _)) => refuse(key, "is for the Redis of `store.codes_url`, which is not set"),
            None => Ok(None),
        }
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

/// A password that is given either itself or in a file, which ends with a line.
fn password(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<SecretString>, Failure> {
    let given = read_text(name, value, file)?;
    Ok(given.map(|(text, _)| text.trim_end_matches(['\r', '\n']).into()))
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

    fn codes(toml: &str) -> Result<Option<RedisSettings>, String> {
        let settings: StoreSettings = toml::from_str(toml).expect("the settings are of the right shape");
        settings.codes().map_err(|failure| failure.to_string())
    }

    #[test]
    fn codes_are_where_the_rest_is_unless_they_have_an_url() {
        assert!(codes("url = 'memory:'").expect("it can be used").is_none());
        let toml = "url = 'sqlite:a.db'\ncodes_url = 'redis-cluster://localhost:7000'\ncodes_replicas = 2";
        let settings = codes(toml).expect("it can be used").expect("they are elsewhere");
        assert_eq!((settings.url.as_str(), settings.replicas), ("redis-cluster://localhost:7000", Some(2)));
    }

    #[test]
    fn a_place_of_codes_that_can_not_be_used_is_refused_by_its_key() {
        for (toml, why) in [
            ("url = 'memory:'\ncodes_url = 'redis://localhost'", "`store.codes_url` keeps what"),
            ("codes_url = 'postgres://localhost/d'", "`store.codes_url` "),
            ("codes_url = 'redis://u:hush@localhost'", "`store.codes_url` "),
            ("codes_url = 'redis://codes.bank.test'", "`store.codes_url` "),
            (
                "codes_url = 'redis://localhost'\ncodes_pool_size = 0",
                "`store.codes_pool_size` has to be from",
            ),
            (
                "codes_url = 'redis://localhost'\ncodes_password = 'a'\ncodes_password_file = 'b'",
                "`store.codes_password` and",
            ),
            ("codes_replicas = 1", "`store.codes_replicas` is for the Redis of `store.codes_url`"),
            ("codes_password = 'hush'", "`store.codes_password` is for the Redis of"),
        ] {
            let refusal = codes(toml).expect_err("it is refused");
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
