use std::path::PathBuf;

use data_adapter_sca::{AttemptPolicy, PasswordKey};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::check_range;
use super::secret::{Secret, read_key};
use crate::failure::Failure;

/// `[password]`: passwords on their way, and how often they may be wrong.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PasswordSettings {
    key: Option<Secret>,
    key_file: Option<PathBuf>,
    pub(crate) allow_clear: bool,
    failures: u32,
    block_seconds: u64,
    forget_seconds: u64,
}

impl Default for PasswordSettings {
    fn default() -> Self {
        Self {
            key: None,
            key_file: None,
            allow_clear: true,
            failures: 5,
            block_seconds: 30 * 60,
            forget_seconds: 24 * 60 * 60,
        }
    }
}

pub(super) fn attempt_policy(limit: u32, block_seconds: u64, forget_seconds: u64) -> AttemptPolicy {
    AttemptPolicy {
        limit,
        block_for: SignedDuration::from_secs(block_seconds.cast_signed()),
        forget_after: SignedDuration::from_secs(forget_seconds.cast_signed()),
    }
}

impl PasswordSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        check_range("password.failures", self.failures.into(), 1..=5)?;
        check_range("password.block_seconds", self.block_seconds, 1..=365 * 24 * 60 * 60)?;
        check_range("password.forget_seconds", self.forget_seconds, 60..=365 * 24 * 60 * 60)
    }

    pub(crate) fn failures(&self) -> AttemptPolicy {
        attempt_policy(self.failures, self.block_seconds, self.forget_seconds)
    }

    /// Whether the key is this one, which is no secret.
    pub(crate) fn has_key(&self, known: &str) -> bool {
        self.key.as_ref().is_some_and(|key| key.is(known))
    }

    /// The key for encrypted passwords; `None` refuses them.
    pub(crate) fn key(&self) -> Result<Option<PasswordKey>, Failure> {
        let bytes = read_key("password.key", self.key.as_ref(), self.key_file.as_ref())?;
        bytes
            .map(|mut bytes| PasswordKey::new(std::mem::take(&mut bytes)))
            .transpose()
            .map_err(|error| Failure::Configuration(format!("`password.key` can't be used: {error}")))
    }
}
