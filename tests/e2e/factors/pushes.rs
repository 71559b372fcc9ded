//! Proving a device by a push.

use serde_json::Value;

use super::BLOCKED;
use super::application::{Application, outcome};
use super::operations::Operation;
use crate::codes::settings;
use crate::support::{Answer, DataAdapter};

/// The push that was sent last.
pub(super) async fn last(adapter: &DataAdapter) -> Value {
    let answer = adapter.get("/sandbox/pushes").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()[0].clone()
}

/// Decides on a push as its user does on the device.
pub(super) async fn decide(adapter: &DataAdapter, push: &Value, accepted: bool) -> Answer {
    let verb = if accepted { "accept" } else { "reject" };
    let url = adapter.url(&format!("/sandbox/pushes/{}/{verb}", push["id"]));
    adapter.send(adapter.client().post(url)).await
}

#[tokio::test]
async fn what_the_user_decides_decides_the_factor_and_is_decided_once() {
    for (accepted, status) in [(true, "ACTIVE"), (false, "INACTIVE")] {
        let adapter = DataAdapter::start().await;
        let user = Application::start(&adapter).await;
        assert_eq!(user.enrol_push(&adapter).await, "204");
        assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION");
        let push = last(&adapter).await;
        assert_eq!(decide(&adapter, &push, accepted).await.status, 200);
        assert_eq!(user.status(&adapter).await, status);
        for again in [accepted, !accepted] {
            assert_eq!(decide(&adapter, &push, again).await.status, 409);
            assert_eq!(user.status(&adapter).await, status);
        }
        let again = if accepted { "CHANNEL_ALREADY_REGISTERED" } else { "204" };
        assert_eq!(user.enrol_push(&adapter).await, again);
    }
}

#[tokio::test]
async fn without_a_decision_in_time_a_factor_stays_pending() {
    let adapter = DataAdapter::builder().env(settings::VALIDITY, "1").start().await;
    let user = Application::start(&adapter).await;
    user.enrol_push(&adapter).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(decide(&adapter, &last(&adapter).await, true).await.status, 409);
    assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION");
}

#[tokio::test]
async fn factors_are_listed_in_the_order_of_enrolment_and_unlinked_once() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.unlink(&adapter, "AUTHY").await, "CHANNEL_NOT_REGISTERED");
    user.enrol_push(&adapter).await;
    user.enrol(&adapter).await;
    user.enrol_push(&adapter).await;
    let pending = |channel: &str| (channel.to_owned(), "PENDING_VERIFICATION".to_owned());
    assert_eq!(user.factors(&adapter).await, [pending("AUTHY"), pending("SMS")]);
    decide(&adapter, &last(&adapter).await, true).await;
    assert_eq!(user.unlink(&adapter, "AUTHY").await, "204");
    assert_eq!(user.factors(&adapter).await, [pending("SMS")]);
    for channel in ["AUTHY", "BIOMETRIC"] {
        assert_eq!(user.unlink(&adapter, channel).await, "CHANNEL_NOT_REGISTERED");
    }
    user.enrol_push(&adapter).await;
    assert_eq!(user.factors(&adapter).await, [pending("SMS"), pending("AUTHY")]);
}

#[tokio::test]
async fn who_can_not_be_asked_is_told_why() {
    let adapter = DataAdapter::start().await;
    let blocked = Application::of(&adapter, BLOCKED).await;
    assert_eq!(blocked.enrol_push(&adapter).await, "CREDENTIALS_INACTIVE");
    let user = Application::start(&adapter).await;
    let answer = user.ask(&adapter, &Operation::enrol_push().at("/push/BIOMETRIC")).await;
    assert_eq!(outcome(&answer), "CHANNEL_NOT_SUPPORTED");
    assert_eq!(adapter.get("/sandbox/pushes").await.text, "[]");
}
