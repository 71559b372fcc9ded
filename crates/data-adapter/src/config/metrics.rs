use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[metrics]`: what is counted and timed, and who may read it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MetricsSettings {
    pub(crate) enabled: bool,
    /// Whether nobody has to say who they are.
    pub(crate) anonymous: bool,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        Self { enabled: true, anonymous: false }
    }
}

impl MetricsSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        if self.anonymous && !self.enabled {
            return refuse(
                "metrics.anonymous",
                "is set, but there are no metrics; set `metrics.enabled` as well",
            );
        }
        Ok(())
    }
}
