use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which Web Flow is on the other side. What differs between them is decided here and nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Web Flow 0.22.
    #[default]
    V0_22,
}

/// The result of checking a password or a code, in the words of a dialect.
// It is read in the words of later versions, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationResult {
    /// Right, in 0.22.
    #[serde(alias = "SUCCEEDED")]
    VerifiedSucceeded,
    /// Wrong, in 0.22.
    #[serde(alias = "FAILED")]
    VerifiedFailed,
}

impl Dialect {
    /// The version of Web Flow that speaks it.
    #[must_use]
    pub fn web_flow(self) -> &'static str {
        match self {
            Self::V0_22 => "0.22",
        }
    }

    /// How this dialect calls a result.
    #[must_use]
    pub fn verification(self, succeeded: bool) -> VerificationResult {
        match (self, succeeded) {
            (Self::V0_22, true) => VerificationResult::VerifiedSucceeded,
            (Self::V0_22, false) => VerificationResult::VerifiedFailed,
        }
    }
}
