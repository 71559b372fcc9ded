use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::{HttpResponse, ResponseError};
use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::{ErrorBody, ErrorCode, ErrorResponse, FormDataError, Violations};
use data_adapter_server::{Fault, Refusal, Wording};

const JSON: &str = "application/json";

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// What goes wrong on the way, with one text for the client and another for the log.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: Cow<'static, str>,
    validation_errors: Option<Vec<String>>,
    /// Those of a refusal.
    headers: Vec<(HeaderName, &'static str)>,
    detail: Option<String>,
}

/// A request that is nothing to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// It is no JSON, or not of the right shape.
    Unreadable,
    /// It is something else than JSON in UTF-8.
    MediaType,
}

impl ApiError {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            validation_errors: None,
            headers: Vec::new(),
            detail: None,
        }
    }

    /// There is no such user.
    pub(crate) fn user_not_found() -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::UserNotFound, "login.userNotFound")
    }

    /// The operation is unknown, or its data can't be used.
    pub(crate) fn operation_context(detail: impl Into<String>) -> Self {
        AdapterError::InvalidOperationContext(detail.into()).into()
    }

    /// Which kind it is.
    pub(crate) fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the client reads.
    pub(crate) fn body(&self) -> ErrorResponse {
        ErrorResponse::from(ErrorBody {
            code: self.code,
            message: self.message.to_string(),
            validation_errors: self.validation_errors.clone(),
            remaining_attempts: None,
        })
    }

    /// The headers that come with it.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }

    /// What the metrics call it, where the shell has no name for it.
    fn outcome(&self) -> &'static str {
        match (self.status, self.code) {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => "unsupported_media_type",
            (_, ErrorCode::InputInvalid) => "input_invalid",
            (_, ErrorCode::UserNotFound) => "user_not_found",
            (_, ErrorCode::OperationContextInvalid) => "operation_context_invalid",
            (_, ErrorCode::ConsentDataInvalid) => "consent_data_invalid",
            (_, ErrorCode::RemoteError) => "remote_error",
            (_, ErrorCode::AuthenticationFailed) => "authentication_failed",
            (_, ErrorCode::SmsAuthorizationFailed) => "sms_authorization_failed",
            (_, ErrorCode::ErrorGeneric) => "internal",
        }
    }

    /// What the log, the metrics and the traces say of it.
    fn fault(&self) -> Fault {
        Fault {
            outcome: self.outcome(),
            text: self.to_string(),
            detail: self.detail.clone(),
            // Its status is 400 all the same.
            is_failure: self.code == ErrorCode::RemoteError,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.code, self.message)?;
        self.validation_errors.iter().flatten().step_by(5).try_for_each(|variant| write!(f, " {variant}"))
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        let response = match serde_json::to_vec(&self.body()) {
            Ok(json) => response.insert_header((CONTENT_TYPE, JSON)).body(json),
            Err(_) => response.finish(),
        };
        self.fault().mark(response)
    }
}

impl From<Malformed> for ApiError {
    fn from(refused: Malformed) -> Self {
        let (status, message) = match refused {
            Malformed::Unreadable => (StatusCode::BAD_REQUEST, "error.invalidRequest"),
            Malformed::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "error.unsupportedMediaType"),
        };
        Self::new(status, ErrorCode::InputInvalid, message)
    }
}

impl From<Refusal> for ApiError {
    /// What the shell refuses, for its body and for the document. The answer is the shell's.
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::Unreadable => (ErrorCode::InputInvalid, "error.invalidRequest"),
            Refusal::TooLarge | Refusal::HeadTooLarge | Refusal::HeaderTooLong(_) => {
                (ErrorCode::InputInvalid, "error.requestTooLarge")
            }
            Refusal::TooSlow => (ErrorCode::InputInvalid, "error.requestTimeout"),
            Refusal::UnknownPath => (ErrorCode::InputInvalid, "error.notFound"),
            Refusal::WrongMethod(_) => (ErrorCode::InputInvalid, "error.methodNotAllowed"),
            Refusal::ForbiddenHost => (ErrorCode::InputInvalid, "error.forbiddenHost"),
            Refusal::Unauthorized => (ErrorCode::ErrorGeneric, "error.callerUnauthorized"),
            Refusal::Forbidden => (ErrorCode::ErrorGeneric, "error.callerForbidden"),
            Refusal::Overloaded => (ErrorCode::ErrorGeneric, "error.overloaded"),
            Refusal::Unavailable => (ErrorCode::ErrorGeneric, "error.unavailable"),
            Refusal::Internal => (ErrorCode::ErrorGeneric, "error.unknown"),
        };
        Self { headers: refusal.headers(), ..Self::new(refusal.status(), code, message) }
    }
}

impl From<Violations> for ApiError {
    fn from(violations: Violations) -> Self {
        let error = Self::new(StatusCode::BAD_REQUEST, ErrorCode::InputInvalid, violations.message());
        Self { validation_errors: Some(violations.variants()), ..error }
    }
}

impl From<FormDataError> for ApiError {
    fn from(error: FormDataError) -> Self {
        match error {
            FormDataError::Unreadable => Malformed::Unreadable.into(),
            FormDataError::Ambiguous => Self::operation_context(error.to_string()),
        }
    }
}

impl From<AdapterError> for ApiError {
    /// The statuses of the document, which the client of Web Flow 0.22 reads.
    fn from(error: AdapterError) -> Self {
        let (status, code, message) = match &error {
            AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Unanswerable(_) => {
                (StatusCode::BAD_REQUEST, ErrorCode::RemoteError, "error.remote")
            }
            AdapterError::InvalidOperationContext(_) => {
                (StatusCode::BAD_REQUEST, ErrorCode::OperationContextInvalid, "operationContext.invalid")
            }
            AdapterError::InvalidConsentData(_) => {
                (StatusCode::BAD_REQUEST, ErrorCode::ConsentDataInvalid, "consent.invalidRequest")
            }
            AdapterError::InvalidInput(_) => {
                (StatusCode::BAD_REQUEST, ErrorCode::InputInvalid, "login.authenticationFailed")
            }
            AdapterError::AuthenticationFailed(_) => {
                (StatusCode::UNAUTHORIZED, ErrorCode::AuthenticationFailed, "login.authenticationFailed")
            }
            AdapterError::SmsAuthorizationFailed(_) => {
                (StatusCode::UNAUTHORIZED, ErrorCode::SmsAuthorizationFailed, "smsAuthorization.failed")
            }
            AdapterError::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ErrorGeneric, "error.unknown")
            }
        };
        Self { detail: Some(error.to_string()), ..Self::new(status, code, message) }
    }
}

/// The body of an answer to what the shell refuses.
pub(crate) fn wording(refusal: Refusal) -> Wording {
    let body = serde_json::to_vec(&ApiError::from(refusal).body()).unwrap_or_default();
    Wording { content_type: JSON, body }
}
