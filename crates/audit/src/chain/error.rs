use std::fmt::Display;

use thiserror::Error;

/// A line could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the audit log can't be written: {why}")]
pub struct AuditError {
    why: String,
    is_late: bool,
}

impl AuditError {
    pub(super) fn new(why: impl Display) -> Self {
        Self { why: why.to_string(), is_late: false }
    }

    /// Whether nobody waited any longer: what was asked for may still be done.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.is_late
    }

    pub(super) fn stuck() -> Self {
        Self { is_late: true, ..Self::new("what it is written to takes nothing") }
    }

    pub(super) fn ended() -> Self {
        Self::new("its thread has ended")
    }
}
