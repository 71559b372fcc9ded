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

/// What is wrong with what is no line.
pub(crate) const NO_LINE: &str =
    "this is no whole line of an audit log, and no `recovered` line after it accounts for it";

impl Tip {
    /// What is wrong with the line after this one, where `torn` is the hash of what stands between them; `None` where nothing is.
    pub(crate) fn misfit(&self, link: &Link, torn: Option<&str>) -> Option<String> {
        match torn {
            Some(torn) if !link.covers(torn) => Some(NO_LINE.to_owned()),
            None if link.torn.is_some() => Some(self.explain(link)),
            Some(_) | None => (!link.follows(self)).then(|| self.explain(link)),
        }
    }

    /// Why a line is not the one that has to be after this one.
    pub(crate) fn explain(&self, link: &Link) -> String {
        let (expected, found) = (self.sequence.saturating_add(1), link.sequence);
        if found != expected {
            return format!(
                "this is line {found} of the chain where line {expected} has to be: lines were removed, added or moved"
            );
        }
        if link.torn.is_some() && link.previous == self.hash {
            return "the rest of a line that was cut off before this one is gone".to_owned();
        }
        if self.sequence == 0 {
            return "this is the first line of the chain, and yet it names one before it".to_owned();
        }
        "this line does not carry the hash of the line before: that line or this one was altered".to_owned()
    }
}

/// What makes a line one of a chain.
#[derive(Clone, Debug, Deserialize)]
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
