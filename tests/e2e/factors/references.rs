//! Calls that have one effect, however often they are made.

use super::application::{Application, outcome, verification};
use super::operations::Operation;
use super::provider::Provider;
use super::{RIGHT, WRONG};
use crate::support::DataAdapter;

#[tokio::test]
async fn the_same_call_is_answered_again_and_another_one_is_refused() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    let (right, wrong) = (verification(RIGHT), verification(WRONG));
    let call = async |operation: Operation, reference: &str, body: Option<&str>| {
        outcome(&user.call(&adapter, &operation, Some(reference), body).await)
    };
    for _ in 0..3 {
        assert_eq!(call(Operation::enrol_otp(), "one", None).await, "204");
    }
    assert_eq!(adapter.messages().await.len(), 1);
    assert_eq!(call(Operation::enrol_push(), "one", None).await, "400");
    assert_eq!(call(Operation::verify_otp(), "one", Some(&right)).await, "400");
    for _ in 0..2 {
        assert_eq!(call(Operation::verify_otp(), "two", Some(&right)).await, "204");
    }
    assert_eq!(call(Operation::verify_otp(), "two", Some(&wrong)).await, "400");
    assert_eq!(call(Operation::verify_otp(), "three", Some(&right)).await, "CHANNEL_ALREADY_REGISTERED");
    assert_eq!(call(Operation::enrol_push(), "three", None).await, "204", "what failed is free again");
}

#[tokio::test]
async fn while_a_call_is_under_way_the_same_one_is_told_so_and_another_one_is_refused() {
    let provider = Provider::start_held();
    let adapter = provider.asked_by(DataAdapter::builder()).start().await;
    let user = Application::start(&adapter).await;
    let enrol = Operation::enrol_push();
    let first = user.call(&adapter, &enrol, Some("one"), None);
    let others = async {
        provider.push(1).await;
        let same = outcome(&user.call(&adapter, &enrol, Some("one"), None).await);
        let other = outcome(&user.call(&adapter, &Operation::enrol_otp(), Some("one"), None).await);
        provider.release();
        [same, other]
    };
    let (first, others) = futures::join!(first, others);
    assert_eq!(others, ["REQUEST_UNDER_WAY", "400"]);
    assert_eq!(outcome(&first), "204");
    assert_eq!(outcome(&user.call(&adapter, &enrol, Some("one"), None).await), "204");
    assert_eq!(user.factors(&adapter).await.len(), 1);
}

#[tokio::test]
async fn an_empty_reference_is_none() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    for reference in [Some(""), Some(" "), None] {
        assert_eq!(user.call(&adapter, &Operation::enrol_otp(), reference, None).await.status, 204);
    }
    assert_eq!(adapter.messages().await.len(), 3);
}

#[tokio::test]
async fn a_failed_call_can_be_made_again_with_something_else() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    for (code, said) in [
        (WRONG, "VERIFICATION_CODE_INVALID"),
        (WRONG, "VERIFICATION_CODE_INVALID"),
        ("000000", "VERIFICATION_CODE_INVALID"),
        (WRONG, "ONE_CHALLENGE_LIMIT_REMAINING"),
        (RIGHT, "204"),
    ] {
        let body = verification(code);
        let answer = user.call(&adapter, &Operation::verify_otp(), Some("one"), Some(&body)).await;
        assert_eq!(outcome(&answer), said);
    }
}
