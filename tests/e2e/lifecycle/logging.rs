//! One line a request, by which it can be found again, and nothing about people.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use crate::bad_input::paths::paths;
use crate::codes::{rent, send, verify};
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, SMS_CREATE, USER, USERNAME, authenticate, lookup, sms_create, user_info,
    valid_requests,
};
use crate::support::{Answer, DataAdapter};

const REQUEST_ID: &str = "x-request-id";

fn request_id(headers: &HeaderMap) -> String {
    let id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    id.expect("every answer has a request id").to_owned()
}

async fn lookup_with_id(adapter: &DataAdapter, id: &[u8]) -> Answer {
    let request = adapter.client().post(adapter.url(LOOKUP)).header(CONTENT_TYPE, "application/json");
    adapter.send(request.header(REQUEST_ID, id).body(lookup(USERNAME))).await
}

#[tokio::test]
async fn a_request_id_comes_back_and_stands_in_the_log() {
    let adapter = DataAdapter::start().await;
    for id in ["7c0cd4b5-6f8c-427f-bf94-78bbf95a84e2", "a", "trace:1_2.3"] {
        let answer = lookup_with_id(&adapter, id.as_bytes()).await;
        assert_eq!(request_id(&answer.headers), id);
    }
    let log = adapter.terminate().await.stderr;
    for id in ["7c0cd4b5-6f8c-427f-bf94-78bbf95a84e2", "trace:1_2.3"] {
        assert_eq!(log.lines().filter(|line| line.contains(id)).count(), 1, "{id}: {log}");
    }
}

#[tokio::test]
async fn a_request_id_that_is_long_or_strange_is_replaced() {
    let adapter = DataAdapter::start().await;
    let long = "STRANGE".repeat(1_000);
    let strange: [&[u8]; 7] = [
        long.as_bytes(),
        b"STRANGE with spaces",
        b"STRANGE\"quote",
        b"STRANGE\ttab",
        b"<b>STRANGE</b>",
        "STRANGE-\u{17e}".as_bytes(),
        b"",
    ];
    let mut ids = Vec::new();
    for id in strange {
        let answer = lookup_with_id(&adapter, id).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let given = request_id(&answer.headers);
        assert!((8..=64).contains(&given.len()), "{given}");
        assert!(!given.contains("STRANGE"), "{given}");
        ids.push(given);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), strange.len(), "each is its own");
    assert!(!adapter.terminate().await.stderr.contains("STRANGE"), "it is not in the log either");
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let adapter = DataAdapter::start().await;
    let mut answers = vec![
        adapter.post(LOOKUP, lookup(USERNAME)).await,
        adapter.post(LOOKUP, lookup("nobody")).await,
        adapter.post(LOOKUP, "{").await,
        adapter.post(LOOKUP, " ".repeat(1024 * 1024)).await,
        adapter.get(LOOKUP).await,
        adapter.get("/nowhere").await,
        adapter.get("/api/service/status").await,
        adapter.get("/sandbox/messages").await,
    ];
    for (path, body) in valid_requests() {
        answers.push(adapter.post(path, body).await);
    }
    let mut ids = answers.iter().map(|answer| request_id(&answer.headers)).collect::<Vec<_>>();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), answers.len(), "each is its own");
}

#[tokio::test]
async fn every_request_leaves_one_line_with_its_operation() {
    let adapter = DataAdapter::start().await;
    let mut expected = Vec::new();
    for (number, path) in paths().into_iter().enumerate() {
        let operation = format!("operation-{number}-of-the-log");
        let mut body = path.body;
        if let Some(id) = body.pointer_mut("/requestObject/operationContext/id") {
            *id = Value::from(operation.clone());
        }
        let answer = adapter.post(path.path, body.to_string()).await;
        let known = body.pointer("/requestObject/operationContext").map(|_| operation);
        expected.push((path.path, answer.status, request_id(&answer.headers), known));
    }
    let log = adapter.terminate().await.stderr;
    for (path, status, id, operation) in expected {
        let lines = log.lines().filter(|line| line.contains(&id)).collect::<Vec<_>>();
        let requests = lines.iter().filter(|line| line.contains(path)).collect::<Vec<_>>();
        assert_eq!(requests.len(), 1, "{path}: {lines:?}");
        assert!(requests[0].contains(&status.to_string()), "{path}: {lines:?}");
        assert!(requests[0].contains("POST"), "{path}: {lines:?}");
        if let Some(operation) = operation {
            assert!(lines.iter().all(|line| line.contains(&operation)), "{path}: {lines:?}");
        }
    }
}

#[tokio::test]
async fn nobody_is_named_at_info() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    for username in [USERNAME, "blocked", "czech", "nobody-of-this-name"] {
        adapter.post(LOOKUP, lookup(username)).await;
    }
    adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    adapter.post(AUTHENTICATE, authenticate("unknown-id", "wrong-password")).await;
    adapter.post("/api/auth/user/info", user_info(USER)).await;
    let log = adapter.terminate().await.stderr;
    let requests = log.lines().filter(|line| line.contains("/api/")).collect::<Vec<_>>();
    assert!(requests.len() >= 9, "{log}");
    for name in [USERNAME, "czech", "nobody-of-this-name", "John", "Doe", PASSWORD, "wrong-password"] {
        let found = requests.iter().find(|line| line.contains(name));
        assert_eq!(found, None, "{name} is in the log");
    }
}

#[tokio::test]
async fn json_lines_can_be_parsed() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__LOG__FORMAT", "json").start().await;
    let operation = "operation \"of\" the \\ log";
    let request = sms_create(USER, &rent(operation));
    let answer = adapter.post(SMS_CREATE, request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    adapter.post(LOOKUP, "{").await;
    adapter.get("/nowhere").await;
    let log = adapter.terminate().await.stderr;
    let lines = log.lines().map(|line| match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(members)) => members,
        other => panic!("{line}: {other:?}"),
    });
    let lines = lines.collect::<Vec<_>>();
    let with = |name: &str, value: &str| {
        lines.iter().filter(|line| line.get(name).is_some_and(|found| found == value)).count()
    };
    assert!(with("operation_id", operation) >= 1, "{log}");
    assert!(with("request_id", &request_id(&answer.headers)) >= 1, "{log}");
    for member in ["timestamp", "level"] {
        assert!(lines.iter().all(|line| line.contains_key(member)), "{member}: {log}");
    }
}

#[tokio::test]
async fn what_a_client_sends_cannot_write_lines_of_its_own() {
    let adapter = DataAdapter::start().await;
    for id in
        ["op\nINFO forged line", "op\r\nforged line", "op\u{1b}[31mforged line", "op\u{2028}forged line"]
    {
        adapter.post(SMS_CREATE, sms_create(USER, &rent(id))).await;
        adapter.post(LOOKUP, lookup(id)).await;
        let path = format!("/nowhere/{id}").replace('\n', "%0a").replace('\r', "%0d");
        adapter.get(&path).await;
    }
    let log = adapter.terminate().await.stderr;
    for line in log.lines() {
        assert!(!line.trim_start().starts_with("forged"), "{line:?}");
        assert!(!line.starts_with("INFO forged"), "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
    }
}
