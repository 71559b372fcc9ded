use std::collections::{BTreeMap, BTreeSet};

use actix_web::ResponseError as _;
use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_server::{Access, Refusal};
use serde_json::Value;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, Response};

use super::examples::Sample;
use super::operation::{StatusResponse, error_response};
use crate::error::{ApiError, Malformed};

/// An error, what it means, and how it looks.
pub(super) struct Problem {
    name: &'static str,
    meaning: &'static str,
    error: ApiError,
    /// The example of the contract, where it has one.
    example: Option<Value>,
}

impl Problem {
    fn new(name: &'static str, meaning: &'static str, error: impl Into<ApiError>) -> Self {
        Self { name, meaning, error: error.into(), example: None }
    }

    /// Shows an example of the contract.
    pub(super) fn like(self, name: &'static str, meaning: &'static str, example: Value) -> Self {
        Self { name, meaning, example: Some(example), ..self }
    }

    fn sample(self) -> Sample {
        let made = || serde_json::to_value(self.error.body()).unwrap_or_default();
        Sample { name: self.name, summary: self.meaning, value: self.example.unwrap_or_else(made) }
    }

    fn line(&self) -> String {
        let code = serde_json::to_value(self.error.code()).unwrap_or_default();
        format!("- `{}`: {}", code.as_str().unwrap_or_default(), self.meaning)
    }
}

fn adapter(name: &'static str, meaning: &'static str, error: fn(String) -> AdapterError) -> Problem {
    Problem::new(name, meaning, error(String::new()))
}

pub(super) fn invalid() -> Problem {
    Problem::new("not-valid", "The request is not valid", Malformed::Unreadable)
}

pub(super) fn user_not_found() -> Problem {
    Problem::new("user-not-found", "There is no such user", ApiError::user_not_found())
}

pub(super) fn unknown_operation() -> Problem {
    adapter("operation-context", "There is no such operation", AdapterError::InvalidOperationContext)
}

pub(super) fn unusable_operation() -> Problem {
    let meaning = "There is no such operation, or a payment has more than one amount or account";
    adapter("operation-context", meaning, AdapterError::InvalidOperationContext)
}

pub(super) fn invalid_consent() -> Problem {
    adapter("consent-data", "A required option is not ticked", AdapterError::InvalidConsentData)
}

pub(super) fn remote() -> Problem {
    adapter("remote", "A system behind did not answer", AdapterError::Remote)
}

pub(super) fn authentication_failed() -> Problem {
    let meaning = "A back end refuses the password by an error; most answer 200 with a result instead";
    adapter("authentication-failed", meaning, AdapterError::AuthenticationFailed)
}

pub(super) fn code_refused() -> Problem {
    let meaning = "A back end refuses the code by an error; most answer 200 with a result instead";
    adapter("code-refused", meaning, AdapterError::SmsAuthorizationFailed)
}

pub(super) fn internal() -> Problem {
    adapter("internal", "Something unexpected happened; the log says what", AdapterError::Internal)
}

/// What a caller gets who does not say who it is.
pub(super) fn unauthorized() -> Problem {
    let meaning = "The caller does not say who it is, or not rightly";
    Problem::new("caller-unauthorized", meaning, Refusal::Unauthorized)
}

fn forbidden() -> Problem {
    Problem::new("caller-forbidden", "The caller may not use this path", Refusal::Forbidden)
}

/// An answer that many operations have: its name, and what it may mean.
type Shared = (&'static str, Vec<Problem>);

/// The answers by status that are the same for every operation with a body.
fn shared(dialect: Dialect, access: Access) -> Vec<Shared> {
    let mut shared = vec![
        ("TooSlow", vec![Problem::new("too-slow", "The body took too long to come", Refusal::TooSlow)]),
        ("TooLarge", vec![Problem::new("too-large", "The body has too many bytes", Refusal::TooLarge)]),
        (
            "UnsupportedMediaType",
            vec![Problem::new("media-type", "The body is no JSON in UTF-8", Malformed::MediaType)],
        ),
        match dialect {
            Dialect::V0_22 => ("Overloaded", vec![overloaded()]),
            // A system behind that does not answer has this status as well.
            Dialect::V1 => ("Unavailable", vec![overloaded(), remote()]),
        },
    ];
    shared.extend(callers(access));
    shared
}

fn overloaded() -> Problem {
    let meaning = "There is more to do than is allowed at once; try again";
    Problem::new("overloaded", meaning, Refusal::Overloaded)
}

/// The answers by status that operations have where callers have to say who they are.
fn callers(access: Access) -> Option<Shared> {
    access.is_checked().then(|| ("Forbidden", vec![forbidden()]))
}

fn without_content(access: Access) -> Vec<Shared> {
    [Some(("Overloaded", vec![overloaded()])), callers(access)].into_iter().flatten().collect()
}

/// The components that [`with_body`] and [`without_body`] refer to.
pub(super) fn shared_responses(dialect: Dialect, access: Access) -> BTreeMap<&'static str, Response> {
    let all = shared(dialect, access).into_iter().chain(without_content(access));
    all.map(|(name, problems)| (name, response(problems))).collect()
}

/// References to the answers that every operation with a body has.
pub(super) fn with_body(dialect: Dialect, access: Access) -> Vec<StatusResponse> {
    references(shared(dialect, access))
}

/// References to the answers that every operation has.
pub(super) fn without_body(access: Access) -> Vec<StatusResponse> {
    references(without_content(access))
}

fn references(shared: Vec<Shared>) -> Vec<StatusResponse> {
    let reference = |(name, problems): Shared| {
        let status = problems.first()?.error.status_code();
        Some((status.as_str().to_owned(), Ref::from_response_name(name).into()))
    };
    shared.into_iter().filter_map(reference).collect()
}

/// The answers to these problems, one for each status.
pub(super) fn responses(problems: Vec<Problem>) -> Vec<StatusResponse> {
    let mut by_status: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for problem in problems {
        by_status.entry(problem.error.status_code().as_str().to_owned()).or_default().push(problem);
    }
    by_status.into_iter().map(|(status, problems)| (status, response(problems).into())).collect()
}

fn response(problems: Vec<Problem>) -> Response {
    let lines: Vec<String> = problems.iter().map(Problem::line).collect();
    let headers: BTreeSet<String> =
        problems.iter().flat_map(|problem| problem.error.header_names()).map(str::to_owned).collect();
    let samples = problems.into_iter().map(Problem::sample).collect();
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    headers
        .into_iter()
        .fold(error_response(lines.join("\n"), samples), |response, name| {
            response.header(name, HeaderBuilder::new().schema(Some(text())).build())
        })
        .build()
}
