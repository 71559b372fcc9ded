use serde::Serialize;

/// The kinds of errors that the document names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The request is not valid.
    InputInvalid,
    /// There is no such user.
    UserNotFound,
    /// The operation is unknown, or its data can't be used.
    OperationContextInvalid,
    /// The consent does not satisfy the form.
    ConsentDataInvalid,
    /// The system behind did not answer.
    RemoteError,
    /// The back end refused the password.
    AuthenticationFailed,
    /// The back end refused the code.
    SmsAuthorizationFailed,
    /// Something unexpected.
    ErrorGeneric,
}

/// The unified error body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    status: &'static str,
    response_object: ErrorBody,
}

/// What is in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Which kind.
    pub code: ErrorCode,
    /// The i18n key of what the person reads.
    pub message: String,
    /// The code variants of every violation; `None` when the error is none of validation.
    pub validation_errors: Option<Vec<String>>,
    /// Tries left; `None` when it does not matter.
    pub remaining_attempts: Option<u32>,
}

impl From<ErrorBody> for ErrorResponse {
    fn from(response_object: ErrorBody) -> Self {
        Self { status: "ERROR", response_object }
    }
}
