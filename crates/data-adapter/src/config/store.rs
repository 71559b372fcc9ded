use std::path::PathBuf;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    /// `memory:`
    Memory,
    /// `sqlite:PATH`
    Sqlite(PathBuf),
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { url: "sqlite:var/data-adapter.db".to_owned() }
    }
}

impl StoreSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        self.kind().map(drop)
    }

    pub(crate) fn kind(&self) -> Result<StoreKind, Failure> {
        match self.url.split_once(':') {
            Some(("memory", "")) => Ok(StoreKind::Memory),
            Some(("sqlite", path)) if !path.is_empty() => Ok(StoreKind::Sqlite(PathBuf::from(path))),
            _ => refuse("store.url", "names no store; use `sqlite:PATH`, or `memory:` to keep nothing"),
        }
    }
}
