//! What goes to the collector says nothing of people, and holds no secret.

use std::fs;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use super::collector::Collector;
use super::exporting_to;
use crate::codes::{rent, send, verify};
use crate::support::DataAdapter;
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup, valid_requests,
};

/// Shown to the collector, and to nobody else.
const AUTH: &str = "Bearer MARKED-of-the-collector";

/// Requests with something secret in every place that a caller can put it.
async fn send_secrets(adapter: &DataAdapter) -> String {
    for (path, body) in valid_requests() {
        adapter.post(path, body).await;
    }
    adapter.post(AUTHENTICATE, authenticate(USER, "MARKED-wrong-password")).await;
    adapter.post(LOOKUP, lookup("MARKED-name")).await;
    adapter.post(LOOKUP, "{\"MARKED-body\"").await;
    for path in ["/MARKED-path", "/api/MARKED-path", "/health/live?MARKED-query", "/sandbox/MARKED-path"] {
        adapter.get(path).await;
    }
    let method = Method::from_bytes(b"MARKED-METHOD").expect("a method");
    let request = adapter.client().request(method, adapter.url(LOOKUP));
    let request = request.header(AUTHORIZATION, "Bearer MARKED-token").header("x-request-id", "MARKED id");
    let request = request.header("user-agent", "MARKED-agent").header("tracestate", "MARKED=1");
    adapter.send(request.header(CONTENT_TYPE, "MARKED/type").body("MARKED-body")).await;
    let sent = send(adapter, USER, &rent("op")).await;
    verify(adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    sent.code
}

#[tokio::test]
async fn nothing_that_is_secret_or_says_who_it_is_about_goes_to_the_collector() {
    let collector = Collector::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("auth");
    fs::write(&file, format!("{AUTH}\n")).expect("a file");
    let adapter = exporting_to(&collector.endpoint())
        .env("DATA_ADAPTER__TELEMETRY__AUTH_VALUE_FILE", file.display().to_string())
        .env("DATA_ADAPTER__LOG__FILTER", "trace")
        .start()
        .await;
    let code = send_secrets(&adapter).await;
    let exit = adapter.terminate().await;
    assert!(collector.spans().len() > 20, "{:?}", collector.spans());
    let phone = "420606";
    for export in collector.exports() {
        let text = String::from_utf8_lossy(&export.body).into_owned();
        for mark in ["MARKED", PASSWORD, USER, USERNAME, "John", phone, "238400856", &code] {
            assert!(!text.contains(mark), "{mark} is in {text}");
        }
        assert!(export.head.contains(&format!("authorization: {AUTH}\n")), "{}", export.head);
    }
    assert!(exit.stderr.contains("TRACE"), "nothing is traced");
    assert!(!exit.stderr.contains("of-the-collector"), "the log holds what the collector is shown");
}

#[tokio::test]
async fn a_collector_can_ask_for_another_header() {
    let collector = Collector::start().await;
    let adapter = exporting_to(&collector.endpoint())
        .env("DATA_ADAPTER__TELEMETRY__AUTH_HEADER", "X-Api-Key")
        .env("DATA_ADAPTER__TELEMETRY__AUTH_VALUE", "MARKED-key")
        .start()
        .await;
    adapter.get("/health/live").await;
    adapter.terminate().await;
    let head = &collector.exports()[0].head;
    assert!(head.contains("x-api-key: MARKED-key\n") && !head.contains("authorization"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf\n"), "{head}");
}
