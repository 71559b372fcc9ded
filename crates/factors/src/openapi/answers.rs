//! What goes wrong, and what all answers have in common.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::ResponseError as _;
use actix_web::http::StatusCode;
use data_adapter_protocol::factors::{BadRequest, Conflict, ConflictCode, FieldError, Forbidden, NotFound};
use data_adapter_sca::{RateLimit, RateLimits};
use data_adapter_server::Refusal;
use jiff::SignedDuration;
use serde_json::Value;
use utoipa::ToSchema as _;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::operation::JSON;
use crate::api::REQUEST_REF;
use crate::error::{ApiError, wording};

/// An error, what it means, and how it looks.
pub(super) struct Problem {
    name: &'static str,
    meaning: &'static str,
    status: StatusCode,
    body: Option<Value>,
    headers: Vec<String>,
}

impl Problem {
    fn new(name: &'static str, meaning: &'static str, error: impl Into<ApiError>) -> Self {
        let error = error.into();
        let headers = error.headers().into_iter().map(|(name, _)| name.to_string()).collect();
        Self { name, meaning, status: error.status_code(), body: error.body(), headers }
    }

    /// What the shell refuses, in the words of this API.
    fn refused(name: &'static str, meaning: &'static str, refusal: Refusal) -> Self {
        let headers = refusal.headers().into_iter().map(|(name, _)| name.to_string()).collect();
        let body = serde_json::from_slice(&wording(refusal).body).ok();
        Self { name, meaning, status: refusal.status(), body, headers }
    }
}

/// A field is missing or not valid.
pub(super) fn invalid(
    name: &'static str,
    meaning: &'static str,
    field: &'static str,
    error: FieldError,
) -> Problem {
    Problem::new(name, meaning, BadRequest::of(field, error))
}

/// Another call was made under the same reference.
pub(super) fn other_call() -> Problem {
    let meaning = "The `idempotency-ref` was used for another call within the last 24 hours";
    let error = BadRequest::whole("The idempotency-ref was used for another call.");
    Problem::new("other-call", meaning, error)
}

/// It can't be done as things are.
pub(super) fn conflict(name: &'static str, meaning: &'static str, code: ConflictCode) -> Problem {
    Problem::new(name, meaning, code)
}

/// The reference is over-long.
pub(super) fn too_long() -> Problem {
    Problem::new(
        "reference-too-long",
        "The `idempotency-ref` has more than 255 characters",
        ApiError::ReferenceTooLong,
    )
}

/// The body is over-long.
pub(super) fn too_large() -> Problem {
    Problem::refused("too-large", "The body has too many bytes", Refusal::TooLarge)
}

/// The answers that are the same for all operations, by their names.
fn shared() -> Vec<(&'static str, Vec<Problem>)> {
    let limits: RateLimits = "10;w=60, 20;w=3600".parse().unwrap_or_default();
    let reached = RateLimit { limit: 10, window: SignedDuration::from_secs(60) };
    let too_many = ApiError::too_many(&limits, reached, SignedDuration::from_secs(42));
    vec![
        (
            "Unauthorized",
            vec![Problem::new(
                "unauthorized",
                "The key of the programme or the token of the user is wrong, or the user's session is over",
                ApiError::Unauthorized,
            )],
        ),
        (
            "Forbidden",
            vec![Problem::new("forbidden", "The user is another programme's", ApiError::Forbidden)],
        ),
        (
            "TooSlow",
            vec![Problem::refused("too-slow", "The request took too long to come", Refusal::TooSlow)],
        ),
        ("TooManyRequests", vec![Problem::new("too-many", "The user does this too often", too_many)]),
        (
            "InternalError",
            vec![Problem::new(
                "internal",
                "Something unexpected happened",
                ApiError::Internal(String::new()),
            )],
        ),
        (
            "Unavailable",
            vec![
                Problem::new(
                    "no-answer",
                    "A system behind does not answer",
                    ApiError::Unavailable(String::new()),
                ),
                Problem::refused(
                    "overloaded",
                    "There is more to do than is allowed at once",
                    Refusal::Overloaded,
                ),
            ],
        ),
    ]
}

/// The components that [`references`] refers to.
pub(super) fn shared_responses() -> BTreeMap<&'static str, Response> {
    shared().into_iter().map(|(name, problems)| (name, response(&problems))).collect()
}

/// References to the answers that every operation has.
pub(super) fn references() -> Vec<(String, RefOr<Response>)> {
    let reference = |(name, problems): (&str, Vec<Problem>)| {
        let status = problems.first()?.status;
        Some((status.as_str().to_owned(), Ref::from_response_name(name).into()))
    };
    shared().into_iter().filter_map(reference).collect()
}

/// The answers to these problems, one for each status.
pub(super) fn responses(problems: Vec<Problem>) -> Vec<(String, RefOr<Response>)> {
    let mut by_status: BTreeMap<String, Vec<Problem>> = BTreeMap::new();
    for problem in problems {
        by_status.entry(problem.status.as_str().to_owned()).or_default().push(problem);
    }
    by_status.into_iter().map(|(status, problems)| (status, response(&problems).into())).collect()
}

fn response(problems: &[Problem]) -> Response {
    let lines: Vec<String> = problems.iter().map(Problem::line).collect();
    let headers: BTreeSet<&str> =
        problems.iter().flat_map(|problem| &problem.headers).map(String::as_str).collect();
    let described = with_headers(ResponseBuilder::new().description(lines.join("\n")), headers);
    match problems.iter().find_map(schema) {
        Some(schema) => {
            described.content(JSON, content(schema, problems.iter().filter_map(Problem::example))).build()
        }
        None => described.build(),
    }
}

impl Problem {
    fn line(&self) -> String {
        let code = self.body.as_ref().and_then(|body| body.get("errorCode")?.as_str());
        match code {
            Some(code) => format!("- `{code}`: {}", self.meaning),
            None => format!("- {}", self.meaning),
        }
    }

    fn example(&self) -> Option<(&'static str, Example)> {
        let value = self.body.clone()?;
        Some((self.name, ExampleBuilder::new().summary(self.meaning).value(Some(value)).build()))
    }
}

fn schema(problem: &Problem) -> Option<Ref> {
    problem.body.as_ref()?;
    Some(Ref::from_schema_name(match problem.status {
        StatusCode::BAD_REQUEST => BadRequest::name(),
        StatusCode::FORBIDDEN => Forbidden::name(),
        StatusCode::CONFLICT => Conflict::name(),
        _ => NotFound::name(),
    }))
}

/// With the header that every answer has, and with these.
pub(super) fn with_headers<'a>(
    response: ResponseBuilder,
    names: impl IntoIterator<Item = &'a str>,
) -> ResponseBuilder {
    let about = |name: &str| match name {
        "request-ref" => "The id of the request, by which the log knows it.",
        "x-ratelimit-limit" => {
            "How often the user may call the operation, each time with its window in seconds."
        }
        "x-ratelimit-reset" => {
            "In how many seconds it may be tried again, with the window of the limit that is reached."
        }
        "retry-after" => "In how many seconds it may be tried again.",
        _ => "How callers say who they are.",
    };
    [REQUEST_REF].into_iter().chain(names).fold(response, |response, name| {
        let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let header = HeaderBuilder::new().description(Some(about(name))).schema(Some(text)).build();
        response.header(name, header)
    })
}

/// JSON of a schema, with examples by their names.
pub(super) fn content(schema: Ref, examples: impl IntoIterator<Item = (&'static str, Example)>) -> Content {
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}
