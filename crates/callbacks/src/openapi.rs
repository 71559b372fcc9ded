//! The API as an OpenAPI document, which is written down rather than put together.

mod push;
mod sms;

use data_adapter_server::Place;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// Which of its operations the API has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Decisions on pushes.
    pub push: bool,
    /// Receipts of messages.
    pub sms: bool,
}

/// The document of the API with these operations. The same place always gives the same document.
///
/// # Panics
///
/// When what is written here is no document, which a test would have found.
#[must_use]
pub fn document(place: &Place<'_>, offered: Offered) -> OpenApi {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Data Adapter: callbacks of providers",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": place.api }],
        "tags": [],
        "security": [],
        "paths": {},
        "components": { "schemas": { "Problem": problem_schema() } }
    });
    let parts = [offered.push.then(push::part), offered.sms.then(sms::part)];
    for Part { tag, paths, schemas } in parts.into_iter().flatten() {
        if let Some(tags) = document["tags"].as_array_mut() {
            tags.push(tag);
        }
        add(&mut document["paths"], paths);
        add(&mut document["components"]["schemas"], schemas);
    }
    serde_json::from_value(document).expect("it is a document")
}

/// What one kind of callbacks brings.
struct Part {
    tag: Value,
    paths: Value,
    schemas: Value,
}

const INTRODUCTION: &str = "What providers call: that a person has decided on a push, or what became of a message. Each call is known \
    to be the provider's by a signature or by a secret in its path; there are no other credentials, so it is no use to try it here \
    without that secret.";

/// Adds the members of one object to another.
fn add(to: &mut Value, members: Value) {
    if let (Some(to), Value::Object(members)) = (to.as_object_mut(), members) {
        to.extend(members);
    }
}

fn problem(description: &str, status: u16, detail: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "examples": { "problem": { "value": { "title": "", "status": status, "detail": detail } } }
        } }
    })
}

fn problem_schema() -> Value {
    json!({
        "type": "object", "required": ["title", "status", "detail"],
        "description": "What is wrong (RFC 9457).",
        "properties": {
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "format": "int32", "description": "The status." },
            "detail": { "type": "string", "description": "What is wrong." }
        }
    })
}
