//! What operators watch: what was sent, what was recorded, and how the parts of the system are.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::values::{PartKind, PartStatus, SentScopeName};

/// The answer to `GET /admin/sent`
#[derive(Debug, Serialize, ToSchema)]
pub struct SentAnswer {
    /// All messages, then those of each country and of each organization that anything was sent to; or those of one user. What has no
    /// limit is not counted, and is not here.
    pub counts: Vec<SentEntry>,
    /// Whether there are more than an answer has.
    pub cut: bool,
}

/// Messages that count against the same limits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentEntry {
    /// What they have in common.
    pub scope: SentScopeName,
    /// The code of the country, the organization, or the user's id; absent for all, and for numbers of no country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// How near each limit is.
    pub limits: Vec<SentLimit>,
}

/// How near a limit is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentLimit {
    /// How many messages may be sent within a window.
    pub limit: u32,
    /// How many seconds a window lasts, from its first message on.
    pub window_seconds: i64,
    /// How many count in the window that is running, whatever became of them.
    pub sent: u32,
    /// When that window is over; absent where none is running, since nothing was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub resets_at: Option<String>,
}

/// The answer to `GET /admin/audit`
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditAnswer {
    /// The lines as they stand in the log, newest first.
    #[schema(value_type = Vec<AuditLine>)]
    pub lines: Vec<Box<RawValue>>,
    /// What `before` is for the lines before these; absent where the log was read to its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
    /// How the chain is as far as it was read for this.
    pub chain: ChainEntry,
}

/// A line of the audit log. It has more members, by what it is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    /// When it was written.
    #[schema(format = DateTime)]
    pub time: String,
    /// Its number in the chain.
    pub sequence: u64,
    /// What it is about, in one word.
    pub event: String,
    /// What became of it, in one word.
    pub outcome: String,
    /// Why, in one word, where it did not go well.
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// The user.
    #[schema(required = false)]
    pub user: Option<String>,
    /// Their organization.
    #[schema(required = false)]
    pub organization: Option<String>,
    /// The system, or the operator, that asked.
    #[schema(required = false)]
    pub caller: Option<String>,
    /// The request.
    #[schema(required = false)]
    pub request_id: Option<String>,
    /// The operation.
    #[schema(required = false)]
    pub operation_id: Option<String>,
    /// The hash of the line before.
    pub previous: String,
}

/// How the part of the chain is that was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChainEntry {
    /// Whether it is whole.
    pub whole: bool,
    /// The number of the first line that was read; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub first: Option<u64>,
    /// The number of the last line that was read; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last: Option<u64>,
    /// Where it breaks, newest first; empty where it is whole.
    pub breaks: Vec<BreakEntry>,
    /// The names of files that can't be read, or are too long to be read here.
    pub unread: Vec<String>,
}

/// A place where the chain breaks.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakEntry {
    /// The name of the file.
    pub file: String,
    /// The number of the line after which it is; absent where it is before all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub after: Option<u64>,
    /// What is wrong, as a sentence without a full stop.
    pub why: String,
}

/// The answer to `GET /admin/health`
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthAnswer {
    /// Every part of the system.
    pub parts: Vec<PartEntry>,
}

/// How a part of the system is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartEntry {
    /// What it is.
    pub kind: PartKind,
    /// Its name in the configuration; absent for the store and the audit log, of which there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// How it is.
    pub status: PartStatus,
    /// Since when it has been so, as far as the instance that was asked has seen.
    #[schema(format = DateTime)]
    pub since: String,
    /// What is wrong, and what follows from it, in sentences; absent where nothing is. The log says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub why: Option<String>,
    /// Settings with a name that it does not know, by their keys in its section.
    pub unknown_settings: Vec<String>,
}
