use std::collections::BTreeMap;

use actix_web::ResponseError as _;
use data_adapter_core::AdapterError;
use data_adapter_protocol::security::{Errors, LoginError, Problem as WireProblem};
use data_adapter_server::Refusal;
use serde_json::Value;
use utoipa::ToSchema as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};

use super::examples::Sample;
use super::operation::{JSON, content};
use crate::error::{ApiError, wording};

/// An error, what it means, and how it looks.
pub(super) struct Problem {
    name: &'static str,
    meaning: &'static str,
    status: String,
    value: Value,
    is_of_login: bool,
}

impl Problem {
    fn new(name: &'static str, meaning: &'static str, error: impl Into<ApiError>) -> Self {
        let error = error.into();
        let status = error.status_code().as_str().to_owned();
        let value = serde_json::to_value(error.body()).unwrap_or_default();
        Self { name, meaning, status, value, is_of_login: false }
    }

    /// What the shell refuses, in the words of this API.
    fn refused(name: &'static str, meaning: &'static str, refusal: Refusal) -> Self {
        let status = refusal.status().as_str().to_owned();
        let value = serde_json::from_slice(&wording(refusal).body).unwrap_or_default();
        Self { name, meaning, status, value, is_of_login: false }
    }

    fn sample(&self) -> Sample {
        Sample { name: self.name, summary: self.meaning, value: self.value.clone() }
    }
}

/// A member is missing or not usable.
pub(super) fn invalid(member: &'static str) -> Problem {
    let meaning = "The request is not valid; all that is wrong is listed";
    Problem::new("not-valid", meaning, WireProblem::of(member, "is missing"))
}

pub(super) fn invalid_grant() -> Problem {
    let meaning =
        "The user name, the password or the scheme code is not right, or the partner is blocked for a while";
    let problem = Problem::new("invalid-grant", meaning, ApiError::invalid_grant());
    Problem { is_of_login: true, ..problem }
}

pub(super) fn unknown_consumer() -> Problem {
    let meaning = "There is no such consumer, or it is another partner's";
    let problem = WireProblem::of("ConsumerID", "is that of no consumer of this partner");
    Problem::new("unknown-consumer", meaning, problem)
}

pub(super) fn unknown_device() -> Problem {
    let problem = WireProblem::of("SDKDeviceReferenceID", "is that of no device of this consumer");
    Problem::new("unknown-device", "The consumer has no such device", problem)
}

pub(super) fn no_session() -> Problem {
    Problem::new(
        "no-session",
        "The consumer has to log in again, where sessions are required",
        ApiError::no_session(),
    )
}

pub(super) fn wrong_type() -> Problem {
    let problem = WireProblem::of("SCAType", "has to be that of the SCA request");
    Problem::new("wrong-type", "The SCA request is of another type", problem)
}

/// The answer with 400.
pub(super) fn bad_request(problems: &[Problem]) -> Response {
    response(problems).build()
}

/// The answers that are the same for all operations, by their names.
fn shared() -> Vec<(&'static str, Problem)> {
    let busy = "There is more to do than is allowed at once; try again";
    let remote = AdapterError::Remote(String::new());
    vec![
        (
            "Unauthorized",
            Problem::new(
                "no-token",
                "There is no token, or it is not good any more",
                ApiError::unauthorized(),
            ),
        ),
        ("TooSlow", Problem::refused("too-slow", "The body took too long to come", Refusal::TooSlow)),
        ("ServerError", Problem::new("no-answer", "A system behind does not answer", remote)),
        ("Overloaded", Problem::refused("overloaded", busy, Refusal::Overloaded)),
    ]
}

/// The components that [`references`] refers to.
pub(super) fn shared_responses() -> BTreeMap<&'static str, Response> {
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let header = |response: ResponseBuilder, name: &str| match name {
        "Unauthorized" => {
            response.header("www-authenticate", HeaderBuilder::new().schema(Some(text())).build())
        }
        "Overloaded" => response.header("retry-after", HeaderBuilder::new().schema(Some(text())).build()),
        _ => response,
    };
    let all = shared().into_iter();
    all.map(|(name, problem)| (name, header(response(&[problem]), name).build())).collect()
}

/// References to the answers that every operation has.
pub(super) fn references(takes_token: bool) -> Vec<(String, RefOr<Response>)> {
    let of_operation = |name: &str| takes_token || name != "Unauthorized";
    let shared = shared().into_iter().filter(|(name, _)| of_operation(name));
    shared.map(|(name, problem)| (problem.status, Ref::from_response_name(name).into())).collect()
}

fn response(problems: &[Problem]) -> ResponseBuilder {
    let lines: Vec<String> = problems.iter().map(|problem| format!("- {}", problem.meaning)).collect();
    let samples = problems.iter().map(Problem::sample).collect();
    let errors = Ref::from_schema_name(Errors::name());
    let content = if problems.iter().any(|problem| problem.is_of_login) {
        let either = OneOfBuilder::new().item(errors).item(Ref::from_schema_name(LoginError::name()));
        content(either, samples)
    } else {
        content(errors, samples)
    };
    ResponseBuilder::new().description(lines.join("\n")).content(JSON, content)
}
