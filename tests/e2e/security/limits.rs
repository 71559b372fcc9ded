//! How often something may be tried, and how long it lasts.

use std::time::Duration;

use serde_json::{Value, json};

use super::partner::{DEVICES, LOGIN, PENDING, POST_LOGIN_DETAILS, Partner, REGENERATE};
use super::{CONSUMER, builder, response_code};
use crate::codes::{settings, wrong};
use crate::support::{Answer, DataAdapter};

/// How many are left after an answer, of what that member counts.
fn left(answer: &Answer, member: &str) -> Value {
    answer.json()["SCARes"][member].clone()
}

/// Whatever needs a code is refused to the consumer, and nothing else.
async fn assert_blocked(adapter: &DataAdapter, partner: &Partner, reference: &str, code: &str) {
    let consumer = json!({"ConsumerID": CONSUMER});
    let login = json!({"ConsumerID": CONSUMER, "SCAOptionID1FA": 6, "DoSecondFactor": true});
    let again = json!({"SCAReferenceNumber": reference, "SCAType": 1});
    for answer in [
        partner.authorize(adapter, reference, code).await,
        partner.call(adapter, REGENERATE, &again).await,
        partner.call(adapter, POST_LOGIN_DETAILS, &login).await,
        partner.call(adapter, PENDING, &consumer).await,
    ] {
        assert_eq!(response_code(&answer), "901", "{}", answer.text);
    }
    assert_eq!(response_code(&partner.call(adapter, DEVICES, &consumer).await), "000");
}

#[tokio::test]
async fn the_fifth_wrong_code_blocks_the_consumer() {
    let adapter = builder().start().await;
    let partner = Partner::login(&adapter).await;
    let reference = partner.asked(&adapter, CONSUMER).await;
    let code = adapter.code_for(&reference.to_lowercase()).await;
    for remaining in [4, 3, 2, 1] {
        let answer = partner.authorize(&adapter, &reference, &wrong(&code)).await;
        assert_eq!(response_code(&answer), "905", "{}", answer.text);
        assert_eq!(left(&answer, "RemainingFailAttempt"), remaining, "{}", answer.text);
    }
    let answer = partner.authorize(&adapter, &reference, &wrong(&code)).await;
    assert_eq!(response_code(&answer), "904", "{}", answer.text);
    assert_blocked(&adapter, &partner, &reference, &code).await;
}

#[tokio::test]
async fn the_sixth_code_made_anew_blocks_the_consumer() {
    let adapter = builder().start().await;
    let partner = Partner::login(&adapter).await;
    let mut reference = partner.asked(&adapter, CONSUMER).await;
    for remaining in [4, 3, 2, 1, 0] {
        let again = json!({"SCAReferenceNumber": reference, "SCAType": "OTP"});
        let answer = partner.call(&adapter, REGENERATE, &again).await;
        assert_eq!(response_code(&answer), "000", "{}", answer.text);
        assert_eq!(left(&answer, "RemainingResendCount"), remaining, "{}", answer.text);
        reference = left(&answer, "SCAReferenceNumber").as_str().expect("a number").to_owned();
    }
    let code = adapter.code_for(&reference.to_lowercase()).await;
    let messages = adapter.messages().await.len();
    let again = json!({"SCAReferenceNumber": reference, "SCAType": "OTP"});
    let answer = partner.call(&adapter, REGENERATE, &again).await;
    assert_eq!(response_code(&answer), "904", "{}", answer.text);
    assert_eq!(adapter.messages().await.len(), messages, "a message was sent");
    assert_blocked(&adapter, &partner, &reference, &code).await;
}

#[tokio::test]
async fn a_request_is_unknown_when_its_time_is_over() {
    let adapter = builder().env(settings::VALIDITY, "1").start().await;
    let partner = Partner::login(&adapter).await;
    let reference = partner.asked(&adapter, CONSUMER).await;
    let code = adapter.code_for(&reference.to_lowercase()).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let again = json!({"SCAReferenceNumber": reference, "SCAType": 1});
    for answer in [
        partner.authorize(&adapter, &reference, &code).await,
        partner.cancel(&adapter, &reference).await,
        partner.call(&adapter, REGENERATE, &again).await,
    ] {
        assert_eq!(response_code(&answer), "903", "{}", answer.text);
    }
    let answer = partner.call(&adapter, PENDING, &json!({"ConsumerID": CONSUMER})).await;
    assert_eq!(answer.json()["SCAPendingRequests"], json!([]), "{}", answer.text);
}

#[tokio::test]
async fn five_wrong_passwords_block_a_partner_and_no_token_of_it() {
    let adapter = builder().start().await;
    let partner = Partner::login(&adapter).await;
    let log_in = async |username: &str, password: &str| {
        let form = format!("grant_type=password&username={username}&password=Partner%23{password}");
        let request = adapter.client().post(adapter.url(LOGIN));
        adapter.send(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
    };
    let mut refusals = Vec::new();
    for password in ["2025"; 5].into_iter().chain(["2026"]) {
        let answer = log_in("demopartner", password).await;
        assert_eq!(answer.status, 400, "{password}: {}", answer.text);
        refusals.push(answer.text);
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "the right password is answered like the wrong ones: {refusals:?}");
    assert_eq!(log_in("otherpartner", "2027").await.status, 200, "nobody else is blocked");
    let answer = partner.call(&adapter, DEVICES, &json!({"ConsumerID": CONSUMER})).await;
    assert_eq!(response_code(&answer), "000", "{}", answer.text);
}

#[tokio::test]
async fn where_sessions_are_required_a_consumer_needs_two_factors_and_has_to_go_on() {
    let builder = builder().env("DATA_ADAPTER__SECURITY__REQUIRE_SESSION", "true");
    let adapter = builder.env("DATA_ADAPTER__SECURITY__SESSION_SECONDS", "8").start().await;
    let partner = Partner::login(&adapter).await;
    let list = async || partner.call(&adapter, DEVICES, &json!({"ConsumerID": CONSUMER})).await;
    let assert_lapsed = |answer: &Answer| {
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.json()["Errors"][0]["Status"], "0387", "{}", answer.text);
    };
    assert_lapsed(&list().await);
    let factors = json!({"ConsumerID": CONSUMER, "SCAOptionID1FA": 6, "SCAOptionID2FA": 1});
    assert_eq!(response_code(&partner.call(&adapter, POST_LOGIN_DETAILS, &factors).await), "000");
    // Each call in time for the session, and the last one longer after the first than a session lasts.
    for _ in 0..5 {
        assert_eq!(response_code(&list().await), "000");
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    }
    tokio::time::sleep(Duration::from_millis(5_600)).await;
    assert_lapsed(&list().await);
    let reference = partner.asked(&adapter, CONSUMER).await;
    assert_lapsed(&list().await);
    let code = adapter.code_for(&reference.to_lowercase()).await;
    assert_eq!(response_code(&partner.authorize(&adapter, &reference, &code).await), "000");
    assert_eq!(response_code(&list().await), "000", "a login that was approved opens a session");
}

#[tokio::test]
async fn over_a_limit_of_what_may_be_sent_nothing_changes_and_the_code_before_is_good() {
    let adapter = builder().env("DATA_ADAPTER__SMS__LIMITS__USER", "1;w=3600").start().await;
    let partner = Partner::login(&adapter).await;
    let reference = partner.asked(&adapter, CONSUMER).await;
    let again = json!({"SCAReferenceNumber": reference, "SCAType": "OTP"});
    for _ in 0..7 {
        let answer = partner.call(&adapter, REGENERATE, &again).await;
        assert_eq!(response_code(&answer), "902", "{}", answer.text);
        assert_eq!(left(&answer, "RemainingResendCount"), 5, "{}", answer.text);
        assert_eq!(left(&answer, "SCAReferenceNumber"), reference.as_str(), "{}", answer.text);
    }
    let login = json!({"ConsumerID": CONSUMER, "SCAOptionID1FA": 6, "DoSecondFactor": true});
    let answer = partner.call(&adapter, POST_LOGIN_DETAILS, &login).await;
    assert_eq!((response_code(&answer).as_str(), &answer.json()["SCARes"]), ("902", &Value::Null));
    assert_eq!(adapter.messages().await.len(), 1, "messages");
    let code = adapter.code_for(&reference.to_lowercase()).await;
    let answer = partner.authorize(&adapter, &reference, &code).await;
    assert_eq!(response_code(&answer), "000", "{}", answer.text);
}
