use serde::{Deserialize, Serialize};

use super::{ServerSettings, refuse};
use crate::failure::Failure;

/// `[sandbox]`: exploring without a phone. Never for real users.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SandboxSettings {
    pub(crate) enabled: bool,
    allow_any_address: bool,
    pub(crate) hosts: Vec<String>,
}

impl SandboxSettings {
    /// `makes_codes` says whether codes are made here, and so have to be sent from here.
    pub(super) fn validate(&self, server: &ServerSettings, makes_codes: bool) -> Result<(), Failure> {
        if self.enabled && !self.allow_any_address && !server.host.is_loopback() {
            return refuse(
                "server.host",
                "has to be a loopback address while the sandbox is on, since it shows every code to whoever asks; \
                 set `sandbox.allow_any_address = true` if that is what you want",
            );
        }
        if !self.enabled && makes_codes {
            return refuse(
                "sandbox.enabled",
                "is off and no SMS gateway is configured, so that no code could be sent; this version ships the \
                 sandbox only: set `sandbox.enabled = true` to explore, or leave codes to a back end by `capabilities.sms_otp`",
            );
        }
        Ok(())
    }
}
