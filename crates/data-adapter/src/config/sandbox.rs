use data_adapter_sca::FactorEngine;
use secrecy::SecretString;
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
    factor_code: String,
}

impl SandboxSettings {
    pub(super) fn validate(&self, server: &ServerSettings) -> Result<(), Failure> {
        self.factor_code()?;
        if self.enabled && !self.allow_any_address && !server.host.is_loopback() {
            return refuse(
                "server.host",
                "has to be a loopback address while the sandbox is on, since it shows every code to whoever asks; \
                 set `sandbox.allow_any_address = true` if that is what you want",
            );
        }
        Ok(())
    }

    /// What whoever enrols a phone or a device reads of it.
    pub(crate) fn about_factors(&self) -> String {
        let code = match self.factor_code.as_str() {
            "" => "is in the message that comes here".to_owned(),
            code => format!("is always {code}"),
        };
        format!(
            "The code that proves a phone {code}; a device is proved by accepting the push that comes here."
        )
    }

    /// What every code is that proves a factor; `None` where each is a new one.
    pub(crate) fn factor_code(&self) -> Result<Option<SecretString>, Failure> {
        let code = &self.factor_code;
        if code.is_empty() {
            return Ok(None);
        }
        if !self.enabled {
            return refuse(
                "sandbox.factor_code",
                "is set while the sandbox is off: anybody could prove any phone number; leave it out",
            );
        }
        if code.len() != FactorEngine::DIGITS as usize || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return refuse("sandbox.factor_code", "has to be six digits");
        }
        Ok(Some(code.as_str().into()))
    }
}
