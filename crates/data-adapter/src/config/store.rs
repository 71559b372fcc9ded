use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[store]`: where challenges, counters and consents are kept.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSettings {
    url: String,
}

/// The stores that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    /// `memory:`
    Memory,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: "memory:".to_owned() }
    }
}

impl StoreSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.kind().map(drop)
    }

    pub(crate) fn kind(&self) -> Result<StoreKind, Failure> {
        match self.url.as_str() {
            "memory:" => Ok(StoreKind::Memory),
            _ => refuse("store.url", "names no store of this version; use `memory:`"),
        }
    }
}
