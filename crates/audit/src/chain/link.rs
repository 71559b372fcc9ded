//! What a line says of its place in the chain, and where the chain ends.

use serde::Deserialize;

use super::hash::hash;

/// The end of a chain: the number of its last line, and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    pub(crate) sequence: u64,
    pub(crate) hash: String,
}

impl Default for Tip {
    /// The end of a chain without lines.
    fn default() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

/// What makes a line one of a chain.
#[derive(Debug, Deserialize)]
pub(crate) struct Link {
    pub(crate) sequence: u64,
    pub(crate) previous: String,
    pub(crate) event: String,
    #[serde(default)]
    pub(crate) torn: Option<String>,
    #[serde(default)]
    pub(crate) lost: u64,
    #[serde(default)]
    pub(crate) unsynced: u64,
}

impl Link {
    /// Reads a line without its line break; `None` when it is no whole line of an audit log.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    /// Whether it stands for what is cut off, by its hash.
    pub(crate) fn covers(&self, torn: &str) -> bool {
        self.event == "recovered" && self.torn.as_deref() == Some(torn)
    }

    /// The end of the chain after this line.
    pub(crate) fn tip(&self, line: &[u8]) -> Tip {
        Tip { sequence: self.sequence, hash: hash(line) }
    }

    /// Whether it comes right after `tip`.
    pub(crate) fn follows(&self, tip: &Tip) -> bool {
        tip.sequence.checked_add(1) == Some(self.sequence) && self.previous == tip.hash
    }
}
