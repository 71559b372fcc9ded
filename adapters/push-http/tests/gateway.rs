//! A provider that is called over HTTP.

use std::time::{Duration, Instant};

use data_adapter_core::{MessageId, OrganizationId, UserId};
use data_adapter_push_http::{HttpPushGateway, HttpPushSettings};
use data_adapter_sca::{GatewayError, PushGateway as _, PushMessage};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const BODY: &str = r#"{"to": {{ user_id|tojson }}, "ref": {{ message_id|tojson }}, "text": {{ (title ~ ": " ~ text)|tojson }}}"#;

fn settings(url: &str) -> HttpPushSettings {
    serde_json::from_value(json!({ "url": url, "token": "MARKED-token", "body": BODY, "timeout_ms": 4000 }))
        .expect("the settings are whole")
}

fn push() -> PushMessage {
    PushMessage {
        message: MessageId::new("018f"),
        user: UserId::new("12345678"),
        organization: Some(OrganizationId::new("RETAIL")),
        title: "Payment".to_owned(),
        text: "1 CZK to \"Žluť\"\n1/0300".to_owned(),
    }
}

/// Answers one call with `status`, and gives what was asked.
async fn provider(status: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/pushes", listener.local_addr().expect("an address"));
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a call");
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !is_whole(&request) {
            let read = stream.read(&mut buffer).await.expect("the call comes");
            request.extend_from_slice(&buffer[..read]);
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.expect("the answer leaves");
        String::from_utf8(request).expect("the call is text")
    });
    (url, asked)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or_default();
    request.len() >= head.len() + 4 + length
}

async fn send(url: &str) -> Result<(), GatewayError> {
    HttpPushGateway::new(settings(url)).expect("the settings can be used").send(&push()).await
}

#[tokio::test]
async fn the_provider_gets_what_the_template_makes_with_the_token() {
    let (url, asked) = provider("202 Accepted").await;
    send(&url).await.expect("the provider takes it");
    let asked = asked.await.expect("it was asked");
    let (head, body) = asked.split_once("\r\n\r\n").expect("head and body");
    assert!(head.starts_with("POST /pushes HTTP/1.1"), "{head}");
    assert!(head.contains("authorization: Bearer MARKED-token"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(
        body,
        json!({ "to": "12345678", "ref": "018f", "text": "Payment: 1 CZK to \"Žluť\"\n1/0300" })
    );
}

#[tokio::test]
async fn a_provider_that_refuses_did_not_take_it_and_the_reason_shows_no_secret() {
    for status in ["400 Bad Request", "302 Found", "500 Internal Server Error"] {
        let (url, _asked) = provider(status).await;
        let error = send(&url).await.expect_err("the provider refuses").to_string();
        assert!(error.contains(&status[..3]) && !error.contains("MARKED"), "{error}");
    }
}

#[tokio::test]
async fn the_statuses_of_success_are_configuration() {
    let (url, _asked) = provider("200 OK").await;
    let settings = HttpPushSettings { success: vec![201], ..settings(&url) };
    let gateway = HttpPushGateway::new(settings).expect("the settings can be used");
    assert!(gateway.send(&push()).await.is_err());
}

#[tokio::test]
async fn a_provider_that_is_silent_or_gone_costs_no_more_than_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let begun = Instant::now();
    let error = send(&url).await.expect_err("nobody answers").to_string();
    assert!(begun.elapsed() < Duration::from_secs(60) && !error.contains("MARKED"), "{error}");
    drop(silent);
    let error = send(&url).await.expect_err("nobody is there").to_string();
    assert!(!error.contains("MARKED"), "{error}");
}

#[test]
fn settings_that_cannot_be_meant_are_refused_by_their_key_and_without_secrets() {
    let url = "https://push.example/";
    let with = |body: &str| HttpPushSettings { body: body.to_owned(), ..settings(url) };
    for (settings, key) in [
        (settings("http://push.example/"), "url"),
        (settings("ftp://push.example/"), "url"),
        (settings("push"), "url"),
        (settings("https://user:MARKED@push.example/"), "url"),
        (settings("https://push.example/?key=MARKED"), "url"),
        (HttpPushSettings { timeout_ms: 0, ..settings(url) }, "timeout_ms"),
        (HttpPushSettings { token: Some("MARKED\ntoken".into()), ..settings(url) }, "token"),
        (HttpPushSettings { content_type: "\n".to_owned(), ..settings(url) }, "content_type"),
        (
            HttpPushSettings {
                headers: [("Content-Length".to_owned(), "3".to_owned())].into(),
                ..settings(url)
            },
            "headers",
        ),
        (
            HttpPushSettings { headers: [("a b".to_owned(), "c".to_owned())].into(), ..settings(url) },
            "headers",
        ),
        (HttpPushSettings { ca_file: Some("/nowhere/ca.pem".into()), ..settings(url) }, "ca_file"),
        (with("{{ user_id"), "body"),
        (
            with(r#"{"t": {{ title|tojson }}, "m": {{ message_id|tojson }}, "u": {{ user_id|tojson }}}"#),
            "body",
        ),
        (with(r#"{"t": {{ text|tojson }}, "u": {{ user_id|tojson }}}"#), "body"),
        (with(r#"{"to": {{ user|tojson }}}"#), "body"),
        (with(r#"{"to": "{{ user_id }}"}"#), "body"),
    ] {
        let error = HttpPushGateway::new(settings).err().unwrap_or_else(|| panic!("{key} is taken"));
        assert_eq!(error.key(), key, "{error}");
        assert!(!error.to_string().contains("MARKED"), "{error}");
    }
}
