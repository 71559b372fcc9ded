//! One-time codes: creation, verification, verification with a password.

use serde_json::Value;

use super::{PREFIXES, assert_example, assert_holds, request, request_with, response};
use crate::support::outcome::UNKNOWN_MESSAGE;
use crate::support::payloads::{SMS_CREATE, SMS_PASSWORD_VERIFY, SMS_VERIFY};
use crate::support::{Answer, DataAdapter};

const MESSAGE_ID: &str = "responseObject.messageId";

#[tokio::test]
async fn a_created_code_is_delivered_to_the_inbox_in_the_words_of_the_operation() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let answer = adapter.post(&format!("{prefix}{SMS_CREATE}"), request("sms-create")).await;
        assert_example(&answer, 200, "sms-create.delivered", &[MESSAGE_ID]);

        let message_id = answer.member("messageId");
        let code = adapter.code_for(&message_id).await;
        let messages = adapter.messages().await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        assert_eq!(messages[0]["messageId"], message_id);
        assert_eq!(messages[0]["operationId"], "371526cc-5dee-414e-8418-5ee1c5ef2d67");
        let text = format!("Authorization code for payment of 100 CZK to account 238400856/0300 is {code}.");
        assert_eq!(messages[0]["text"], text);
        assert_eq!(code.len(), 8, "{code}");
    }
}

#[tokio::test]
async fn a_code_for_a_user_without_a_phone_cannot_be_delivered() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let request = request_with("sms-create", &[("userId", "20000003".into())]);
        let answer = adapter.post(&format!("{prefix}{SMS_CREATE}"), request).await;
        // The example prints null there; FACTS A26 says what is wrong in words.
        let mut example = response("sms-create.undelivered");
        example["responseObject"]["errorMessage"] = "smsAuthorization.deliveryFailed".into();
        assert_holds(&answer, 200, &example, &[MESSAGE_ID]);
        assert_eq!(adapter.messages().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn the_right_code_is_accepted_once() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let (message_id, code) = created(&adapter, prefix).await;
        let answer = verify(&adapter, prefix, &message_id, &code).await;
        assert_example(&answer, 200, "sms-verify.succeeded", &[]);

        let again = verify(&adapter, prefix, &message_id, &code).await;
        assert_eq!(again.object()["smsAuthorizationResult"], "VERIFIED_FAILED", "{}", again.text);
        assert_eq!(again.object()["errorMessage"], "smsAuthorization.alreadyVerified");
    }
}

#[tokio::test]
async fn a_wrong_code_is_a_failed_result_that_says_how_many_tries_are_left() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let (message_id, code) = created(&adapter, prefix).await;
        let answer = verify(&adapter, prefix, &message_id, &wrong(&code)).await;
        assert_example(&answer, 200, "sms-verify.failed", &[]);
    }
}

#[tokio::test]
async fn a_code_for_a_message_that_was_never_sent_is_a_failed_result() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let answer = adapter.post(&format!("{prefix}{SMS_VERIFY}"), request("sms-verify")).await;
        UNKNOWN_MESSAGE.assert(&answer, "the example of a verification as it stands");
    }
}

#[tokio::test]
async fn a_right_code_and_a_right_password_are_both_verified() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let (message_id, code) = created(&adapter, prefix).await;
        let answer = verify_both(&adapter, prefix, &message_id, &code, "s3cret").await;
        assert_example(&answer, 200, "sms-password-verify.succeeded", &[]);
    }
}

#[tokio::test]
async fn whichever_of_code_and_password_is_wrong_both_results_are_failed() {
    for prefix in PREFIXES {
        let adapter = DataAdapter::start().await;
        let (message_id, code) = created(&adapter, prefix).await;
        for (code, password) in [(&code, "wrong"), (&wrong(&code), "s3cret"), (&wrong(&code), "wrong")] {
            let answer = verify_both(&adapter, prefix, &message_id, code, password).await;
            assert_example(&answer, 200, "sms-password-verify.failed", &[]);
        }
        // Three guesses are spent, and the code is not: it is consumed only when both are right.
        let answer = verify_both(&adapter, prefix, &message_id, &code, "s3cret").await;
        assert_example(&answer, 200, "sms-password-verify.succeeded", &[]);
    }
}

async fn created(adapter: &DataAdapter, prefix: &str) -> (String, String) {
    let answer = adapter.post(&format!("{prefix}{SMS_CREATE}"), request("sms-create")).await;
    let message_id = answer.member("messageId");
    let code = adapter.code_for(&message_id).await;
    (message_id, code)
}

async fn verify(adapter: &DataAdapter, prefix: &str, message_id: &str, code: &str) -> Answer {
    let ours = [("messageId", message_id.into()), ("authorizationCode", code.into())];
    adapter.post(&format!("{prefix}{SMS_VERIFY}"), request_with("sms-verify", &ours)).await
}

async fn verify_both(
    adapter: &DataAdapter,
    prefix: &str,
    message_id: &str,
    code: &str,
    password: &str,
) -> Answer {
    let ours =
        [("messageId", message_id.into()), ("authorizationCode", code.into()), ("password", password.into())];
    let request = request_with("sms-password-verify", &ours);
    adapter.post(&format!("{prefix}{SMS_PASSWORD_VERIFY}"), request).await
}

/// A code of the same length that is surely another one.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect()
}
