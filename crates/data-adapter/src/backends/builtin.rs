use std::path::PathBuf;
use std::sync::Arc;

use data_adapter_anti_fraud::{HttpAntiFraud, HttpSettings};
use data_adapter_core::{Capabilities, PasswordCheck, Readiness};
use data_adapter_ldap::{LdapBackend, LdapSettings, SettingsError};
use data_adapter_memory::{MemoryBackend, MemorySettings, UsersFile};
use data_adapter_rest::{RestBackend, RestError, RestSettings};
use serde::Deserialize;
use tokio::runtime::Handle;

use super::{BackendContext, Registry};
use crate::config::Settings;
use crate::demo;

const MEMORY: &str = "memory";

/// The kinds that come with the program.
pub(crate) fn builtin() -> Registry {
    let mut registry = Registry::default();
    registry.register(MEMORY, memory);
    registry.register("ldap", ldap).secret("bind_password");
    registry.register("rest", rest).secret("password").secret("token").secret("proxy");
    registry.register("anti-fraud-http", anti_fraud_http).secret("token");
    registry
}

#[expect(clippy::needless_pass_by_value, reason = "what the registry calls owns its settings")]
fn ldap(settings: LdapSettings, _: &BackendContext<'_>) -> Result<Capabilities, SettingsError> {
    let backend = Arc::new(LdapBackend::new(&settings)?);
    // Names of attributes that the directory does not know are told in the log at the start. One that is down is asked later.
    if let Ok(runtime) = Handle::try_current() {
        let backend = Arc::clone(&backend);
        runtime.spawn(async move { drop(backend.unknown_attributes().await) });
    }
    Ok(backend.capabilities())
}

fn rest(settings: RestSettings, _: &BackendContext<'_>) -> Result<Capabilities, RestError> {
    RestBackend::new(settings).map(|backend| backend.capabilities())
}

fn anti_fraud_http(settings: HttpSettings, _: &BackendContext<'_>) -> Result<Capabilities, String> {
    let system = Arc::new(HttpAntiFraud::new(settings)?);
    let readiness = system.has_status().then(|| Arc::clone(&system) as Arc<dyn Readiness>);
    Ok(Capabilities { anti_fraud: Some(system), readiness, ..Capabilities::default() })
}

/// `kind = "memory"`: users from a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MemoryKeys {
    users_file: Option<PathBuf>,
    demo_users: bool,
    /// Zero is one per core.
    concurrent_verifications: usize,
}

#[expect(clippy::needless_pass_by_value, reason = "what the registry calls owns its settings")]
fn memory(keys: MemoryKeys, context: &BackendContext<'_>) -> Result<Capabilities, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let concurrent = keys.concurrent_verifications;
    if concurrent > 1024 {
        return Err("`concurrent_verifications` has to be from 0 to 1024".to_owned());
    }
    let settings = MemorySettings {
        concurrent_verifications: if concurrent == 0 { cores } else { concurrent },
        decorated: context.decorated.clone(),
    };
    let backend = MemoryBackend::new(keys.users(context)?, settings, context.verifier);
    let backend = Arc::new(backend.map_err(|error| format!("`users_file`: {error}"))?);
    Ok(Capabilities {
        users: Some(Arc::clone(&backend) as _),
        authentication: Some(PasswordCheck::Bare(Arc::clone(&backend) as _)),
        operations: Some(backend),
        ..Capabilities::default()
    })
}

impl MemoryKeys {
    /// The users: those of the file when there is one, else the demo's.
    fn users(&self, context: &BackendContext<'_>) -> Result<UsersFile, String> {
        let (origin, text) = match (&self.users_file, self.demo_users) {
            (None, true) if context.sandbox => ("the demo".to_owned(), demo::USERS.to_owned()),
            (None, true) => {
                return Err(
                    "`demo_users` is for the sandbox only: everybody knows their passwords".to_owned()
                );
            }
            (None, false) => {
                return Err("`users_file` is missing: name the TOML file with your users, or set `demo_users = true` \
                            to explore"
                    .to_owned());
            }
            (Some(path), _) => {
                let origin = path.display().to_string();
                let text = std::fs::read_to_string(path)
                    .map_err(|error| format!("`users_file` {origin} can't be read: {error}"))?;
                (origin, text)
            }
        };
        UsersFile::parse(&text).map_err(|error| format!("{origin}: {error}"))
    }
}

/// Whether the users of the demo are among those who can log in.
pub(crate) fn shows_demo_users(settings: &Settings) -> bool {
    let section = settings.backends.get(MEMORY).ok().flatten();
    section.is_some_and(|section| {
        let has = |key: &str| section.own.get(key).and_then(|value| value.clone().into_bool().ok());
        has("demo_users") == Some(true) && !section.own.contains_key("users_file")
    })
}
