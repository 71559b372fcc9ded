//! What operators do, and what others see of it.

use serde_json::{Value, json};

use super::{REQUESTS, USER, assert_problem, get, post};
use crate::codes::{rent, send, verify, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::USER as ID;

/// A request that was made, as Web Flow calls it.
async fn ask(adapter: &DataAdapter, request: Value) -> String {
    let answer = post(adapter, REQUESTS, request).await;
    assert_eq!((answer.status, &answer.json()["delivered"]), (201, &json!(true)), "{}", answer.text);
    answer.json()["scaReferenceNumber"].as_str().expect("a number").to_lowercase()
}

#[tokio::test]
async fn the_message_shows_what_its_code_approves() {
    let adapter = DataAdapter::start().await;
    let payment = json!({
        "consumerId": 12_345_678, "type": "otp", "title": "Rent", "amount": 100, "currency": "CZK", "payee": "238400856/0300"
    });
    let approval = json!({"consumerId": 12_345_678, "type": "otp", "title": "Change of the daily limit"});
    for (request, shown) in [
        (payment, "payment of 100 CZK to account 238400856/0300"),
        (approval, "Authorization code to approve \"Change of the daily limit\" is "),
    ] {
        let message = ask(&adapter, request).await;
        let messages = adapter.messages().await;
        assert_eq!(messages[0]["messageId"], message.as_str());
        assert!(messages[0]["text"].as_str().is_some_and(|text| text.contains(shown)), "{messages:?}");
    }
}

#[tokio::test]
async fn a_code_that_web_flow_asked_for_waits_among_the_users_challenges_and_a_block_is_lifted_at_once() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, ID, &rent("guessed")).await;
    let user = get(&adapter, USER).await;
    assert_eq!(
        user.json()["challenges"][0]["scaReferenceNumber"],
        sent.message.to_uppercase(),
        "{}",
        user.text
    );
    assert!(!user.text.contains(&sent.code) && !user.text.contains("+420"), "{}", user.text);
    for _ in 0..5 {
        verify(&adapter, &sent.message, &wrong(&sent.code), ID, &rent("guessed")).await;
    }
    assert_eq!(get(&adapter, "/admin/blocks").await.json()["blocks"][0]["userId"], ID);
    let refused =
        post(&adapter, REQUESTS, json!({"consumerId": 12_345_678, "type": "otp", "title": "A limit"})).await;
    assert_problem(&refused, 409);
    let lifted = post(&adapter, &format!("{USER}/unblock"), Value::Null).await;
    assert_eq!(lifted.json(), json!({"lifted": ["code"]}));
    assert_eq!(get(&adapter, "/admin/blocks").await.json(), json!({"blocks": []}));
    ask(&adapter, json!({"consumerId": 12_345_678, "type": "otp", "title": "A limit"})).await;
}

#[tokio::test]
async fn a_push_is_asked_on_a_device_that_was_registered() {
    let adapter = DataAdapter::start().await;
    let push = || json!({"consumerId": 12_345_678, "type": "push", "title": "Change of the daily limit"});
    assert_problem(&post(&adapter, REQUESTS, push()).await, 409);
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    let device = post(&adapter, &format!("{USER}/devices"), device).await;
    assert_eq!(device.status, 201, "{}", device.text);
    ask(&adapter, push()).await;
    assert!(adapter.messages().await.is_empty(), "nothing is sent by SMS");
}

#[tokio::test]
async fn what_may_not_be_sent_is_refused_with_a_reason() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__SMS__LIMITS__USER", "1;w=3600").start().await;
    let request = json!({"consumerId": 12_345_678, "type": "otp", "title": "A limit"});
    let first = ask(&adapter, request.clone()).await;
    let refused = post(&adapter, REQUESTS, request).await;
    assert_problem(&refused, 409);
    assert_eq!(refused.json()["reason"], "limited", "{}", refused.text);
    assert_eq!(adapter.messages().await.len(), 1, "messages");
    let open = get(&adapter, USER).await.json()["challenges"].clone();
    assert_eq!(open.as_array().map(Vec::len), Some(1), "{open}");
    assert_eq!(open[0]["scaReferenceNumber"], first.to_uppercase());
}
