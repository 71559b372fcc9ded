//! What answers have to look like, written from what is known of the API and not from the service.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

use super::operations::Operation;
use crate::support::Answer;

/// Panics when an answer is none that the operation may give.
pub(super) fn check(operation: &Operation, answer: &Answer) {
    let complaints = complaints(operation, answer);
    assert!(
        complaints.is_empty(),
        "{} {} answers {} {:?} {}: {}",
        operation.method,
        operation.path,
        answer.status,
        answer.headers,
        answer.text,
        complaints.join(", ")
    );
}

fn complaints(operation: &Operation, answer: &Answer) -> Vec<String> {
    let mut complaints = headers(answer);
    match schema(operation, answer.status) {
        None => complaints.push("no such status".to_owned()),
        Some(Value::Null) => {
            if !answer.text.is_empty() || answer.headers.contains_key("content-type") {
                complaints.push("there is a body".to_owned());
            }
        }
        Some(schema) => {
            if header(answer, "content-type").as_deref() != Some("application/json") {
                complaints.push("the body is not said to be JSON".to_owned());
            }
            let validator = jsonschema::draft202012::new(&schema).expect("a schema");
            let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
            complaints.extend(validator.iter_errors(&body).map(|error| error.to_string()));
        }
    }
    complaints
}

/// The only value of a header.
fn header(answer: &Answer, name: &str) -> Option<String> {
    let mut values = answer.headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    Some(value.to_str().expect("a text").to_owned())
}

fn headers(answer: &Answer) -> Vec<String> {
    static FORMS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        let limits = "^[0-9]+;w=[0-9]+(, [0-9]+;w=[0-9]+)*$";
        ["^[!-~]+$", limits, "^[0-9]+;w=[0-9]+$", "^Bearer "].map(|form| Regex::new(form).expect("a pattern"))
    });
    let [reference, limits, limit, bearer] = &*FORMS;
    let all = [
        ("request-ref", true, reference),
        ("x-ratelimit-limit", answer.status == 429, limits),
        ("x-ratelimit-reset", answer.status == 429, limit),
        ("www-authenticate", answer.status == 401, bearer),
    ];
    let is_wrong = |name: &str, has_to_be: bool, form: &Regex| match header(answer, name) {
        Some(value) => !has_to_be || !form.is_match(&value),
        None => has_to_be || answer.headers.contains_key(name),
    };
    all.iter()
        .filter(|(name, has_to_be, form)| is_wrong(name, *has_to_be, form))
        .map(|(name, ..)| format!("the header {name} is wrong"))
        .collect()
}

/// What the body of an answer with this status has to be, `Null` where there may be none; `None` for a status that there is not.
fn schema(operation: &Operation, status: u16) -> Option<Value> {
    Some(match status {
        200 if operation.is_list() => factors(),
        204 if !operation.is_list() => Value::Null,
        400 => invalid(),
        401 | 500 | 503 => Value::Null,
        403 => error_code(&["INSUFFICIENT_PERMISSIONS"]),
        404 | 429 => named(),
        409 if !operation.conflicts.is_empty() => error_code(operation.conflicts),
        413 if operation.has_reference => named(),
        _ => return None,
    })
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn factors() -> Value {
    let factor = |kind: &str, channels: &[&str]| {
        let statuses = ["PENDING_VERIFICATION", "ACTIVE", "INACTIVE"];
        let members =
            json!({"type": {"const": kind}, "channel": {"enum": channels}, "status": {"enum": statuses}});
        object(&["type", "channel", "status"], &members)
    };
    let either = json!({"oneOf": [factor("OTP", &["SMS"]), factor("PUSH", &["AUTHY", "BIOMETRIC"])]});
    object(&[], &json!({"factors": {"type": "array", "minItems": 1, "items": either}}))
}

fn invalid() -> Value {
    let members = json!({
        "params": {"type": "array", "items": {"type": "string"}},
        "fieldName": {"type": "string", "minLength": 1},
        "error": {"enum": ["REQUIRED", "SIZE", "REGEX"]},
    });
    let field = object(&["params", "fieldName", "error"], &members);
    let syntax = object(&["invalidFields"], &json!({"invalidFields": {"type": "array", "items": field}}));
    let members = json!({"message": {"type": "string", "minLength": 1}, "syntaxErrors": syntax});
    object(&["message", "syntaxErrors"], &members)
}

fn error_code(codes: &[&str]) -> Value {
    object(&["errorCode"], &json!({"errorCode": {"enum": codes}}))
}

fn named() -> Value {
    let members = json!({"code": {"type": "string", "pattern": "^[A-Z_]+$"}, "message": {"type": "string"}});
    object(&["code", "message"], &members)
}
