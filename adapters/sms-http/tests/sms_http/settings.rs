//! Settings that can't be meant.

use data_adapter_sms_http::{HttpReceipts, HttpSmsGateway};
use serde_json::{Value, json};

use crate::server::{Does, gateway};
use crate::support::{made, message, no_secret, settings};

fn refused(url: &str, more: &Value) -> String {
    let settings = settings(url, more.clone());
    let error = HttpSmsGateway::new("primary".to_owned(), settings).err();
    assert!(error.is_some(), "{url} {more} is taken");
    let error = error.expect("it is refused");
    no_secret(&format!("{error} {error:?}"));
    error.key().to_owned()
}

#[test]
fn settings_that_cannot_be_meant_are_refused_by_their_key_and_without_secrets() {
    let url = "https://sms.example/";
    for (wrong, key) in [
        ("http://sms.example/", "url"),
        ("ftp://sms.example/", "url"),
        ("sms", "url"),
        ("https://user:MARKED@sms.example/", "url"),
        ("https://sms.example/?key=MARKED", "url"),
        ("https://sms.example/{{ token }}", "url"),
        ("https://sms.example/{{ account }}", "account"),
    ] {
        assert_eq!(refused(wrong, &json!({})), key, "{wrong}");
    }
    for (more, key) in [
        (json!({ "timeout_ms": 0 }), "timeout_ms"),
        (json!({ "connect_timeout_ms": 4000 }), "connect_timeout_ms"),
        (json!({ "connect_timeout_ms": 0 }), "connect_timeout_ms"),
        (json!({ "token": "MARKED\ntoken" }), "token"),
        (json!({ "token": "MARKED", "username": "a", "password": "MARKED" }), "token"),
        (json!({ "password": "MARKED" }), "username"),
        (json!({ "username": "a:b", "password": "MARKED" }), "username"),
        (json!({ "username": "a", "password": "" }), "password"),
        (json!({ "token": "" }), "token"),
        (json!({ "proxy": "socks5://MARKED@proxy.example" }), "proxy"),
        (json!({ "proxy": "MARKED" }), "proxy"),
        (json!({ "ca_file": "/nowhere/ca.pem" }), "ca_file"),
        (json!({ "request": { "method": "DELETE" } }), "request.method"),
        (json!({ "request": { "method": "GET" } }), "request.method"),
        (json!({ "request": { "content_type": "\n" } }), "request.content_type"),
        (json!({ "request": { "headers": { "Content-Length": "3" } } }), "request.headers"),
        (json!({ "request": { "headers": { "x": "{{ nothing }}" } } }), "request.headers"),
        (json!({ "request": { "idempotency_header": "a b" } }), "request.idempotency_header"),
        (json!({ "request": { "body": "{{ number" } }), "request.body"),
        (json!({ "request": { "body": "{\"n\": {{ number|tojson }}}" } }), "request.body"),
        (
            json!({ "request": { "body": "{\"n\": \"{{ number }}\", \"t\": \"{{ text }}\"}" } }),
            "request.body",
        ),
        (json!({ "request": { "body": "{{ number }}{{ text }}{{ user_id }}" } }), "request.body"),
        (json!({ "request": { "form": "form", "fields": { "to": "{{ number }}" } } }), "request.fields"),
        (json!({ "answer": { "result": "status", "accepted": ["0"] } }), "answer.result"),
        (json!({ "answer": { "result": "/status" } }), "answer.accepted"),
        (json!({ "answer": { "pattern": "(" } }), "answer.pattern"),
        (json!({ "receipts": { "public_url": "bank", "secret": "MARKED" } }), "receipts.public_url"),
        (
            json!({ "receipts": { "public_url": "https://b.example/?a", "secret": "MARKED" } }),
            "receipts.public_url",
        ),
        (
            json!({ "receipts": { "public_url": "https://a:MARKED@b.example/", "secret": "MARKED" } }),
            "receipts.public_url",
        ),
    ] {
        assert_eq!(refused(url, &more), key, "{more}");
    }
}

#[test]
fn receipts_that_cannot_be_meant_are_refused_by_their_key_and_without_secrets() {
    for (more, key) in [
        (json!({ "receipts": { "secret": "MARKED" } }), "receipts.secret"),
        (json!({ "receipts": { "verification": "path", "secret": "MARKED" } }), "receipts.secret"),
        (
            json!({ "receipts": { "verification": "path", "secret": "MARKED/23456789012345678901234567890" } }),
            "receipts.secret",
        ),
        (json!({ "receipts": { "verification": "twilio", "secret": "MARKED" } }), "receipts.public_url"),
        (
            json!({ "receipts": { "verification": "twilio", "secret": "", "public_url": "https://b.example/" } }),
            "receipts.secret",
        ),
        (
            json!({ "preset": "twilio", "username": "a", "password": "",
                    "receipts": { "public_url": "https://b.example/" } }),
            "password",
        ),
        (
            json!({ "receipts": { "secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "report": { "form": "text" } } }),
            "receipts.report.form",
        ),
        (
            json!({ "receipts": { "secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "report": { "status": "x" } } }),
            "receipts.report.status",
        ),
    ] {
        let error =
            HttpReceipts::new("primary".to_owned(), settings("https://sms.example/", more.clone())).err();
        let error = error.unwrap_or_else(|| panic!("{more} is taken"));
        no_secret(&format!("{error} {error:?}"));
        assert_eq!(error.key(), key, "{error}");
    }
}

#[test]
fn no_debug_shows_a_secret() {
    let more = json!({ "username": "a", "password": "MARKED", "token": "MARKED", "proxy": "http://a:MARKED@b/",
                       "receipts": { "secret": "MARKED" } });
    let settings = settings("https://sms.example/", more);
    no_secret(&format!("{settings:?} {:?}", settings.clone().filled()));
}

#[test]
fn without_a_secret_there_are_no_receipts() {
    for preset in ["json", "twilio", "vonage", "infobip", "kannel"] {
        let settings =
            settings("https://sms.example/", json!({ "preset": preset, "username": "a", "password": "b" }));
        assert!(
            HttpReceipts::new("primary".to_owned(), settings).expect("it can be used").is_none(),
            "{preset}"
        );
    }
}

#[tokio::test]
async fn credentials_that_a_template_names_are_sent_there_and_nowhere_else() {
    use data_adapter_sca::SmsGateway as _;
    let (url, calls) = gateway(&[Does::ok("{}")]).await;
    let fields =
        json!({ "n": "{{ number }}", "t": "{{ text }}", "u": "{{ username }}", "p": "{{ password }}" });
    let more =
        json!({ "username": "me", "password": "MARKED", "request": { "form": "form", "fields": fields } });
    made(settings(&url, more)).send(&message()).await.expect("it is taken");
    let call = calls.only();
    assert_eq!(call.header("authorization"), None);
    assert_eq!((call.fields()["u"].as_str(), call.fields()["p"].as_str()), ("me", "MARKED"));
}
