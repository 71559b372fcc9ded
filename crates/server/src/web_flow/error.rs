use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::{ErrorBody, ErrorCode, ErrorResponse, FormDataError, Violations};

use crate::metering::Outcome;

/// What goes wrong on the way, with one text for the client and another for the log.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    message: Cow<'static, str>,
    validation_errors: Option<Vec<String>>,
    headers: Vec<(HeaderName, &'static str)>,
    /// Whether nothing more is read from the connection.
    closes: bool,
    detail: Option<String>,
}

/// What the framework refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is no JSON, or not of the right shape.
    Unreadable,
    /// It has more bytes than are read.
    TooLarge,
    /// Its body takes too long to come.
    TooSlow,
    /// It is something else than JSON in UTF-8.
    UnsupportedMediaType,
    /// There is nothing at this path.
    UnknownPath,
    /// The path is called with another method.
    WrongMethod(&'static str),
}

impl ApiError {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            validation_errors: None,
            headers: Vec::new(),
            closes: false,
            detail: None,
        }
    }

    /// There is no such user.
    pub(super) fn user_not_found() -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::UserNotFound, "login.userNotFound")
    }

    /// The operation is unknown, or its data can't be used.
    pub(super) fn operation_context(detail: impl Into<String>) -> Self {
        AdapterError::InvalidOperationContext(detail.into()).into()
    }

    /// The page is asked for under a name that is not ours.
    pub(crate) fn forbidden_host() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::InputInvalid, "error.forbiddenHost")
    }

    /// Nobody who may call says so.
    pub(crate) fn caller_unauthorized() -> Self {
        let headers = vec![
            (WWW_AUTHENTICATE, "Basic realm=\"data-adapter\", charset=\"UTF-8\""),
            (WWW_AUTHENTICATE, "Bearer realm=\"data-adapter\""),
        ];
        let message = "error.callerUnauthorized";
        Self { headers, ..Self::new(StatusCode::UNAUTHORIZED, ErrorCode::ErrorGeneric, message) }
    }

    /// The caller may call something else.
    pub(crate) fn caller_forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::ErrorGeneric, "error.callerForbidden")
    }

    /// There is more to do than is allowed at once. `closes` the connection when there are too many of those.
    pub(crate) fn overloaded(closes: bool) -> Self {
        let headers = vec![(RETRY_AFTER, "1")];
        let message = "error.overloaded";
        Self {
            headers,
            closes,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::ErrorGeneric, message)
        }
    }

    /// Which kind it is.
    pub(super) fn code(&self) -> ErrorCode {
        self.code
    }

    /// What the client reads.
    pub(super) fn body(&self) -> ErrorResponse {
        ErrorResponse::from(ErrorBody {
            code: self.code,
            message: self.message.to_string(),
            validation_errors: self.validation_errors.clone(),
            remaining_attempts: None,
        })
    }

    /// The headers that come with it.
    pub(super) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }

    /// What the metrics call it.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.status, self.code) {
            (StatusCode::UNAUTHORIZED, ErrorCode::ErrorGeneric) => Outcome::Unauthorized,
            (StatusCode::FORBIDDEN, _) => Outcome::Forbidden,
            (StatusCode::NOT_FOUND, _) => Outcome::NotFound,
            (StatusCode::METHOD_NOT_ALLOWED, _) => Outcome::MethodNotAllowed,
            (StatusCode::REQUEST_TIMEOUT, _) => Outcome::TooSlow,
            (StatusCode::PAYLOAD_TOO_LARGE, _) => Outcome::TooLarge,
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, _) => Outcome::UnsupportedMediaType,
            (StatusCode::SERVICE_UNAVAILABLE, _) => Outcome::Overloaded,
            (_, ErrorCode::InputInvalid) => Outcome::InputInvalid,
            (_, ErrorCode::UserNotFound) => Outcome::UserNotFound,
            (_, ErrorCode::OperationContextInvalid) => Outcome::OperationContextInvalid,
            (_, ErrorCode::ConsentDataInvalid) => Outcome::ConsentDataInvalid,
            (_, ErrorCode::RemoteError) => Outcome::RemoteError,
            (_, ErrorCode::AuthenticationFailed) => Outcome::AuthenticationFailed,
            (_, ErrorCode::SmsAuthorizationFailed) => Outcome::SmsAuthorizationFailed,
            (_, ErrorCode::ErrorGeneric) => Outcome::Internal,
        }
    }

    /// What only the log reads; `None` when there is no more to say.
    pub(crate) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
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
        for (name, value) in &self.headers {
            response.append_header((name.clone(), *value));
        }
        if self.closes {
            response.force_close();
        }
        match serde_json::to_vec(&self.body()) {
            Ok(json) => response.insert_header((CONTENT_TYPE, "application/json")).body(json),
            Err(_) => response.finish(),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let (status, message) = match refusal {
            Refusal::Unreadable => (StatusCode::BAD_REQUEST, "error.invalidRequest"),
            Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "error.requestTooLarge"),
            Refusal::TooSlow => (StatusCode::REQUEST_TIMEOUT, "error.requestTimeout"),
            Refusal::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "error.unsupportedMediaType")
            }
            Refusal::UnknownPath => (StatusCode::NOT_FOUND, "error.notFound"),
            Refusal::WrongMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "error.methodNotAllowed"),
        };
        let headers = match refusal {
            Refusal::WrongMethod(allowed) => vec![(ALLOW, allowed)],
            Refusal::Unreadable
            | Refusal::TooLarge
            | Refusal::TooSlow
            | Refusal::UnsupportedMediaType
            | Refusal::UnknownPath => Vec::new(),
        };
        let closes = refusal == Refusal::TooSlow;
        Self { headers, closes, ..Self::new(status, ErrorCode::InputInvalid, message) }
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
            FormDataError::Unreadable => Refusal::Unreadable.into(),
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

/// The body of an answer to bytes that are no request.
pub(crate) fn refusal_body(status: StatusCode) -> Vec<u8> {
    let message = match status {
        StatusCode::REQUEST_TIMEOUT => "error.requestTimeout",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "error.requestTooLarge",
        _ => "error.invalidRequest",
    };
    let body = ErrorBody {
        code: ErrorCode::InputInvalid,
        message: message.to_owned(),
        validation_errors: None,
        remaining_attempts: None,
    };
    serde_json::to_vec(&ErrorResponse::from(body)).unwrap_or_default()
}

/// Answers a path that there is not.
pub(crate) async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(Refusal::UnknownPath.into())
}

/// Answers a path that is called with another method than `allowed`.
pub(crate) async fn method_not_allowed(allowed: &'static str) -> Result<HttpResponse, ApiError> {
    Err(Refusal::WrongMethod(allowed).into())
}
