//! What operators read of the audit log.

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};

/// Which lines of the audit log are looked for. Of several conditions all have to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailSearch {
    /// Those about this user.
    pub user: Option<UserId>,
    /// Those of the operation with this id.
    pub operation: Option<String>,
    /// Those of the request with this id.
    pub request: Option<String>,
    /// Those before this place, which is [`TrailPage::next`] of the page before; `None` for the newest.
    pub before: Option<String>,
    /// No more than so many.
    pub limit: usize,
}

/// Some lines of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailPage {
    /// Each an object of JSON as it stands in the log, newest first.
    pub lines: Vec<String>,
    /// Where to go on; `None` where the log was read to its beginning.
    pub next: Option<String>,
    /// What was read of the chain.
    pub chain: ChainCheck,
}

/// How the part of the chain is that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainCheck {
    /// The numbers of its first and its last line; `None` where no line was read.
    pub lines: Option<(u64, u64)>,
    /// Where it breaks, newest first; empty where it is whole.
    pub breaks: Vec<ChainBreak>,
    /// The names of files that could not be read, or are too long to be read here.
    pub unread: Vec<String>,
}

/// A place where the chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainBreak {
    /// The name of the file.
    pub file: String,
    /// The number of the last line before that is in its place; `None` where there is none.
    pub after: Option<u64>,
    /// What is wrong, as a sentence without a full stop.
    pub why: String,
}

/// Reads the audit log.
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// Lines of the log, and how the chain is as far as it was read for them. It reads for some seconds at most, and so a page
    /// may have fewer lines than there are, with a `next` to go on from. `None` where `before` is no place of this log.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the log can't be read.
    async fn lines(&self, search: &TrailSearch) -> Result<Option<TrailPage>, AdapterError>;
}
