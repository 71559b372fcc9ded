use std::collections::BTreeMap;

use actix_web::ResponseError as _;
use data_adapter_core::AdapterError;
use data_adapter_protocol::admin::ProblemDetails;
use data_adapter_server::Refusal;
use serde_json::Value;
use utoipa::ToSchema as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};

use super::examples::Sample;
use super::operation::content;
use crate::error::{ApiError, PROBLEM_JSON, wording};

/// An error, what it means, and how it looks.
pub(super) struct Problem {
    name: &'static str,
    meaning: &'static str,
    status: String,
    value: Value,
}

impl Problem {
    fn new(name: &'static str, meaning: &'static str, error: impl Into<ApiError>) -> Self {
        let error = error.into();
        let status = error.status_code().as_str().to_owned();
        let value = serde_json::to_value(error.body()).unwrap_or_default();
        Self { name, meaning, status, value }
    }

    /// What the shell refuses, in the words of this API.
    fn refused(name: &'static str, meaning: &'static str, refusal: Refusal) -> Self {
        let status = refusal.status().as_str().to_owned();
        let value = serde_json::from_slice(&wording(refusal).body).unwrap_or_default();
        Self { name, meaning, status, value }
    }

    fn sample(&self) -> Sample {
        Sample { name: self.name, summary: self.meaning, value: self.value.clone() }
    }
}

/// A member or parameter is missing or not usable.
pub(super) fn invalid(member: &'static str, wanted: &'static str) -> Problem {
    let meaning = "The request is not valid; `errors` names each member that is not";
    Problem::new("not-valid", meaning, ApiError::invalid(member, wanted))
}

pub(super) fn unknown_user() -> Problem {
    Problem::new("unknown-user", "There is no such user", ApiError::unknown_user())
}

pub(super) fn unknown_device() -> Problem {
    Problem::new("unknown-device", "The user has no such device", ApiError::unknown_device())
}

pub(super) fn unknown_partner() -> Problem {
    Problem::new("unknown-partner", "There is no such partner", ApiError::unknown_partner())
}

pub(super) fn full() -> Problem {
    Problem::new("full", "The user has 50 devices", ApiError::full())
}

pub(super) fn blocked() -> Problem {
    Problem::new("blocked", "The user is blocked", ApiError::blocked())
}

pub(super) fn limited() -> Problem {
    let meaning = "A limit of what may be sent is reached, so that there is no code.";
    Problem::new("limited", meaning, ApiError::limited())
}

pub(super) fn unreachable() -> Problem {
    let meaning = "The user has no phone number that can be used, or no device";
    Problem::new("unreachable", meaning, ApiError::unreachable())
}

pub(super) fn elsewhere() -> Problem {
    Problem::new("elsewhere", "Codes are made by a back end of the bank's own", ApiError::elsewhere())
}

pub(super) fn no_trail() -> Problem {
    Problem::new("off", "There is no audit log in a file", ApiError::no_trail())
}

/// The answers to these, one for each status.
pub(super) fn responses(problems: Vec<Problem>) -> Vec<(String, RefOr<Response>)> {
    let mut by_status: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for problem in problems {
        by_status.entry(problem.status.clone()).or_default().push(problem);
    }
    by_status.into_iter().map(|(status, problems)| (status, response(&problems).build().into())).collect()
}

/// The answers that are the same for all operations, by their names. The first are those of all, the others of those with a body.
fn shared() -> (Vec<Shared>, Vec<Shared>) {
    let busy = "There is more to do than is allowed at once; try again";
    let remote = AdapterError::Remote(String::new());
    let no_token = "There is no token of an operator, or it is not right";
    let internal = AdapterError::Internal(String::new());
    let of_all = vec![
        ("Unauthorized", vec![Problem::new("no-token", no_token, ApiError::unauthorized())]),
        (
            "Internal",
            vec![Problem::new("internal", "Something unexpected happened; the log says what", internal)],
        ),
        (
            "Unavailable",
            vec![
                Problem::refused("overloaded", busy, Refusal::Overloaded),
                Problem::new("no-answer", "A system behind does not answer", remote),
            ],
        ),
    ];
    let with_body = vec![
        ("TooSlow", vec![Problem::refused("too-slow", "The body took too long to come", Refusal::TooSlow)]),
        ("TooLarge", vec![Problem::refused("too-large", "The body has too many bytes", Refusal::TooLarge)]),
        (
            "UnsupportedMediaType",
            vec![Problem::new("media-type", "The body is no JSON in UTF-8", ApiError::media_type())],
        ),
    ];
    (of_all, with_body)
}

/// An answer that several operations have: its name, and what it may mean.
type Shared = (&'static str, Vec<Problem>);

/// The components that [`references`] refers to.
pub(super) fn shared_responses() -> BTreeMap<&'static str, Response> {
    let text = || {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))))
            .build()
    };
    let header = |response: ResponseBuilder, name: &str| match name {
        "Unauthorized" => response.header("www-authenticate", text()),
        "Unavailable" => response.header("retry-after", text()),
        _ => response,
    };
    let (of_all, with_body) = shared();
    let all = of_all.into_iter().chain(with_body);
    all.map(|(name, problems)| (name, header(response(&problems), name).build())).collect()
}

/// References to the answers that every operation has, with a body or without.
pub(super) fn references(has_body: bool) -> Vec<(String, RefOr<Response>)> {
    let (of_all, with_body) = shared();
    let shared = of_all.into_iter().chain(with_body.into_iter().filter(|_| has_body));
    let reference = |(name, problems): Shared| {
        let status = problems.first()?.status.clone();
        Some((status, Ref::from_response_name(name).into()))
    };
    shared.filter_map(reference).collect()
}

fn response(problems: &[Problem]) -> ResponseBuilder {
    let lines: Vec<String> = problems.iter().map(|problem| format!("- {}", problem.meaning)).collect();
    let samples = problems.iter().map(Problem::sample).collect();
    let content = content(Ref::from_schema_name(ProblemDetails::name()), samples);
    ResponseBuilder::new().description(lines.join("\n")).content(PROBLEM_JSON, content)
}
