use data_adapter_core::AdapterError;
use thiserror::Error;

use crate::SettingsError;

/// Why a store can't be opened, in a sentence that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A setting can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No server answers that takes changes, or too few replicas have them.
    #[error(
        "{0}; look at `codes_url`, at the password, and at whether there is a primary with as many replicas as `codes_replicas` demands"
    )]
    Unreachable(AdapterError),
    /// A server forgets what it has no room for.
    #[error(
        "the Redis store would forget guesses and blocks when it is full: `maxmemory-policy` of {node} is `{policy}`; set it to `noeviction`"
    )]
    Evicting {
        /// The server.
        node: String,
        /// What it does.
        policy: String,
    },
    /// One server alone, which answers before a change is on its disk.
    #[error(
        "the Redis store would lose what was answered when {node} stops, a used code among it: set `appendonly yes` and `appendfsync always` \
         there, or demand replicas by `codes_replicas`, or say `codes_allow_loss = true` where that may happen"
    )]
    Losing {
        /// The server.
        node: String,
    },
}

impl OpenError {
    /// Whether the configuration is to blame, be it that of the servers.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Settings(_) | Self::Evicting { .. } | Self::Losing { .. } => true,
            Self::Unreachable(_) => false,
        }
    }
}
