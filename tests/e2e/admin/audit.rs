//! What stands in the audit log of operators.

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{REQUESTS, USER, assert_problem, get, post, with_token};
use crate::codes::{rent, send, verify, wrong};
use crate::support::payloads::USER as ID;
use crate::support::{Builder, DataAdapter};

/// An audit log in a folder.
struct Log(TempDir);

impl Log {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn builder(&self) -> Builder {
        let file = self.0.path().join("audit.jsonl").display().to_string();
        DataAdapter::builder()
            .env("DATA_ADAPTER__AUDIT__TARGET", "file")
            .env("DATA_ADAPTER__AUDIT__FILE", file)
    }

    fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.0.path().join("audit.jsonl")).expect("an audit log");
        text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
    }
}

#[tokio::test]
async fn every_call_leaves_a_line_under_the_operators_name() {
    let log = Log::new();
    let adapter = log.builder().start().await;
    let request = json!({"consumerId": 12_345_678, "type": "otp", "title": "A limit"});
    post(&adapter, REQUESTS, request).await;
    post(&adapter, REQUESTS, json!({"consumerId": 1, "type": "otp", "title": "A limit"})).await;
    post(&adapter, REQUESTS, json!({"title": "MARKED"})).await;
    get(&adapter, USER).await;
    post(&adapter, &format!("{USER}/unblock"), json!({"factor": "code"})).await;
    post(&adapter, "/admin/partners/demopartner/unblock", Value::Null).await;
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    post(&adapter, &format!("{USER}/devices"), device.clone()).await;
    post(&adapter, "/admin/users/nobody/devices", device).await;
    get(&adapter, "/admin/users/nobody").await;
    with_token(&adapter, super::TOKEN, Method::DELETE, &format!("{USER}/devices/1"), Value::Null).await;
    post(&adapter, &format!("{USER}/sessions/end"), Value::Null).await;
    for path in [
        "/admin/blocks",
        "/admin/challenges",
        "/admin/users/12345678/consents",
        "/admin/sent?user=12345678",
        "/admin/audit?user=12345678&operation=op",
        "/admin/health",
    ] {
        get(&adapter, path).await;
    }
    post(&adapter, &format!("{USER}/consents/withdraw"), json!({"form": "login"})).await;
    with_token(&adapter, "guessed", Method::GET, "/admin/blocks", Value::Null).await;
    adapter.terminate().await;
    let told = |line: &Value| {
        let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        ["event", "outcome", "reason", "view", "caller", "user"].map(text).join(" ")
    };
    // What comes of a message and what is turned away are written when there is time.
    let lines = log.lines();
    let mut lines: Vec<_> = lines.iter().filter(|line| line["event"] != "opened").map(told).collect();
    let mut expected = [
        "code_sent succeeded - - demo-operator 12345678",
        "sca_request_created succeeded - - demo-operator 12345678",
        "sca_request_created failed unknown_user - demo-operator -",
        "device_registered failed unknown_user - demo-operator nobody",
        "viewed failed unknown_user user demo-operator nobody",
        "caller_refused failed invalid_input - demo-operator -",
        "viewed succeeded - user demo-operator 12345678",
        "unblocked failed no_failures - demo-operator 12345678",
        "unblocked failed no_failures - demo-operator demopartner",
        "device_registered succeeded - - demo-operator 12345678",
        "device_deregistered succeeded - - demo-operator 12345678",
        "sessions_ended succeeded - - demo-operator 12345678",
        "viewed succeeded - blocks demo-operator -",
        "viewed succeeded - challenges demo-operator -",
        "viewed succeeded - consents demo-operator 12345678",
        "viewed succeeded - sent demo-operator 12345678",
        "viewed succeeded - audit demo-operator 12345678",
        "viewed succeeded - health demo-operator -",
        "consent_withdrawn failed no_consent - demo-operator 12345678",
        "caller_refused failed unauthorized - - -",
    ];
    lines.sort();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_neither_done_nor_shown_where_lines_are_required() {
    let folder = TempDir::new().expect("a folder");
    let store = folder.path().join("store.db");
    let adapter = DataAdapter::builder().store(&store).start().await;
    let sent = send(&adapter, ID, &rent("guessed")).await;
    for _ in 0..5 {
        verify(&adapter, &sent.message, &wrong(&sent.code), ID, &rent("guessed")).await;
    }
    adapter.terminate().await;
    let full = DataAdapter::builder().store(&store).env("DATA_ADAPTER__AUDIT__TARGET", "file");
    let full =
        full.env("DATA_ADAPTER__AUDIT__FILE", "/dev/full").env("DATA_ADAPTER__AUDIT__REQUIRED", "true");
    let adapter = full.start().await;
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    let request = json!({"consumerId": 20_000_002, "type": "client", "title": "A limit"});
    assert_problem(&post(&adapter, REQUESTS, request).await, 503);
    assert_problem(&post(&adapter, &format!("{USER}/unblock"), Value::Null).await, 503);
    assert_problem(&post(&adapter, &format!("{USER}/devices"), device).await, 503);
    assert_problem(&post(&adapter, &format!("{USER}/consents/withdraw"), Value::Null).await, 503);
    assert_problem(&get(&adapter, &format!("{USER}/consents")).await, 503);
    assert_problem(&get(&adapter, USER).await, 503);
    adapter.terminate().await;
    let adapter = DataAdapter::builder().store(&store).start().await;
    let user = get(&adapter, USER).await.json();
    assert_eq!((&user["blocks"][0]["factor"], &user["devices"]), (&json!("code"), &json!([])));
    assert_eq!(get(&adapter, "/admin/challenges?user=20000002").await.json()["challenges"], json!([]));
}
