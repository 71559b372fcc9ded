//! One-time codes: what they are bound to, how often they may be guessed, and when they end.

mod attributes;
mod binding;
mod blocks;
mod counting;
mod ending;
mod fakes;
mod numbers;
mod payees;
mod with_password;

use serde_json::Value;

use crate::support::payloads::{SMS_CREATE, SMS_VERIFY, payment, sms_create, sms_verify};
use crate::support::{Answer, DataAdapter};

/// The settings that these tests change.
pub(crate) mod settings {
    pub(crate) const VALIDITY: &str = "DATA_ADAPTER__OTP__EXPIRES_SECONDS";
    pub(crate) const CODE_BLOCK: &str = "DATA_ADAPTER__OTP__BLOCK_SECONDS";
    pub(crate) const PASSWORD_BLOCK: &str = "DATA_ADAPTER__PASSWORD__BLOCK_SECONDS";
}

/// A code that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) message: String,
    pub(crate) code: String,
}

/// The payment that most tests approve.
pub(crate) fn rent(operation: &str) -> String {
    payment(operation, "100", "CZK", "238400856/0300")
}

/// Another code of the same length.
pub(crate) fn wrong(code: &str) -> String {
    let flipped = code.chars().map(|digit| if digit == '0' { '1' } else { '0' });
    flipped.collect()
}

/// Asks for a code and reads it from the inbox.
pub(crate) async fn send(adapter: &DataAdapter, user: &str, context: &str) -> Sent {
    let message = create(adapter, user, context).await;
    let code = adapter.code_for(&message).await;
    Sent { message, code }
}

/// Asks for a code that is said to be on its way, and gives back the id of the message.
pub(crate) async fn create<'a>(
    adapter: &DataAdapter,
    user: impl Into<Option<&'a str>>,
    context: &str,
) -> String {
    let answer = adapter.post(SMS_CREATE, sms_create(user, context)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.object()["smsDeliveryResult"], "SUCCEEDED", "{}", answer.text);
    assert_eq!(answer.object()["errorMessage"], Value::Null, "{}", answer.text);
    answer.member("messageId")
}

pub(crate) async fn verify<'a>(
    adapter: &DataAdapter,
    message: &str,
    code: &str,
    user: impl Into<Option<&'a str>>,
    context: &str,
) -> Answer {
    adapter.post(SMS_VERIFY, sms_verify(message, code, user, context)).await
}

fn assert_result(answer: &Answer, result: &str, message: Option<&str>, remaining: Option<u32>, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    let object = answer.object();
    assert_eq!(object["smsAuthorizationResult"], result, "{what}: {}", answer.text);
    assert_eq!(object["errorMessage"].as_str(), message, "{what}: {}", answer.text);
    assert_eq!(object["remainingAttempts"], serde_json::json!(remaining), "{what}: {}", answer.text);
    assert_eq!(object["showRemainingAttempts"], false, "{what}: {}", answer.text);
}

/// The code was right.
pub(crate) fn assert_right(answer: &Answer, what: &str) {
    assert_result(answer, "VERIFIED_SUCCEEDED", None, None, what);
}

/// The code, or what it is bound to, was wrong, and this many tries are left.
pub(crate) fn assert_wrong(answer: &Answer, remaining: u32, what: &str) {
    assert_result(answer, "VERIFIED_FAILED", Some("smsAuthorization.failed"), Some(remaining), what);
}

/// The code was not looked at.
pub(crate) fn assert_over(answer: &Answer, message: &str, what: &str) {
    assert_result(answer, "VERIFIED_FAILED", Some(message), None, what);
}

pub(crate) const EXPIRED: &str = "smsAuthorization.expired";
pub(crate) const USED: &str = "smsAuthorization.alreadyVerified";
pub(crate) const SPENT: &str = "smsAuthorization.maxAttemptsExceeded";
pub(crate) const UNKNOWN: &str = "smsAuthorization.invalidMessage";
