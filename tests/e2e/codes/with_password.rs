//! A code and a password together: nothing tells which of them was wrong.

use super::{Sent, assert_wrong, rent, send, settings, verify, wrong};
use crate::support::payloads::{
    AUTHENTICATE, OPERATION_CHANGE, PASSWORD, SMS_PASSWORD_VERIFY, USER, authenticate, operation_change,
    payment, sms_password_verify,
};
use crate::support::{Answer, DataAdapter};

const FAILED: &str = concat!(
    r#"{"status":"OK","responseObject":{"smsAuthorizationResult":"VERIFIED_FAILED","#,
    r#""userAuthenticationResult":"VERIFIED_FAILED","errorMessage":"login.authenticationFailed","#,
    r#""remainingAttempts":null,"showRemainingAttempts":false}}"#
);
const SUCCEEDED: &str = concat!(
    r#"{"status":"OK","responseObject":{"smsAuthorizationResult":"VERIFIED_SUCCEEDED","#,
    r#""userAuthenticationResult":"VERIFIED_SUCCEEDED","errorMessage":null,"#,
    r#""remainingAttempts":null,"showRemainingAttempts":false}}"#
);

async fn both(adapter: &DataAdapter, message: &str, code: &str, password: &str, context: &str) -> Answer {
    let body = sms_password_verify(message, code, USER, password, context);
    adapter.post(SMS_PASSWORD_VERIFY, body).await
}

fn assert_body(answer: &Answer, expected: &str, what: &str) {
    assert_eq!((answer.status, answer.text.as_str()), (200, expected), "{what}");
}

#[tokio::test]
async fn both_right_succeed_once() {
    let adapter = DataAdapter::start().await;
    let Sent { message, code } = send(&adapter, USER, &rent("op")).await;
    assert_body(&both(&adapter, &message, &code, PASSWORD, &rent("op")).await, SUCCEEDED, "first");
    assert_body(&both(&adapter, &message, &code, PASSWORD, &rent("op")).await, FAILED, "again");
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let adapter = DataAdapter::builder().env(settings::VALIDITY, "300").start().await;
    let ended = send(&adapter, USER, &rent("ended")).await;
    adapter.post(OPERATION_CHANGE, operation_change(USER, "CANCELED", &rent("ended"))).await;
    let replaced = send(&adapter, USER, &rent("op")).await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let changed = payment("op", "9999", "CZK", "238400856/0300");
    let bad = wrong(&sent.code);
    for (what, message, code, password, context) in [
        ("the password", &sent.message, sent.code.as_str(), "wrong", &rent("op")),
        ("the code", &sent.message, bad.as_str(), PASSWORD, &rent("op")),
        ("no code", &sent.message, "", PASSWORD, &rent("op")),
        ("the amount", &sent.message, sent.code.as_str(), PASSWORD, &changed),
        ("the message", &"unknown".to_owned(), sent.code.as_str(), PASSWORD, &rent("op")),
        ("a newer message", &replaced.message, replaced.code.as_str(), PASSWORD, &rent("op")),
        ("the operation is over", &ended.message, ended.code.as_str(), PASSWORD, &rent("ended")),
    ] {
        assert_body(&both(&adapter, message, code, password, context).await, FAILED, what);
    }
    let answer = both(&adapter, &sent.message, &sent.code, PASSWORD, &rent("op")).await;
    assert_body(&answer, SUCCEEDED, "the fifth try, right");
}

#[tokio::test]
async fn a_right_code_with_a_wrong_password_spends_a_guess_and_is_not_used_up() {
    let adapter = DataAdapter::start().await;
    let Sent { message, code } = send(&adapter, USER, &rent("op")).await;
    for _ in 0..2 {
        assert_body(&both(&adapter, &message, &code, "wrong", &rent("op")).await, FAILED, "the password");
    }
    let answer = verify(&adapter, &message, &wrong(&code), USER, &rent("op")).await;
    assert_wrong(&answer, 2, "two guesses are spent");
    assert_body(&both(&adapter, &message, &code, PASSWORD, &rent("op")).await, SUCCEEDED, "both right");
}

#[tokio::test]
async fn a_spent_code_does_not_work_with_the_right_password() {
    let adapter = DataAdapter::start().await;
    let Sent { message, code } = send(&adapter, USER, &rent("op")).await;
    for _ in 0..5 {
        assert_body(&both(&adapter, &message, &wrong(&code), PASSWORD, &rent("op")).await, FAILED, "wrong");
    }
    assert_body(&both(&adapter, &message, &code, PASSWORD, &rent("op")).await, FAILED, "too late");
}

#[tokio::test]
async fn wrong_passwords_count_here_as_they_do_at_the_login() {
    let adapter = DataAdapter::start().await;
    for number in 0..5 {
        let context = rent(&format!("op-{number}"));
        let Sent { message, code } = send(&adapter, USER, &context).await;
        if number < 4 {
            assert_body(&both(&adapter, &message, &code, "wrong", &context).await, FAILED, "the password");
        } else {
            let answer = adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
            assert_eq!(answer.message(), "login.authenticationFailed", "{}", answer.text);
            assert_body(&both(&adapter, &message, &code, PASSWORD, &context).await, FAILED, "blocked by now");
        }
    }
}

#[tokio::test]
async fn checks_for_nobody_do_not_block_the_user_whose_id_they_name_as_the_message() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1").start().await;
    for _ in 0..6 {
        let body = sms_password_verify(USER, "12345678", None, "wrong", &rent("op"));
        let answer = adapter.post(SMS_PASSWORD_VERIFY, body).await;
        assert_eq!(answer.member("userAuthenticationResult"), "SKIPPED", "{}", answer.text);
    }
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(answer.member("authenticationResult"), "SUCCEEDED", "{}", answer.text);
}
