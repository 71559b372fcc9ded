//! What is read again while the program runs, and what needs a restart.

use super::written::{Difference, Key, Snapshot};
use super::{Flags, Settings, load};
use crate::failure::Failure;

/// What is read again: sections, and keys of those of which only some are.
#[cfg(test)]
const READ_AGAIN: &[&str] = &[
    "admin",
    "anti_fraud",
    "backends",
    "callers",
    "capabilities",
    "certificates",
    "consent",
    "factors",
    "health",
    "login_operations",
    "metrics.anonymous",
    "operations",
    "organizations",
    "otp",
    "password",
    "push",
    "sandbox",
    "security",
    "server.behind_proxy",
    "server.body_timeout_seconds",
    "server.max_body_bytes",
    "sms",
    "swagger_ui",
    "texts",
    "tls.client_certificate_required",
    "web_flow",
];

/// What is read at the start alone.
const NEEDS_RESTART: &[&str] = &[
    "audit",
    "log",
    "metrics.enabled",
    "server.control_socket",
    "server.drain_seconds",
    "server.forwarded_header",
    "server.header_timeout_seconds",
    "server.host",
    "server.keep_alive_seconds",
    "server.max_body_bytes_held",
    "server.max_connections",
    "server.max_idle_connections",
    "server.max_requests",
    "server.port",
    "server.proxy_protocol",
    "server.shutdown_timeout_seconds",
    "server.trusted_proxies",
    "server.workers",
    "store",
    "telemetry",
    "tls.certificate_file",
    "tls.client_ca_file",
    "tls.key_file",
];

/// A configuration that was read again.
pub(crate) struct Again {
    /// What can be in effect without a restart.
    pub(crate) settings: Settings,
    /// The names of the keys that are other than before, and in effect.
    pub(crate) changed: Vec<String>,
    /// Of those that are other and can't be.
    pub(crate) needs_restart: Vec<String>,
}

/// Reads the configuration of this process again, which runs with what is in `running`.
///
/// # Errors
///
/// When it can't be used, as a whole or with what can't change before a restart.
pub(crate) fn load_again(flags: &Flags, running: &Snapshot) -> Result<Again, Failure> {
    let wanted = load(flags)?;
    let found = Snapshot::of(&wanted);
    let (later, now): (Vec<_>, Vec<_>) =
        running.differences(&found).into_iter().partition(Difference::needs_restart);
    let names = |differences: &[Difference]| differences.iter().map(Difference::name).collect::<Vec<_>>();
    let (changed, needs_restart) = (names(&now), names(&later));
    let settings = if later.is_empty() {
        wanted
    } else {
        let keys: Vec<Key> = later.into_iter().map(|difference| difference.key).collect();
        let settings = Settings::of(running.kept_in(found, &keys), wanted.environment);
        settings.map_err(|why| only_after_restart(&needs_restart, &why))?
    };
    Ok(Again { settings, changed, needs_restart })
}

fn only_after_restart(keys: &[String], why: &Failure) -> Failure {
    Failure::Configuration(format!(
        "it needs a restart: with what was at `{}` before, {why}",
        keys.join("`, `")
    ))
}

impl Difference {
    /// The certificates of the server are read again, from where they were.
    fn needs_restart(&self) -> bool {
        let is_of = |listed: &&str| {
            let listed: Vec<&str> = listed.split('.').collect();
            self.key.iter().zip(&listed).filter(|(part, listed)| part == *listed).count() == listed.len()
        };
        let is_certificate = self.is_in_file && self.key.first().is_some_and(|section| section == "tls");
        NEEDS_RESTART.iter().any(is_of) && !is_certificate
    }
}

#[cfg(test)]
mod tests;
