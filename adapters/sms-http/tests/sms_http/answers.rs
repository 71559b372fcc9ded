//! What answers say, and what nobody can know from them.

use data_adapter_sca::{GatewayError, HandedOver};
use serde_json::{Value, json};

use crate::server::{Does, gateway};
use crate::support::{is_refused, is_unavailable, is_unknown, send, settings};

async fn sent(does: Does, more: Value) -> Result<HandedOver, GatewayError> {
    let (url, _) = gateway(&[does]).await;
    send(settings(&url, more)).await
}

#[tokio::test]
async fn a_status_says_whether_the_gateway_has_the_message() {
    for status in [200, 201, 202, 204] {
        sent(Does::status(status), json!({})).await.expect("it is taken");
    }
    for status in [301, 307, 308, 401, 402, 403, 404, 405, 407, 429] {
        assert!(is_unavailable(&sent(Does::status(status), json!({})).await), "{status}");
    }
    for status in [400, 406, 410, 413, 415, 422] {
        assert!(is_refused(&sent(Does::status(status), json!({})).await), "{status}");
    }
    for status in [300, 302, 303, 304, 408, 409, 500, 502, 503, 504, 599] {
        assert!(is_unknown(&sent(Does::status(status), json!({})).await), "{status}");
    }
}

#[tokio::test]
async fn a_gateway_that_says_when_to_come_again_does_not_have_the_message() {
    for status in [429, 503] {
        let does = Does::Answer(status, "retry-after: 3\r\n", String::new());
        assert!(is_unavailable(&sent(does, json!({})).await), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (other, calls) = gateway(&[Does::ok("{}")]).await;
    let location: &'static str = Box::leak(format!("location: {other}\r\n").into_boxed_str());
    let sent = sent(Does::Answer(307, location, String::new()), json!({})).await;
    assert!(is_unavailable(&sent) && calls.all().is_empty(), "{sent:?}");
}

#[tokio::test]
async fn which_statuses_say_what_is_configuration() {
    let answer = json!({ "answer": { "success": [202], "unavailable": [503] } });
    sent(Does::status(202), answer.clone()).await.expect("it is taken");
    assert!(is_unavailable(&sent(Does::status(503), answer.clone()).await));
    assert!(is_refused(&sent(Does::status(429), answer.clone()).await));
    // It may well have been taken.
    assert!(is_unknown(&sent(Does::status(200), answer).await));
}

#[tokio::test]
async fn a_success_with_an_error_inside_is_none() {
    let rules = || {
        json!({ "answer": {
            "result": "/status", "accepted": ["queued", "sent*"], "unavailable_results": ["busy"],
            "unclear_results": ["maybe"], "reference": "/id"
        } })
    };
    let said = |body: &str| sent(Does::ok(body), rules());
    let taken = said(r#"{"status": "sent-now", "id": 17}"#).await.expect("it is taken");
    assert_eq!((taken.gateway.as_deref(), taken.references), (Some("primary"), vec!["17".to_owned()]));
    let refused = said(r#"{"status": "21610", "id": "x"}"#).await;
    assert!(refused.as_ref().is_err_and(|error| error.to_string().contains("21610")), "{refused:?}");
    assert!(is_refused(&refused));
    assert!(is_unavailable(&said(r#"{"status": "busy"}"#).await));
    for unclear in [r#"{"status": "maybe"}"#, "{}", "<html>Welcome</html>", "", r#"{"status": null}"#, "[1,"]
    {
        assert!(is_unknown(&said(unclear).await), "{unclear}");
    }
}

#[tokio::test]
async fn a_message_that_was_taken_in_part_was_taken() {
    let rules = json!({ "answer": { "result": "/parts/*/status", "accepted": ["0"], "unavailable_results": ["1"],
                                    "reference": "/parts/*/id" } });
    let parts = |statuses: [u8; 2]| {
        let parts = statuses.map(|status| json!({ "status": status, "id": format!("part-{status}") }));
        sent(Does::ok(json!({ "parts": parts }).to_string()), rules.clone())
    };
    assert_eq!(parts([0, 0]).await.expect("it is taken").references, ["part-0", "part-0"]);
    assert!(is_unknown(&parts([0, 1]).await));
    assert!(is_unavailable(&parts([1, 1]).await));
    assert!(is_refused(&parts([1, 7]).await));
}

#[tokio::test]
async fn a_pattern_judges_answers_of_text_and_finds_the_id() {
    let rules = json!({ "answer": { "pattern": "^OK(?: (?P<reference>[0-9a-f]+))?" } });
    assert_eq!(sent(Does::ok("OK 1f"), rules.clone()).await.expect("it is taken").references, ["1f"]);
    sent(Does::ok("OK"), rules.clone()).await.expect("it is taken");
    assert!(is_refused(&sent(Does::ok("ERR 12"), rules).await));
}

#[tokio::test]
async fn a_code_of_the_gateway_is_told_but_nothing_that_it_repeats_of_the_message() {
    let rules = json!({ "answer": { "error": "/code" } });
    let said = async |code: &str| {
        let sent = sent(Does::Answer(400, "", json!({ "code": code }).to_string()), rules.clone()).await;
        sent.expect_err("it is refused").to_string()
    };
    assert!(said("21211").await.contains("(21211)"));
    assert!(said("EC_INVALID.DESTINATION-1").await.contains("(EC_INVALID.DESTINATION-1)"));
    for repeated in ["+420777123456", "420777123456", "777123456", "c-87654321", "Your code is 87654321"] {
        assert!(!said(repeated).await.contains('('), "{repeated}");
    }
}

#[tokio::test]
async fn an_id_that_nobody_would_make_is_not_kept() {
    let rules = json!({ "answer": { "reference": "/id" } });
    for id in [json!(""), json!("x".repeat(129)), json!({ "a": 1 }), json!(null)] {
        let taken =
            sent(Does::ok(json!({ "id": id }).to_string()), rules.clone()).await.expect("it is taken");
        // The generic preset tells the gateway an id of ours.
        assert_eq!(taken.references.len(), 1);
        assert_eq!(taken.references[0].len(), 36, "{:?}", taken.references);
    }
}
