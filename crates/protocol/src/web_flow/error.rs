use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The kinds of errors that the document names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
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
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    #[schema(value_type = ErrorStatus)]
    status: Cow<'static, str>,
    response_object: ErrorBody,
}

/// What is in it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Which kind.
    pub code: ErrorCode,
    /// The i18n key of what the person reads.
    pub message: String,
    /// The code variants of every violation; `null` when the error is none of validation.
    #[schema(required)]
    pub validation_errors: Option<Vec<String>>,
    /// Tries left; `null` when it does not matter.
    #[schema(required)]
    pub remaining_attempts: Option<u32>,
}

/// The status of every error.
enum ErrorStatus {}

impl PartialSchema for ErrorStatus {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("The status of every error."))
            .enum_values(Some(["ERROR"]))
            .into()
    }
}

impl ToSchema for ErrorStatus {}

impl From<ErrorBody> for ErrorResponse {
    fn from(response_object: ErrorBody) -> Self {
        Self { status: "ERROR".into(), response_object }
    }
}
