//! Answers in place of an API, in its words.

use std::fmt;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::api::Apis;
use crate::fault::Fault;
use crate::refusal::{Refusal, Wording};

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

    /// What is refused, for an API that has an answer of its own to it.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// Refuses `request` because the store or the like fails. `detail` is for the log only.
    pub(crate) fn unavailable(request: &HttpRequest, detail: impl fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(request, Refusal::Unavailable) }
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
        if !self.wording.body.is_empty() {
            response.insert_header((CONTENT_TYPE, self.wording.content_type));
        }
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
