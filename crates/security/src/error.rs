use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use data_adapter_core::AdapterError;
use data_adapter_protocol::security::{Errors, LoginError, Problem, Problems};
use data_adapter_server::{Fault, Refusal, Wording};
use serde::Serialize;

const JSON: &str = "application/json";

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// What goes wrong on the way, with one text for the client and another for the log.
#[derive(Debug)]
pub(crate) struct ApiError {
    kind: ErrorKind,
    body: Body,
    detail: Option<String>,
}

/// What kinds there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    Invalid,
    LoginFailed,
    Unauthorized,
    NoSession,
    Remote,
    Internal,
}

/// What the client reads.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Body {
    Errors(Errors),
    Login(LoginError),
}

impl ErrorKind {
    fn status(self) -> StatusCode {
        match self {
            Self::Invalid | Self::LoginFailed | Self::NoSession => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Remote | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the metrics call it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Invalid => "input_invalid",
            Self::LoginFailed => "authentication_failed",
            Self::Unauthorized => "unauthorized",
            Self::NoSession => "no_session",
            Self::Remote => "remote_error",
            Self::Internal => "internal",
        }
    }
}

/// What clients know a lapsed session by.
const NO_SESSION: &str = "0387";

impl ApiError {
    /// An error whose `Status` is that of HTTP.
    fn of(kind: ErrorKind, detail: &'static str) -> Self {
        let status = kind.status().as_u16().to_string();
        Self { kind, body: Body::Errors(Errors::one(status, detail)), detail: None }
    }

    /// The name, the password or the scheme is wrong, or the partner is blocked: nothing tells which.
    pub(crate) fn invalid_grant() -> Self {
        let body = LoginError {
            error: "invalid_grant".into(),
            error_description: "The user name, the password or the scheme code is not right.".into(),
        };
        Self { kind: ErrorKind::LoginFailed, body: Body::Login(body), detail: None }
    }

    /// There is no token, or none that is good.
    pub(crate) fn unauthorized() -> Self {
        Self::of(ErrorKind::Unauthorized, "The access token is missing, or not good any more: log in.")
    }

    /// The consumer has no session.
    pub(crate) fn no_session() -> Self {
        let detail = "The consumer's session has lapsed: call PostLoginDetails.";
        let body = Body::Errors(Errors::one(NO_SESSION, detail));
        Self { kind: ErrorKind::NoSession, body, detail: None }
    }

    /// What the client reads.
    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    fn fault(&self) -> Fault {
        Fault {
            outcome: self.kind.outcome(),
            text: self.to_string(),
            detail: self.detail.clone(),
            is_failure: self.kind == ErrorKind::Remote,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        match &self.body {
            Body::Errors(Errors { errors }) if self.kind == ErrorKind::Invalid => {
                errors.iter().try_for_each(|error| write!(f, " {}", error.detail))
            }
            Body::Errors(_) | Body::Login(_) => Ok(()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.kind == ErrorKind::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, "Bearer realm=\"data-adapter\""));
        }
        let response = match serde_json::to_vec(&self.body) {
            Ok(json) => response.insert_header((CONTENT_TYPE, JSON)).body(json),
            Err(_) => response.finish(),
        };
        self.fault().mark(response)
    }
}

impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        let kind = ErrorKind::Invalid;
        Self { kind, body: Body::Errors(Errors::of(kind.status().as_str(), &problems)), detail: None }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Problems::from(problem).into()
    }
}

impl From<AdapterError> for ApiError {
    fn from(error: AdapterError) -> Self {
        let (kind, told) = match &error {
            AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Unanswerable(_) => {
                (ErrorKind::Remote, "A system behind does not answer now: try again later.")
            }
            AdapterError::InvalidOperationContext(_)
            | AdapterError::InvalidConsentData(_)
            | AdapterError::InvalidInput(_)
            | AdapterError::AuthenticationFailed(_)
            | AdapterError::SmsAuthorizationFailed(_)
            | AdapterError::Internal(_) => (ErrorKind::Internal, "Something unexpected happened."),
        };
        Self { detail: Some(error.to_string()), ..Self::of(kind, told) }
    }
}

/// The body of an answer to what the shell refuses.
pub(crate) fn wording(refusal: Refusal) -> Wording {
    let errors = Errors::one(refusal.status().as_u16().to_string(), refusal.to_string());
    Wording { content_type: JSON, body: serde_json::to_vec(&errors).unwrap_or_default() }
}
