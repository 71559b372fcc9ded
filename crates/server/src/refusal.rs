//! What the shell refuses, whichever API it is meant for.

use std::fmt;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::api::{Apis, Wording};
use crate::fault::Fault;

/// Why the shell answers in place of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What came is no request, or breaks off.
    Unreadable,
    /// The body has more bytes than are read.
    TooLarge,
    /// The head has more bytes than are read.
    HeadTooLarge,
    /// The head or the body takes too long to come.
    TooSlow,
    /// There is more to do than is allowed at once.
    Overloaded,
    /// There is nothing at this path.
    UnknownPath,
    /// The path is called with another method than these.
    WrongMethod(&'static str),
    /// The caller does not say who it is, or not truly.
    Unauthorized,
    /// The caller may use other paths only.
    Forbidden,
    /// A page is asked for under a name of a host that is not ours.
    ForbiddenHost,
    /// Something unexpected happened.
    Internal,
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForbiddenHost => StatusCode::FORBIDDEN,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The headers that come with it.
    #[must_use]
    pub fn headers(self) -> Vec<(HeaderName, &'static str)> {
        match self {
            Self::Overloaded => vec![(RETRY_AFTER, "1")],
            Self::WrongMethod(allowed) => vec![(ALLOW, allowed)],
            Self::Unauthorized => vec![
                (WWW_AUTHENTICATE, "Basic realm=\"data-adapter\", charset=\"UTF-8\""),
                (WWW_AUTHENTICATE, "Bearer realm=\"data-adapter\""),
            ],
            Self::Unreadable
            | Self::TooLarge
            | Self::HeadTooLarge
            | Self::TooSlow
            | Self::UnknownPath
            | Self::Forbidden
            | Self::ForbiddenHost
            | Self::Internal => Vec::new(),
        }
    }

    /// What the metrics call it.
    fn outcome(self) -> &'static str {
        match self {
            Self::Unreadable => "input_invalid",
            Self::TooLarge | Self::HeadTooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Overloaded => "overloaded",
            Self::UnknownPath => "not_found",
            Self::WrongMethod(_) => "method_not_allowed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden | Self::ForbiddenHost => "forbidden",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "This is no whole request.",
            Self::TooLarge => "The body has too many bytes.",
            Self::HeadTooLarge => "The head has too many bytes.",
            Self::TooSlow => "The request took too long to come.",
            Self::Overloaded => "There is more to do than is allowed at once; try again.",
            Self::UnknownPath => "There is nothing at this path.",
            Self::WrongMethod(_) => "This path is not called with this method.",
            Self::Unauthorized => "The caller does not say who it is, or not rightly.",
            Self::Forbidden => "The caller may not use this path.",
            Self::ForbiddenHost => "The page is not shown under this name of a host.",
            Self::Internal => "Something unexpected happened; the log says what.",
        })
    }
}

/// A refusal in the words of the API that the request was meant for.
#[derive(Debug)]
pub struct Refused {
    refusal: Refusal,
    wording: Wording,
    detail: Option<String>,
}

impl Refused {
    /// Refuses `request`.
    #[must_use]
    pub fn new(request: &HttpRequest, refusal: Refusal) -> Self {
        let apis = request.app_data::<web::Data<Apis>>();
        let apis = apis.map_or_else(Apis::default, |apis| Apis::clone(apis));
        // What the router matches, with percent-encoding resolved as it resolves it.
        let wording = apis.wording(request.match_info().as_str(), refusal);
        Self { refusal, wording, detail: None }
    }

    /// Refuses `request` because of something that nobody expects. `detail` is for the log only.
    pub(crate) fn internal(request: &HttpRequest, detail: impl fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(request, Refusal::Internal) }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refusal.fmt(f)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.refusal.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.refusal.status());
        for header in self.refusal.headers() {
            response.append_header(header);
        }
        response.insert_header((CONTENT_TYPE, self.wording.content_type));
        let mut response = response.body(self.wording.body.clone());
        if self.refusal == Refusal::TooSlow {
            // Whatever else comes is not waited for.
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        let fault = Fault {
            outcome: self.refusal.outcome(),
            text: format!("{:?}", self.refusal),
            detail: self.detail.clone(),
            is_failure: false,
        };
        fault.mark(response)
    }
}

/// Answers `request` with a refusal, in the words of the API that it was meant for.
pub(crate) fn refuse(request: ServiceRequest, refusal: Refusal) -> ServiceResponse {
    let refused = Refused::new(request.request(), refusal);
    request.error_response(refused)
}

/// Answers a path that there is not.
pub(crate) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Refused> {
    Err(Refused::new(&request, Refusal::UnknownPath))
}

/// Answers a path that is called with another method than `allowed`, a list as in the header `allow`.
///
/// # Errors
///
/// Always.
pub async fn method_not_allowed(
    request: HttpRequest,
    allowed: &'static str,
) -> Result<HttpResponse, Refused> {
    Err(Refused::new(&request, Refusal::WrongMethod(allowed)))
}
