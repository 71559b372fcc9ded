//! The Security API as its partners see it.

mod bodies;
mod client;
mod crashes;
mod factors;
mod fields;
mod limits;
mod login_form;
mod numbers;
mod operations;
mod partner;
mod races;
mod revocations;
mod secrets;
mod stage;
mod sweep;

use serde_json::Value;

use crate::support::{Answer, Builder, DataAdapter};

/// 32 bytes in base64.
const TOKEN_KEY: &str = "c2VjdXJpdHkgdG9rZW4ga2V5IG9mIHRoZSB0ZXN0cyE=";
/// A reference that no request has.
const NOWHERE: &str = "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A";
/// The number of the user of the demo.
const CONSUMER: i32 = 12_345_678;

/// The demo, whose tokens outlive an instance and are good at all.
fn builder() -> Builder {
    DataAdapter::builder().env("DATA_ADAPTER__SECURITY__TOKEN_KEY", TOKEN_KEY)
}

/// The `ResponseCode` of an envelope.
fn response_code(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["ResponseCode"].as_str().expect("a code").to_owned()
}

/// What tells an answer from a refusal of a body, if anything: HTTP 400 and a list of errors, one of which names the member, and
/// none of which repeats what was sent.
fn errors_complaint(status: u16, text: &str, member: &str, marker: &str) -> Option<String> {
    let shown = text.chars().take(200).collect::<String>();
    if status != 400 {
        return Some(format!("status {status}: {shown}"));
    }
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let errors = body["Errors"].as_array().map_or(&[][..], Vec::as_slice);
    let is_error = |error: &Value| {
        error.as_object().is_some_and(|error| error.len() == 2)
            && error["Status"].is_string()
            && error["Detail"].as_str().is_some_and(|detail| !detail.is_empty())
    };
    let is_list = body.as_object().is_some_and(|body| body.len() == 1) && errors.iter().all(is_error);
    let names = |error: &Value| error["Detail"].as_str().is_some_and(|detail| detail.contains(member));
    if errors.is_empty() || !is_list {
        Some(format!("no list of errors: {shown}"))
    } else if !errors.iter().any(names) {
        Some(format!("{member} is not named: {shown}"))
    } else if text.contains(marker) {
        Some(format!("what was sent is repeated: {shown}"))
    } else {
        None
    }
}
