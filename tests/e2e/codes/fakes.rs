//! Codes that nobody gets, so that nobody learns who is known or blocked.

use serde_json::Value;

use super::{SPENT, assert_over, assert_wrong, create, rent, send, verify};
use crate::support::DataAdapter;
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, SMS_CREATE, USER, authenticate, lookup, sms_create,
};

const BLOCKED: &str = "20000001";
const NO_PHONE: &str = "20000003";

#[tokio::test]
async fn a_code_for_nobody_looks_sent_and_is_guessed_at_like_a_real_one() {
    let adapter = DataAdapter::start().await;
    let message = create(&adapter, None, &rent("op")).await;
    assert!(adapter.messages().await.is_empty(), "nothing is sent");
    for remaining in [4, 3, 2, 1, 0] {
        let answer = verify(&adapter, &message, "12345678", None, &rent("op")).await;
        assert_wrong(&answer, remaining, "nobody");
    }
    let answer = verify(&adapter, &message, "12345678", None, &rent("op")).await;
    assert_over(&answer, SPENT, "nobody");
}

#[tokio::test]
async fn a_code_for_nobody_has_the_shape_of_a_real_one() {
    let adapter = DataAdapter::start().await;
    let shape = |answer: &crate::support::Answer| {
        let members = answer.object().as_object().expect("an object").clone();
        let id = members["messageId"].as_str().expect("a text").len();
        let others = members.into_iter().filter(|(name, _)| name != "messageId");
        (answer.status, id, others.collect::<Vec<_>>())
    };
    let real = shape(&adapter.post(SMS_CREATE, sms_create(USER, &rent("real"))).await);
    let fake = shape(&adapter.post(SMS_CREATE, sms_create(None, &rent("fake"))).await);
    let blocked = shape(&adapter.post(SMS_CREATE, sms_create(BLOCKED, &rent("blocked"))).await);
    assert_eq!(fake, real);
    assert_eq!(blocked, real);
}

#[tokio::test]
async fn a_blocked_account_is_found_fails_to_log_in_and_gets_no_code() {
    let adapter = DataAdapter::start().await;
    let answer = adapter.post(LOOKUP, lookup("blocked")).await;
    assert_eq!((answer.status, answer.member("id").as_str()), (200, BLOCKED), "{}", answer.text);
    let answer = adapter.post(AUTHENTICATE, authenticate(BLOCKED, PASSWORD)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "{}", answer.text);
    assert_eq!(answer.message(), "login.authenticationFailed");
    let wrong = adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
    assert_eq!(answer.text, wrong.text, "it looks like any wrong password");
    let message = create(&adapter, BLOCKED, &rent("op")).await;
    assert!(adapter.messages().await.is_empty(), "nothing is sent");
    let answer = verify(&adapter, &message, "12345678", BLOCKED, &rent("op")).await;
    assert_wrong(&answer, 4, "blocked");
}

#[tokio::test]
async fn a_user_without_a_phone_is_told_that_nothing_could_be_sent() {
    let adapter = DataAdapter::start().await;
    let answer = adapter.post(SMS_CREATE, sms_create(NO_PHONE, &rent("op"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.object()["smsDeliveryResult"], "FAILED", "{}", answer.text);
    assert_eq!(answer.object()["errorMessage"], "smsAuthorization.deliveryFailed", "{}", answer.text);
    let message = answer.member("messageId");
    assert!(adapter.messages().await.is_empty(), "nothing is sent");
    let answer = verify(&adapter, &message, "12345678", NO_PHONE, &rent("op")).await;
    assert_wrong(&answer, 4, "no phone");
}

#[tokio::test]
async fn an_unknown_user_is_told_as_such() {
    let adapter = DataAdapter::start().await;
    for user in ["99999999", "1234567", "123456789", "user1234"] {
        let answer = adapter.post(SMS_CREATE, sms_create(user, &rent("op"))).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (400, "USER_NOT_FOUND"), "{}", answer.text);
        assert_eq!(answer.message(), "login.userNotFound", "{}", answer.text);
        assert_eq!(answer.object()["validationErrors"], Value::Null, "{}", answer.text);
    }
    assert!(adapter.messages().await.is_empty(), "nothing is sent");
}

#[tokio::test]
async fn a_fake_does_not_end_the_code_of_a_user_in_the_same_step() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    create(&adapter, None, &rent("op")).await;
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    super::assert_right(&answer, "the real one");
}
