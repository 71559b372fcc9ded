//! Requests that are not as they have to be.

use serde_json::{Value, json};

use super::RIGHT;
use super::application::{Application, outcome, verification};
use super::operations::{Operation, ROOT};
use crate::support::DataAdapter;

#[tokio::test]
async fn a_channel_that_there_is_not_is_refused_by_name() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    for channel in ["sms", "AUTHY", "EMAIL", "%00", "SMS%20"] {
        for (operation, path) in [
            (Operation::enrol_otp(), format!("/otp/{channel}")),
            (Operation::verify_otp(), format!("/otp/{channel}/verify")),
        ] {
            let answer = user.ask(&adapter, &operation.at(&path)).await;
            assert_eq!(outcome(&answer), "400 channel REGEX", "{path}");
        }
    }
    for channel in ["authy", "SMS", "BIOMETRICS", "%FF"] {
        for operation in [Operation::enrol_push(), Operation::unlink()] {
            let answer = user.ask(&adapter, &operation.at(&format!("/push/{channel}"))).await;
            assert_eq!(outcome(&answer), "400 channel REGEX", "{channel}");
        }
    }
    assert_eq!(user.factors(&adapter).await, []);
}

#[tokio::test]
async fn what_is_no_code_is_refused_by_name_and_is_no_guess() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    for (code, wrong) in [
        (Value::Null, "REQUIRED"),
        (json!(""), "SIZE"),
        (json!("12345"), "SIZE"),
        (json!("1234567"), "SIZE"),
        (json!("abcdef"), "REGEX"),
        (json!("12 456"), "REGEX"),
        (json!("１２３４５６"), "REGEX"),
        (json!(123_456), "REGEX"),
        (json!([]), "REGEX"),
    ] {
        let body = json!({"verificationCode": code}).to_string();
        let answer = user.call(&adapter, &Operation::verify_otp(), None, Some(&body)).await;
        assert_eq!(outcome(&answer), format!("400 verificationCode {wrong}"), "{body}");
    }
    let answer = user.call(&adapter, &Operation::verify_otp(), None, Some("{}")).await;
    assert_eq!(outcome(&answer), "400 verificationCode REQUIRED");
    for body in [None, Some(""), Some("{"), Some("[]"), Some("null")] {
        let answer = user.call(&adapter, &Operation::verify_otp(), None, body).await;
        assert_eq!(outcome(&answer), "400", "{body:?}");
    }
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
}

#[tokio::test]
async fn a_body_or_a_reference_that_is_too_long_is_told_so() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    let body = json!({"verificationCode": RIGHT, "more": "x".repeat(1 << 21)}).to_string();
    let answer = user.call(&adapter, &Operation::verify_otp(), None, Some(&body)).await;
    assert_eq!((answer.status, &answer.json()["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
    let right = verification(RIGHT);
    for operation in Operation::all().into_iter().filter(|operation| operation.has_reference) {
        let body = operation.takes_code().then_some(right.as_str());
        // The last two make a head that is never read to its end.
        for length in [256, 15_000, 16_000, 100_000] {
            let answer = user.call(&adapter, &operation, Some(&"r".repeat(length)), body).await;
            let said = json!({"code": "PAYLOAD_TOO_LARGE", "message": "The idempotency-ref is over-long."});
            assert_eq!((answer.status, answer.json()), (413, said), "{length}");
        }
    }
    assert_eq!(user.factors(&adapter).await, []);
    let answer = user.call(&adapter, &Operation::enrol_otp(), Some(&"r".repeat(255)), None).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn where_there_is_nothing_the_answer_has_a_code_and_a_message() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    for (operation, path) in [
        (Operation::list(), "/otp"),
        (Operation::enrol_otp(), "/otp/SMS/more"),
        (Operation::verify_otp(), "/otp/SMS/verify/more/verify"),
        (Operation::enrol_push(), "/push"),
        (Operation::unlink(), "/push/AUTHY/more"),
    ] {
        let answer = user.ask(&adapter, &operation.at(path)).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("NOT_FOUND")), "{path}");
    }
    let answer = adapter.get(&format!("{ROOT}/otp/SMS")).await;
    assert_eq!((answer.status, &answer.json()["code"]), (405, &json!("METHOD_NOT_ALLOWED")));
    assert!(answer.headers.contains_key("request-ref"));
}
