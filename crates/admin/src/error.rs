use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use data_adapter_core::AdapterError;
use data_adapter_protocol::admin::{MemberProblem, ProblemDetails, ProblemReason};
use data_adapter_protocol::json::{Problem, Problems};
use data_adapter_server::{Fault, Refusal, Wording};

pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// How an operator is asked for a token.
pub(crate) const CHALLENGE: &str = "Bearer realm=\"data-adapter\"";

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// What goes wrong on the way, with one text for the client and another for the log.
#[derive(Debug)]
pub(crate) struct ApiError {
    kind: ErrorKind,
    told: Cow<'static, str>,
    errors: Vec<MemberProblem>,
    detail: Option<String>,
}

/// What kinds there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    MediaType,
    Invalid,
    Unauthorized,
    UnknownUser,
    UnknownDevice,
    NoNumber,
    UnknownPartner,
    Full,
    Blocked,
    Unreachable,
    Limited,
    Elsewhere,
    Off,
    Remote,
    Internal,
}

impl ErrorKind {
    fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnknownUser | Self::UnknownDevice | Self::NoNumber | Self::UnknownPartner => {
                StatusCode::NOT_FOUND
            }
            Self::Full | Self::Blocked | Self::Unreachable | Self::Limited | Self::Elsewhere | Self::Off => {
                StatusCode::CONFLICT
            }
            Self::Remote => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the metrics call it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Invalid => "input_invalid",
            Self::MediaType => "unsupported_media_type",
            Self::Unauthorized => "unauthorized",
            Self::UnknownUser => "user_not_found",
            Self::UnknownDevice | Self::NoNumber => "device_not_found",
            Self::UnknownPartner => "partner_not_found",
            Self::Full => "too_many_devices",
            Self::Blocked => "blocked",
            Self::Unreachable => "unreachable",
            Self::Limited => "limited",
            Self::Elsewhere => "elsewhere",
            Self::Off => "off",
            Self::Remote => "remote_error",
            Self::Internal => "internal",
        }
    }

    fn reason(self) -> Option<ProblemReason> {
        match self {
            Self::Full => Some(ProblemReason::Full),
            Self::Blocked => Some(ProblemReason::Blocked),
            Self::Unreachable => Some(ProblemReason::Unreachable),
            Self::Limited => Some(ProblemReason::Limited),
            Self::Elsewhere => Some(ProblemReason::Elsewhere),
            Self::Off => Some(ProblemReason::Off),
            Self::Invalid
            | Self::MediaType
            | Self::Unauthorized
            | Self::UnknownUser
            | Self::UnknownDevice
            | Self::NoNumber
            | Self::UnknownPartner
            | Self::Remote
            | Self::Internal => None,
        }
    }
}

impl ApiError {
    fn new(kind: ErrorKind, told: &'static str) -> Self {
        Self { kind, told: told.into(), errors: Vec::new(), detail: None }
    }

    /// One member is not valid.
    pub(crate) fn invalid(name: &'static str, wanted: impl Into<String>) -> Self {
        Problems::from(Problem::of(name, wanted)).into()
    }

    /// The body is no JSON.
    pub(crate) fn media_type() -> Self {
        Self::new(ErrorKind::MediaType, "The body has to be JSON in UTF-8.")
    }

    /// There is no token, or it is nobody's.
    pub(crate) fn unauthorized() -> Self {
        Self::new(ErrorKind::Unauthorized, "The token of an operator is missing, or not right.")
    }

    /// There is no such user.
    pub(crate) fn unknown_user() -> Self {
        Self::new(ErrorKind::UnknownUser, "There is no such user.")
    }

    /// The user has no such device.
    pub(crate) fn unknown_device() -> Self {
        Self::new(ErrorKind::UnknownDevice, "The user has no such device.")
    }

    /// What the path has is the number of no device.
    pub(crate) fn no_number() -> Self {
        Self { kind: ErrorKind::NoNumber, ..Self::unknown_device() }
    }

    /// There is no such partner.
    pub(crate) fn unknown_partner() -> Self {
        Self::new(ErrorKind::UnknownPartner, "There is no such partner.")
    }

    /// The user has as many devices as anybody may have.
    pub(crate) fn full() -> Self {
        Self::new(ErrorKind::Full, "The user has as many devices as a user may have.")
    }

    /// The user may approve nothing now.
    pub(crate) fn blocked() -> Self {
        Self::new(ErrorKind::Blocked, "The user is blocked.")
    }

    /// Nothing reaches the user.
    pub(crate) fn limited() -> Self {
        Self::new(ErrorKind::Limited, "The code may not be sent: a limit of what may be sent is reached.")
    }

    pub(crate) fn unreachable() -> Self {
        Self::new(ErrorKind::Unreachable, "The user has no phone number that can be used, or no device.")
    }

    /// Nobody here makes requests.
    pub(crate) fn elsewhere() -> Self {
        Self::new(
            ErrorKind::Elsewhere,
            "Codes are made by a back end of the bank's own, and so are requests.",
        )
    }

    /// There is no audit log to read.
    pub(crate) fn no_trail() -> Self {
        Self::new(ErrorKind::Off, "There is no audit log in a file that could be read here.")
    }

    /// Whether it was refused for what it is, before anything was asked.
    pub(crate) fn is_of_the_request(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Invalid
                | ErrorKind::MediaType
                | ErrorKind::NoNumber
                | ErrorKind::UnknownPartner
                | ErrorKind::Full
                | ErrorKind::Elsewhere
                | ErrorKind::Off
        )
    }

    /// What the client reads.
    pub(crate) fn body(&self) -> ProblemDetails {
        ProblemDetails {
            reason: self.kind.reason(),
            errors: self.errors.clone(),
            ..details(self.kind.status(), self.told.clone())
        }
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
        self.errors.iter().try_for_each(|error| write!(f, " {} {}", error.member, error.detail))
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.kind == ErrorKind::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, CHALLENGE));
        }
        let response = match serde_json::to_vec(&self.body()) {
            Ok(json) => response.insert_header((CONTENT_TYPE, PROBLEM_JSON)).body(json),
            Err(_) => response.finish(),
        };
        self.fault().mark(response)
    }
}

impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        let errors = MemberProblem::of(&problems);
        let whole = problems.iter().find(|problem| !matches!(problem, Problem::Member { .. }));
        let told = whole.map_or("The request is not valid.".into(), |whole| whole.to_string().into());
        Self { kind: ErrorKind::Invalid, told, errors, detail: None }
    }
}

impl From<AdapterError> for ApiError {
    fn from(error: AdapterError) -> Self {
        let (kind, told) = match &error {
            AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Unanswerable(_) => {
                (ErrorKind::Remote, "A system behind does not answer now; try again later.")
            }
            AdapterError::InvalidOperationContext(_)
            | AdapterError::InvalidConsentData(_)
            | AdapterError::InvalidInput(_)
            | AdapterError::AuthenticationFailed(_)
            | AdapterError::SmsAuthorizationFailed(_)
            | AdapterError::Internal(_) => {
                (ErrorKind::Internal, "Something unexpected happened; the log says what.")
            }
        };
        Self { detail: Some(error.to_string()), ..Self::new(kind, told) }
    }
}

fn details(status: StatusCode, detail: Cow<'static, str>) -> ProblemDetails {
    ProblemDetails {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or_default().into(),
        status: status.as_u16(),
        detail,
        reason: None,
        errors: Vec::new(),
    }
}

/// The body of an answer to what the shell refuses.
pub(crate) fn wording(refusal: Refusal) -> Wording {
    let details = details(refusal.status(), refusal.to_string().into());
    Wording { content_type: PROBLEM_JSON, body: serde_json::to_vec(&details).unwrap_or_default() }
}
