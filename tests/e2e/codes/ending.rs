//! When a code ends by itself, or with its operation.

use std::time::Duration;

use super::{EXPIRED, assert_over, assert_right, assert_wrong, rent, send, settings, verify, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::{
    OPERATION_CHANGE, SMS_CREATE, USER, login, operation_change, payment_named, sms_create,
};

#[tokio::test]
async fn an_expired_code_is_told_as_such_and_gives_no_guesses_back() {
    let adapter = DataAdapter::builder().env(settings::VALIDITY, "8").start().await;
    let first = send(&adapter, USER, &rent("op")).await;
    for remaining in [4, 3] {
        let answer = verify(&adapter, &first.message, &wrong(&first.code), USER, &rent("op")).await;
        assert_wrong(&answer, remaining, "in time");
    }
    // Asking whether it is over would spend the guesses that the test counts.
    tokio::time::sleep(Duration::from_millis(8_100)).await;
    for code in [&first.code, &wrong(&first.code)] {
        let answer = verify(&adapter, &first.message, code, USER, &rent("op")).await;
        assert_over(&answer, EXPIRED, "late");
    }
    let second = send(&adapter, USER, &rent("op")).await;
    let answer = verify(&adapter, &second.message, &wrong(&second.code), USER, &rent("op")).await;
    assert_wrong(&answer, 2, "the next code of the step");
    assert_right(&verify(&adapter, &second.message, &second.code, USER, &rent("op")).await, "in time");
}

#[tokio::test]
async fn the_end_of_an_operation_ends_all_of_its_codes_and_no_others() {
    let adapter = DataAdapter::start().await;
    for change in ["DONE", "CANCELED", "FAILED"] {
        for user in [Some(USER), None] {
            let what = format!("{change} by {user:?}");
            let (ending, going_on) = (format!("ending {what}"), format!("going on {what}"));
            let (first_step, other) = (login(&ending), rent(&going_on));
            let second_step = payment_named("authorize_payment_sca", &ending, "100", "CZK", "238400856/0300");
            let first = send(&adapter, USER, &first_step).await;
            let second = send(&adapter, USER, &second_step).await;
            let unrelated = send(&adapter, USER, &other).await;
            let answer = adapter.post(OPERATION_CHANGE, operation_change(user, change, &second_step)).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.text);
            assert_eq!(answer.json()["status"], "OK", "{what}: {}", answer.text);
            let answer = verify(&adapter, &first.message, &first.code, USER, &first_step).await;
            assert_over(&answer, EXPIRED, &what);
            let answer = verify(&adapter, &second.message, &second.code, USER, &second_step).await;
            assert_over(&answer, EXPIRED, &what);
            let answer = verify(&adapter, &unrelated.message, &unrelated.code, USER, &other).await;
            assert_right(&answer, &what);
        }
    }
}

#[tokio::test]
async fn a_code_that_was_used_stays_used_when_its_operation_ends() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "first");
    adapter.post(OPERATION_CHANGE, operation_change(USER, "DONE", &rent("op"))).await;
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    assert_over(&answer, super::USED, "after the end");
}

#[tokio::test]
async fn an_operation_that_has_ended_gets_no_new_code_for_anybody() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for change in ["DONE", "CANCELED", "FAILED"] {
        let adapter = DataAdapter::builder().store(&folder.path().join("store.db")).start().await;
        let context = rent(change);
        send(&adapter, USER, &context).await;
        assert_eq!(
            adapter.post(OPERATION_CHANGE, operation_change(USER, change, &context)).await.status,
            200
        );
        let messages = adapter.messages().await.len();
        for (user, context) in [(Some(USER), &context), (None, &context), (Some(USER), &login(change))] {
            let answer = adapter.post(SMS_CREATE, sms_create(user, context)).await;
            let (status, code) = (answer.status, answer.error_code());
            assert_eq!(
                (status, code.as_str()),
                (400, "OPERATION_CONTEXT_INVALID"),
                "{change}: {}",
                answer.text
            );
        }
        assert_eq!(adapter.messages().await.len(), messages, "a message left after {change}");
        send(&adapter, USER, &rent(&format!("after {change}"))).await;
    }
}

#[tokio::test]
async fn an_operation_stays_over_after_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let start = || DataAdapter::builder().store(&folder.path().join("store.db")).start();
    let adapter = start().await;
    adapter.post(OPERATION_CHANGE, operation_change(USER, "DONE", &rent("op"))).await;
    adapter.terminate().await;
    let answer = start().await.post(SMS_CREATE, sms_create(USER, &rent("op"))).await;
    assert_eq!(
        (answer.status, answer.error_code().as_str()),
        (400, "OPERATION_CONTEXT_INVALID"),
        "{}",
        answer.text
    );
}
