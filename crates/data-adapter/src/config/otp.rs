use std::mem::take;
use std::path::PathBuf;

use data_adapter_sca::{AttemptPolicy, GuessPolicy, OtpPolicy, ServerKey, ServerKeys};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::check_range;
use super::password::attempt_policy;
use super::secret::{Secret, read_key};
use crate::failure::Failure;
use crate::foundation::SandboxKey;

/// `[otp]`: one-time codes.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OtpSettings {
    digits: u32,
    expires_seconds: u64,
    tries: u32,
    failures: u32,
    block_seconds: u64,
    forget_seconds: u64,
    resends: u32,
    key_id: String,
    key: Option<Secret>,
    key_file: Option<PathBuf>,
    previous_keys: Vec<PreviousKey>,
}

/// `[[otp.previous_keys]]`: a key that was in use before, while its codes are still out.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct PreviousKey {
    id: String,
    key: Option<Secret>,
    key_file: Option<PathBuf>,
}

impl Default for OtpSettings {
    fn default() -> Self {
        Self {
            digits: 8,
            expires_seconds: 300,
            tries: 5,
            failures: 5,
            block_seconds: 30 * 60,
            forget_seconds: 24 * 60 * 60,
            resends: 5,
            key_id: "1".to_owned(),
            key: None,
            key_file: None,
            previous_keys: Vec::new(),
        }
    }
}

impl OtpSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        if self.key_id.is_empty() {
            return super::refuse("otp.key_id", "is empty; each record names its key by it");
        }
        check_range("otp.digits", self.digits.into(), 6..=9)?;
        check_range("otp.expires_seconds", self.expires_seconds, 1..=300)?;
        check_range("otp.tries", self.tries.into(), 1..=5)?;
        check_range("otp.failures", self.failures.into(), 1..=5)?;
        check_range("otp.resends", self.resends.into(), 0..=20)?;
        check_range("otp.block_seconds", self.block_seconds, 1..=365 * 24 * 60 * 60)?;
        check_range("otp.forget_seconds", self.forget_seconds, 60..=365 * 24 * 60 * 60)
    }

    pub(crate) fn policy(&self) -> OtpPolicy {
        OtpPolicy {
            digits: self.digits,
            validity: SignedDuration::from_secs(self.expires_seconds.cast_signed()),
            guesses: GuessPolicy { tries_per_step: self.tries, failures: self.failures() },
        }
    }

    /// How often a request may be renewed.
    pub(crate) fn resends(&self) -> u32 {
        self.resends
    }

    pub(crate) fn failures(&self) -> AttemptPolicy {
        attempt_policy(self.failures, self.block_seconds, self.forget_seconds)
    }

    /// The server keys. Where none is given it is that of the `sandbox`; real codes need one that outlives the process.
    pub(crate) fn keys(&self, sandbox: Option<&SandboxKey>) -> Result<ServerKeys, Failure> {
        let given = read_key("otp.key", self.key.as_ref(), self.key_file.as_ref())?;
        let Some(mut current) = given.or_else(|| sandbox.map(|key| Zeroizing::new(key.to_vec()))) else {
            return super::refuse("otp.key", "is missing; `openssl rand -base64 32` makes one");
        };
        let unusable = |error| Failure::Configuration(format!("`otp.key` can't be used: {error}"));
        let mut previous = Vec::new();
        for key in &self.previous_keys {
            let name = "otp.previous_keys.key";
            let Some(mut bytes) = read_key(name, key.key.as_ref(), key.key_file.as_ref())? else {
                return super::refuse(name, "is missing");
            };
            previous.push(ServerKey::new(key.id.clone(), take(&mut bytes)).map_err(unusable)?);
        }
        let current = ServerKey::new(self.key_id.clone(), take(&mut current)).map_err(unusable)?;
        ServerKeys::new(current, previous).map_err(unusable)
    }
}
