//! Every example of the API document, under the root and under the context path that Web Flow expects.
//!
//! Three examples need a back end that fails, which the memory back end never does; the tests of
//! `crates/web-flow` have one: `user-authenticate.internal-error`, `consent-save.failed` and `error`.

mod codes;
mod config_entries;
mod consents;
mod decoration;
mod operations;
mod users;

use serde_json::Value;

use crate::callers::TOKEN;
use crate::support::payloads::{CONTEXT_PATH, valid_requests};
use crate::support::{Answer, DataAdapter, contains, raw, shared};

const FOLDER: &str = "data-adapter";

/// Where the API is served.
const PREFIXES: [&str; 2] = ["", CONTEXT_PATH];

/// The response examples that the tests below compare with an answer.
const COMPARED: &[&str] = &[
    "consent-create",
    "consent-init",
    "consent-save.succeeded",
    "consent-validate.failed",
    "consent-validate.passed",
    "formdata-change",
    "formdata-decorate",
    "operation-change",
    "service-status",
    "sms-create.delivered",
    "sms-create.undelivered",
    "sms-password-verify.failed",
    "sms-password-verify.succeeded",
    "sms-verify.failed",
    "sms-verify.succeeded",
    "user-authenticate.failed",
    "user-authenticate.password-empty",
    "user-authenticate.succeeded",
    "user-info",
    "user-lookup.found",
    "user-lookup.not-found",
    "user-lookup.username-empty",
];

/// The response examples that need a back end that fails.
const ELSEWHERE: &[&str] = &["consent-save.failed", "error", "user-authenticate.internal-error"];

#[test]
fn every_example_of_a_response_is_compared_here_or_known_to_be_compared_elsewhere() {
    let mut known = [COMPARED, ELSEWHERE].concat();
    known.sort_unstable();
    assert_eq!(shared::list(FOLDER, ".response.json"), known);
}

#[tokio::test]
async fn no_answer_of_the_api_may_be_kept_by_whoever_is_in_between() {
    let adapter = DataAdapter::builder().config(crate::callers::configuration()).start().await;
    let no_store = |answer: &Answer, what: &str| {
        let kept = answer.headers.get_all("cache-control").iter().collect::<Vec<_>>();
        assert_eq!(kept, ["no-store"], "{what}: {}", answer.status);
    };
    for prefix in PREFIXES {
        for (path, body) in valid_requests() {
            let url = adapter.url(&format!("{prefix}{path}"));
            let request = || adapter.client().post(&url).header("content-type", "application/json");
            let answer = adapter.send(request().bearer_auth(TOKEN).body(body.clone())).await;
            no_store(&answer, path);
            let refused = adapter.send(request().body(body)).await;
            assert_eq!(refused.status, 401);
            no_store(&refused, path);
            let malformed = adapter.send(request().bearer_auth(TOKEN).body("{")).await;
            assert_eq!(malformed.status, 400);
            no_store(&malformed, path);
        }
        let path = format!("{prefix}/api/service/status");
        let status = adapter.send(adapter.client().get(adapter.url(&path)).bearer_auth(TOKEN)).await;
        assert_eq!(status.status, 200);
        no_store(&status, &path);
        no_store(&adapter.get(&path).await, "unauthorized");
    }
    let nowhere = adapter.send(adapter.client().get(adapter.url("/nowhere")).bearer_auth(TOKEN)).await;
    assert_eq!(nowhere.status, 404);
    no_store(&nowhere, "nowhere");
    no_store(&raw::send(adapter.address(), b"nonsense\r\n\r\n").await, "bytes that are no request");
}

#[tokio::test]
async fn every_example_of_a_request_is_accepted_as_it_stands_at_both_places() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        for name in shared::list(FOLDER, ".request.json") {
            let path = format!("{prefix}/api/{}", path_of(&name));
            let answer = adapter.post(&path, request(&name)).await;
            // Saving is accepted too: the example has every option ticked.
            assert_eq!(answer.status, 200, "{name} at {path}: {}", answer.text);
            assert_eq!(answer.json()["status"], "OK", "{name} at {path}");
        }
    }
}

/// The text of a request example.
fn request(name: &str) -> String {
    shared::read(&format!("{FOLDER}/{name}.request.json"))
}

/// A request example with some members of its request object replaced.
fn request_with(name: &str, members: &[(&str, Value)]) -> String {
    let mut request: Value = serde_json::from_str(&request(name)).expect("an example in JSON");
    for (member, value) in members {
        request["requestObject"][*member] = value.clone();
    }
    request.to_string()
}

/// A response example.
fn response(name: &str) -> Value {
    assert!(COMPARED.contains(&name), "{name} is not in the list of compared examples");
    let text = shared::read(&format!("{FOLDER}/{name}.response.json"));
    serde_json::from_str(&text).expect("an example in JSON")
}

/// Panics when the answer has another status or lacks something that the example has.
fn assert_example(answer: &Answer, status: u16, name: &str, aside: &[&str]) {
    assert_holds(answer, status, &response(name), aside);
}

fn assert_holds(answer: &Answer, status: u16, example: &Value, aside: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let content_type = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
    assert!(content_type.is_some_and(|value| value.starts_with("application/json")), "{content_type:?}");
    contains::assert_contains(&answer.json(), example, aside);
}

/// The path of an operation from the name of its request example.
pub(crate) fn path_of(name: &str) -> &'static str {
    match name {
        "consent-create" => "auth/consent/create",
        "consent-init" => "auth/consent/init",
        "consent-save" => "auth/consent/save",
        "consent-validate" => "auth/consent/validate",
        "formdata-change" => "operation/formdata/change",
        "formdata-decorate" => "operation/formdata/decorate",
        "operation-change" => "operation/change",
        "sms-create" => "auth/sms/create",
        "sms-password-verify" => "auth/sms/password/verify",
        "sms-verify" => "auth/sms/verify",
        "user-authenticate" => "auth/user/authenticate",
        "user-info" => "auth/user/info",
        "user-lookup" => "auth/user/lookup",
        other => panic!("no path is known for the request example {other}"),
    }
}
