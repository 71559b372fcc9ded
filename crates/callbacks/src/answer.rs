//! What callbacks are answered.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use data_adapter_core::AdapterError;
use data_adapter_sca::CallbackRefusal;
use data_adapter_server::{Denial, Fault, turn_away};

use crate::api::problem;

/// The header of this name: `None` where it is missing, is there twice or is no text.
pub(crate) fn header(request: &HttpRequest, name: &str) -> Option<String> {
    let mut values = request.headers().get_all(name);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok().map(str::to_owned)
}

/// Turns away a call that is not known to be the provider's.
pub(crate) fn unsigned(request: &HttpRequest, refusal: CallbackRefusal) -> HttpResponse {
    turn_away(request, Denial::Unauthorized);
    let detail = match refusal {
        CallbackRefusal::Stale => "The signature is of another time.",
        CallbackRefusal::Unsigned | CallbackRefusal::Malformed => "The call is not signed, or not rightly.",
    };
    refused(StatusCode::UNAUTHORIZED, "unauthorized", detail)
}

pub(crate) fn malformed() -> HttpResponse {
    let detail = "The call is signed, and says nothing that can be understood.";
    refused(StatusCode::BAD_REQUEST, "input_invalid", detail)
}

pub(crate) fn refused(status: StatusCode, outcome: &'static str, detail: &str) -> HttpResponse {
    let response = HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(problem(status.as_u16(), detail));
    Fault { outcome, text: detail.to_owned(), detail: None, is_failure: false }.mark(response)
}

pub(crate) fn unavailable(error: &AdapterError) -> HttpResponse {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let told = "The store does not answer now; try again.";
    let response = HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(problem(status.as_u16(), told));
    Fault {
        outcome: "remote_error",
        text: "a callback could not be kept".to_owned(),
        detail: Some(error.to_string()),
        is_failure: true,
    }
    .mark(response)
}
