use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::json::{Problem, Problems};

/// The body of an answer that is an error: problem details (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// What the status is called.
    pub title: Cow<'static, str>,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong. It never shows what was sent.
    pub detail: Cow<'static, str>,
    /// Why, in one word, where one status has several reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<ProblemReason>,
    /// Each member that is not valid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<MemberProblem>,
}

/// Why something can't be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProblemReason {
    /// The user has as many devices as a user may have.
    Full,
    /// The user is blocked.
    Blocked,
    /// The user has no phone number that can be used, or no device.
    Unreachable,
    /// A limit of what may be sent is reached.
    Limited,
    /// Codes are made by a back end of the bank's own.
    Elsewhere,
    /// There is no audit log in a file.
    Off,
}

/// A member of a request that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberProblem {
    /// Which one.
    pub member: Cow<'static, str>,
    /// What it has to be, as the end of a sentence that begins with its name.
    pub detail: String,
}

impl MemberProblem {
    /// The members that are not valid; none where it is the whole body.
    #[must_use]
    pub fn of(problems: &Problems) -> Vec<Self> {
        let member = |problem: &Problem| match problem {
            Problem::Member { name, wanted } => {
                Some(Self { member: Cow::Borrowed(name), detail: wanted.clone() })
            }
            Problem::Unreadable | Problem::UnreadableForm | Problem::MediaType | Problem::TooLarge => None,
        };
        problems.iter().filter_map(member).collect()
    }
}
