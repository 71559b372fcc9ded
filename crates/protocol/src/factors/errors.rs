use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

/// The body of an answer with 400.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BadRequest {
    /// What is wrong, in a sentence. It never shows what was sent.
    pub message: Cow<'static, str>,
    /// Where.
    pub syntax_errors: SyntaxErrors,
}

/// What is wrong with a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SyntaxErrors {
    /// Each thing that is wrong with a field; empty where no field is to blame.
    pub invalid_fields: Vec<InvalidField>,
}

/// A thing that is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvalidField {
    /// More about the error; always empty here.
    pub params: Vec<String>,
    /// The header, the part of the path, or the member of the body.
    pub field_name: Cow<'static, str>,
    /// What is wrong with it.
    pub error: FieldError,
}

/// What may be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldError {
    /// It is missing.
    Required,
    /// It is too short or too long.
    Size,
    /// It is something else than it has to be.
    Regex,
}

/// The body of an answer with 403.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Forbidden {
    /// Why.
    pub error_code: ForbiddenCode,
}

/// Why something is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ForbiddenCode {
    /// The user is another programme's.
    InsufficientPermissions,
}

/// The body of an answer with 404, and with whatever else has no body of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotFound {
    /// What it is, in capitals.
    pub code: Cow<'static, str>,
    /// The same in a sentence.
    pub message: Cow<'static, str>,
}

impl BadRequest {
    /// One field is wrong.
    #[must_use]
    pub fn of(field: &'static str, error: FieldError) -> Self {
        Self::fields(vec![(field, error)])
    }

    /// These fields are wrong.
    pub(super) fn fields(fields: Vec<(&'static str, FieldError)>) -> Self {
        let field =
            |(name, error)| InvalidField { params: Vec::new(), field_name: Cow::Borrowed(name), error };
        let invalid_fields = fields.into_iter().map(field).collect();
        Self {
            message: "A field is missing or not valid.".into(),
            syntax_errors: SyntaxErrors { invalid_fields },
        }
    }

    /// It is wrong in a way that no field is to blame for.
    #[must_use]
    pub fn whole(message: &'static str) -> Self {
        Self { message: message.into(), syntax_errors: SyntaxErrors::default() }
    }
}
