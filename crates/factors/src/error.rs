use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use data_adapter_core::AdapterError;
use data_adapter_protocol::factors::{
    BadRequest, Conflict, ConflictCode, Forbidden, ForbiddenCode, NotFound,
};
use data_adapter_sca::{RateLimit, RateLimits};
use data_adapter_server::{Fault, Refusal, Wording};
use jiff::SignedDuration;
use serde::Serialize;

use crate::limits::{reset, seconds};

const JSON: &str = "application/json";

/// The limits of the operation.
pub(crate) const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");

/// When the one that is reached is over.
pub(crate) const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// What goes wrong on the way.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The request is not valid.
    Invalid(BadRequest),
    /// There is no key of a programme, or no token, that is good.
    Unauthorized,
    /// The user is another programme's.
    Forbidden,
    /// It can't be done as things are.
    Conflict(ConflictCode),
    /// The reference of the call is over-long.
    ReferenceTooLong,
    /// The user calls too often: the limits, and when the one that is reached is over.
    TooMany { limits: String, retry_after: i64, reset: String },
    /// A system behind does not answer; for the log.
    Unavailable(String),
    /// Something that nobody expects; for the log.
    Internal(String),
}

impl ApiError {
    /// The user calls too often.
    pub(crate) fn too_many(limits: &RateLimits, reached: RateLimit, resets_in: SignedDuration) -> Self {
        let (retry_after, reset) = (seconds(resets_in), reset(reached, resets_in));
        Self::TooMany { limits: limits.to_string(), retry_after, reset }
    }

    /// What the metrics call it.
    fn outcome(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "input_invalid",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Conflict(_) => "conflict",
            Self::ReferenceTooLong => "too_large",
            Self::TooMany { .. } => "too_many_requests",
            Self::Unavailable(_) => "remote_error",
            Self::Internal(_) => "internal",
        }
    }

    /// What the client reads; `None` for nothing.
    pub(crate) fn body(&self) -> Option<serde_json::Value> {
        match self {
            Self::Invalid(invalid) => written(invalid),
            Self::Forbidden => written(&Forbidden { error_code: ForbiddenCode::InsufficientPermissions }),
            Self::Conflict(code) => written(&Conflict { error_code: *code }),
            Self::ReferenceTooLong => {
                written(&named(StatusCode::PAYLOAD_TOO_LARGE, "The idempotency-ref is over-long."))
            }
            Self::TooMany { .. } => {
                written(&named(StatusCode::TOO_MANY_REQUESTS, "This is done too often: try again later."))
            }
            Self::Unauthorized | Self::Unavailable(_) | Self::Internal(_) => None,
        }
    }

    /// The headers that come with it.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, String)> {
        match self {
            Self::Unauthorized => vec![(WWW_AUTHENTICATE, "Bearer realm=\"data-adapter\"".to_owned())],
            Self::TooMany { limits, retry_after, reset } => {
                vec![(LIMIT, limits.clone()), (RESET, reset.clone()), (RETRY_AFTER, retry_after.to_string())]
            }
            Self::Invalid(_)
            | Self::Forbidden
            | Self::Conflict(_)
            | Self::ReferenceTooLong
            | Self::Unavailable(_)
            | Self::Internal(_) => Vec::new(),
        }
    }

    fn fault(&self) -> Fault {
        let detail = match self {
            Self::Unavailable(detail) | Self::Internal(detail) => Some(detail.clone()),
            Self::Invalid(_)
            | Self::Unauthorized
            | Self::Forbidden
            | Self::Conflict(_)
            | Self::ReferenceTooLong
            | Self::TooMany { .. } => None,
        };
        let is_failure = matches!(self, Self::Unavailable(_));
        Fault { outcome: self.outcome(), text: self.to_string(), detail, is_failure }
    }
}

fn written(body: &impl Serialize) -> Option<serde_json::Value> {
    serde_json::to_value(body).ok()
}

/// A body for a status that the document of the API has none for.
fn named(status: StatusCode, message: impl Into<std::borrow::Cow<'static, str>>) -> NotFound {
    let name = status.canonical_reason().unwrap_or_default();
    let code = name.to_ascii_uppercase().replace([' ', '-'], "_");
    NotFound { code: code.into(), message: message.into() }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(BadRequest { message, syntax_errors }) => {
                f.write_str(message)?;
                let mut fields = syntax_errors.invalid_fields.iter();
                fields.try_for_each(|field| write!(f, " {} {:?}", field.field_name, field.error))
            }
            Self::Unauthorized => f.write_str("Unauthorized"),
            Self::Forbidden => f.write_str("Forbidden"),
            Self::Conflict(code) => write!(f, "{code:?}"),
            Self::ReferenceTooLong => f.write_str("ReferenceTooLong"),
            Self::TooMany { reset, .. } => write!(f, "TooMany {reset}"),
            Self::Unavailable(_) => f.write_str("Unavailable"),
            Self::Internal(_) => f.write_str("Internal"),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::ReferenceTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.insert_header((name, value));
            }
        }
        let response = match self.body() {
            Some(body) => response.json(body),
            None => response.finish(),
        };
        self.fault().mark(response)
    }
}

impl From<BadRequest> for ApiError {
    fn from(invalid: BadRequest) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<ConflictCode> for ApiError {
    fn from(code: ConflictCode) -> Self {
        Self::Conflict(code)
    }
}

impl From<AdapterError> for ApiError {
    fn from(error: AdapterError) -> Self {
        match &error {
            AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Unanswerable(_) => {
                Self::Unavailable(error.to_string())
            }
            AdapterError::InvalidOperationContext(_)
            | AdapterError::InvalidConsentData(_)
            | AdapterError::InvalidInput(_)
            | AdapterError::AuthenticationFailed(_)
            | AdapterError::SmsAuthorizationFailed(_)
            | AdapterError::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}

/// The body of an answer to what the shell refuses.
pub(crate) fn wording(refusal: Refusal) -> Wording {
    let body = match refusal {
        Refusal::Unreadable => written(&BadRequest::whole("This is no whole request.")),
        Refusal::UnknownPath
        | Refusal::WrongMethod(_)
        | Refusal::TooLarge
        | Refusal::HeadTooLarge
        | Refusal::HeaderTooLong(_)
        | Refusal::TooSlow => written(&named(refusal.status(), refusal.to_string())),
        Refusal::Forbidden | Refusal::ForbiddenHost => ApiError::Forbidden.body(),
        Refusal::Unauthorized | Refusal::Overloaded | Refusal::Unavailable | Refusal::Internal => None,
    };
    let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    Wording { content_type: JSON, body }
}
