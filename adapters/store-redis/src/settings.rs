use std::path::PathBuf;
use std::time::Duration;

use data_adapter_client_tls::TlsFiles;
use secrecy::SecretString;
use thiserror::Error;

use crate::address::{Address, Arrangement};
use crate::link::{Access, Login};

/// How to reach a Redis or Valkey, and how long to wait for it. `docs/many-machines.md` has what each key is for.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// `redis://user@host:port`, `redis-sentinel://user@host:port,host:port/service` or `redis-cluster://user@host:port,host:port`; with
    /// `rediss` instead of `redis` over TLS.
    pub url: String,
    /// The password of the user; `None` where the servers ask for none.
    pub password: Option<SecretString>,
    /// The password of the sentinels; `None` where they ask for none.
    pub sentinel_password: Option<SecretString>,
    /// The authorities, in PEM, that the certificates of the servers are checked against; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Whether everything may go over a network without TLS.
    pub allow_clear_text: bool,
    /// What the names of all keys begin with, so that others may use the same servers.
    pub prefix: String,
    /// How many replicas have to have a change before it is answered; `None` for 0 with a single server, and 1 otherwise.
    pub replicas: Option<u32>,
    /// Whether a server may be used that loses what was answered when it stops: one alone that does not write every change to its disk.
    pub allow_loss: bool,
    /// How many connections are open at most to each server, from 1 to 1000.
    pub pool_size: usize,
    /// How long connecting to a server may take, in milliseconds, from 10 to 60000.
    pub connect_timeout_ms: u64,
    /// How long a call may take with all that it waits for, in milliseconds, from 10 to 60000.
    pub call_timeout_ms: u64,
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

impl Default for RedisSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            password: None,
            sentinel_password: None,
            ca_file: None,
            allow_clear_text: false,
            prefix: "data-adapter".to_owned(),
            replicas: None,
            allow_loss: false,
            pool_size: 16,
            connect_timeout_ms: 2_000,
            call_timeout_ms: 5_000,
        }
    }
}

impl RedisSettings {
    /// Checks everything that can be checked without a server, the file of authorities included.
    ///
    /// # Errors
    ///
    /// The first setting that can't be used.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.plan().map(drop)
    }

    /// How the servers are found and spoken to.
    pub(crate) fn plan(&self) -> Result<Plan, SettingsError> {
        for (key, value, allowed) in [
            ("pool_size", u64::try_from(self.pool_size).unwrap_or(u64::MAX), 1..=1_000),
            ("connect_timeout_ms", self.connect_timeout_ms, 10..=60_000),
            ("call_timeout_ms", self.call_timeout_ms, 10..=60_000),
            ("replicas", self.replicas.unwrap_or_default().into(), 0..=100),
        ] {
            if !allowed.contains(&value) {
                let why = format!("has to be from {} to {}", allowed.start(), allowed.end());
                return Err(SettingsError::new(key, why));
            }
        }
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
        if self.prefix.is_empty() || !self.prefix.chars().all(is_plain) {
            return Err(SettingsError::new(
                "prefix",
                "has to be letters, digits and any of `-_.:`, at least one",
            ));
        }
        let address = Address::parse(&self.url, self.allow_clear_text)?;
        let tls = address.is_tls.then(|| TlsFiles { ca_file: self.ca_file.clone(), ..TlsFiles::default() });
        let tls = tls.map(|files| files.config()).transpose();
        let tls = tls.map_err(|error| SettingsError { key: error.key, why: error.why })?;
        let patience = Duration::from_millis(self.connect_timeout_ms);
        let access = |user: Option<String>, password: &Option<SecretString>| {
            let login = password.clone().map(|password| Login { user, password });
            Access::new(login, tls.clone(), patience)
        };
        let replicas = self.replicas.unwrap_or(match address.arrangement {
            Arrangement::Single => 0,
            Arrangement::Sentinel { .. } | Arrangement::Cluster => 1,
        });
        Ok(Plan {
            servers: access(address.user.clone(), &self.password),
            sentinels: access(None, &self.sentinel_password),
            address,
            replicas,
        })
    }

    pub(crate) fn call_timeout(&self) -> Duration {
        Duration::from_millis(self.call_timeout_ms)
    }
}

/// How the servers are found and spoken to.
pub(crate) struct Plan {
    pub(crate) address: Address,
    pub(crate) servers: Access,
    pub(crate) sentinels: Access,
    /// How many replicas have to have a change before it is answered.
    pub(crate) replicas: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> RedisSettings {
        RedisSettings { url: "redis://localhost".to_owned(), ..RedisSettings::default() }
    }

    #[test]
    fn what_is_out_of_its_range_is_refused_by_its_key() {
        assert_eq!(settings().check(), Ok(()));
        for (changed, key) in [
            (RedisSettings { pool_size: 0, ..settings() }, "pool_size"),
            (RedisSettings { connect_timeout_ms: 9, ..settings() }, "connect_timeout_ms"),
            (RedisSettings { call_timeout_ms: 60_001, ..settings() }, "call_timeout_ms"),
            (RedisSettings { replicas: Some(101), ..settings() }, "replicas"),
            (RedisSettings { prefix: String::new(), ..settings() }, "prefix"),
            (RedisSettings { prefix: "a{b}".to_owned(), ..settings() }, "prefix"),
            (RedisSettings { prefix: "a*".to_owned(), ..settings() }, "prefix"),
            (RedisSettings { url: "http://localhost".to_owned(), ..settings() }, "url"),
        ] {
            assert_eq!(changed.check().map_err(|error| error.key), Err(key));
        }
    }

    #[test]
    fn a_file_without_authorities_is_refused_where_it_is_used() {
        let url = "rediss://localhost".to_owned();
        let changed = RedisSettings { url, ca_file: Some("/dev/null".into()), ..settings() };
        assert_eq!(changed.check().map_err(|error| error.key), Err("ca_file"));
    }

    #[test]
    fn a_change_is_at_a_replica_before_it_is_answered_wherever_there_are_replicas() {
        let replicas = |url: &str, replicas| {
            let settings = RedisSettings { url: url.to_owned(), replicas, ..settings() };
            settings.plan().expect("it can be used").replicas
        };
        assert_eq!(replicas("redis://localhost", None), 0);
        assert_eq!(replicas("redis-sentinel://localhost/main", None), 1);
        assert_eq!(replicas("redis-cluster://localhost", None), 1);
        assert_eq!(replicas("redis-cluster://localhost", Some(2)), 2);
    }

    #[test]
    fn no_password_is_shown() {
        let settings = RedisSettings {
            password: Some("hush".into()),
            sentinel_password: Some("hush too".into()),
            ..settings()
        };
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
