use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::check_range;
use crate::failure::Failure;

/// `[health]`: how `/health/ready` asks.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HealthSettings {
    deadline_ms: u64,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self { deadline_ms: 1000 }
    }
}

impl HealthSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        check_range("health.deadline_ms", self.deadline_ms, 10..=60_000)
    }

    /// How long the store and each back end have for their answer.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }
}
