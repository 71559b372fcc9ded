//! Texts arrive letter by letter, whatever the form of the call.

use data_adapter_sca::SmsGateway as _;
use serde_json::{Value, json};

use crate::server::{Call, Does, gateway};
use crate::support::{made, saying, settings};

fn texts() -> Vec<String> {
    let long =
        "Převod 1 234,50 € na účet {CZ65 0800} – 100% \"ok\" & více \\ ".chars().cycle().take(300).collect();
    vec![
        "€ { } [ ] ~ ^ | \\".to_owned(),
        "příliš žluťoučký kůň".to_owned(),
        "Kód 🔐 1234".to_owned(),
        "a=b&c=d+e%20f#g?h;i".to_owned(),
        "first\nsecond\r\nthird\t.".to_owned(),
        "{{ number }} {% raw %}".to_owned(),
        "<b>&amp;</b> 'x'".to_owned(),
        long,
    ]
}

async fn arrives(more: Value, text_of: impl Fn(&Call) -> String) {
    for text in texts() {
        let (url, calls) = gateway(&[Does::ok("{}")]).await;
        made(settings(&url, more.clone())).send(&saying(&text)).await.expect("it is taken");
        assert_eq!(text_of(&calls.only()), text);
    }
}

#[tokio::test]
async fn in_json() {
    let text = |call: &Call| {
        let body: Value = serde_json::from_str(&call.body).expect("JSON");
        body["text"].as_str().expect("a text").to_owned()
    };
    arrives(json!({}), text).await;
}

#[tokio::test]
async fn in_a_form_and_in_a_query() {
    let fields = json!({ "n": "{{ number }}", "t": "{{ text }}" });
    arrives(json!({ "request": { "form": "form", "fields": fields } }), |call| call.fields()["t"].clone())
        .await;
    let request = json!({ "request": { "form": "query", "method": "GET", "fields": fields } });
    arrives(request, |call| call.query()["t"].clone()).await;
}

#[tokio::test]
async fn in_text() {
    let request = json!({ "request": { "form": "text", "content_type": "text/plain; charset=utf-8",
                                       "body": "{{ number }}:{{ text }}" } });
    arrives(request, |call| call.body.split_once(':').expect("number and text").1.to_owned()).await;
}

#[tokio::test]
async fn templates_know_how_many_sms_a_text_takes() {
    let request = json!({ "request": { "form": "text", "body": "{{ number }}{{ text|length * 0 }} {{ alphabet }} {{ segments }}" } });
    for (text, said) in [
        ("a".repeat(160), "gsm7 1"),
        ("a".repeat(161), "gsm7 2"),
        ("ě".repeat(70), "ucs2 1"),
        ("ě".repeat(71), "ucs2 2"),
        ("€".repeat(80), "gsm7 1"),
        ("€".repeat(81), "gsm7 2"),
    ] {
        let (url, calls) = gateway(&[Does::ok("{}")]).await;
        made(settings(&url, request.clone())).send(&saying(&text)).await.expect("it is taken");
        assert_eq!(calls.only().body, format!("+4207771234560 {said}"));
    }
}
