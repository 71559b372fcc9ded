use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::Problems;

/// The body of an answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Errors {
    /// Each of them.
    #[serde(rename = "Errors")]
    pub errors: Vec<ErrorItem>,
}

/// One error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorItem {
    /// The HTTP status, or a code of the API such as `0387`.
    #[serde(rename = "Status")]
    pub status: Cow<'static, str>,
    /// What is wrong. It never shows what was sent.
    #[serde(rename = "Detail")]
    pub detail: Cow<'static, str>,
}

/// The body of an answer to a login that failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginError {
    /// `invalid_grant`, whichever of name, password and scheme is wrong.
    pub error: Cow<'static, str>,
    /// One sentence for all of them.
    pub error_description: Cow<'static, str>,
}

impl Errors {
    /// One error.
    pub fn one(status: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { errors: vec![ErrorItem { status: status.into(), detail: detail.into() }] }
    }

    /// All that is wrong with a request, under one status.
    #[must_use]
    pub fn of(status: &str, problems: &Problems) -> Self {
        let item = |detail: String| ErrorItem { status: status.to_owned().into(), detail: detail.into() };
        Self { errors: problems.iter().map(ToString::to_string).map(item).collect() }
    }
}
