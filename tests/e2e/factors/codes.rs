//! Proving a phone by a code.

use super::application::Application;
use super::operations::Operation;
use super::{BLOCKED, ENROLMENT_LIMITS, NO_PHONE, RIGHT, USER, USERS, WRONG, operate};
use crate::codes::settings;
use crate::durability::users_file;
use crate::support::DataAdapter;

#[tokio::test]
async fn a_code_proves_a_phone_once() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.ask(&adapter, &Operation::list()).await.text, "{}");
    assert_eq!(user.verify(&adapter, RIGHT).await, "STATE_INVALID", "nothing is enrolled");
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION");
    assert_eq!(user.enrol(&adapter).await, "204", "while it is pending another code is sent");
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
    assert_eq!(user.status(&adapter).await, "ACTIVE");
    assert_eq!(user.verify(&adapter, RIGHT).await, "CHANNEL_ALREADY_REGISTERED");
    assert_eq!(user.enrol(&adapter).await, "CHANNEL_ALREADY_REGISTERED");
    assert_eq!(adapter.messages().await.len(), 2);
}

#[tokio::test]
async fn the_last_of_five_tries_may_be_right() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    for _ in 0..3 {
        assert_eq!(user.verify(&adapter, WRONG).await, "VERIFICATION_CODE_INVALID");
    }
    assert_eq!(user.verify(&adapter, WRONG).await, "ONE_CHALLENGE_LIMIT_REMAINING");
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
}

#[tokio::test]
async fn after_five_wrong_codes_a_right_one_needs_an_unblocked_user_and_a_new_enrolment() {
    let adapter = DataAdapter::start().await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    for _ in 0..4 {
        user.verify(&adapter, WRONG).await;
    }
    assert_eq!(user.verify(&adapter, WRONG).await, "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!(user.verify(&adapter, RIGHT).await, "STATE_INVALID");
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.verify(&adapter, RIGHT).await, "STATE_INVALID", "the user is blocked");
    operate(&adapter, USER, "unblock").await;
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
}

#[tokio::test]
async fn a_code_is_too_old_when_its_time_is_over() {
    let adapter = DataAdapter::builder().env(settings::VALIDITY, "1").start().await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(user.verify(&adapter, RIGHT).await, "VERIFICATION_CODE_EXPIRED");
    assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION");
}

#[tokio::test]
async fn who_can_get_no_code_is_told_why() {
    let adapter = DataAdapter::start().await;
    for (user, said) in [(BLOCKED, "CREDENTIALS_INACTIVE"), (NO_PHONE, "MOBILE_NUMBER_NOT_AVAILABLE")] {
        let user = Application::of(&adapter, user).await;
        assert_eq!(user.enrol(&adapter).await, said);
        assert_eq!(user.factors(&adapter).await, []);
    }
    assert_eq!(adapter.messages().await.len(), 0);
}

#[tokio::test]
async fn another_number_has_to_be_proved_again_and_one_that_is_none_can_not_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, file) = (folder.path().join("store.db"), folder.path().join("users.toml"));
    let start = async |number: &str| {
        let users = users_file([USER.to_owned()].into_iter()).replace("+420600000001", number);
        std::fs::write(&file, users).expect("a file");
        DataAdapter::builder().store(&store).env(USERS, file.display().to_string()).start().await
    };
    let adapter = start("+420600000001").await;
    let user = Application::start(&adapter).await;
    user.enrol(&adapter).await;
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
    adapter.terminate().await;
    let adapter = start("+420600000002").await;
    assert_eq!(user.status(&adapter).await, "INACTIVE");
    assert_eq!(user.verify(&adapter, RIGHT).await, "STATE_INVALID");
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
    adapter.terminate().await;
    let adapter = start("12").await;
    assert_eq!(user.status(&adapter).await, "INACTIVE");
    assert_eq!(user.enrol(&adapter).await, "MOBILE_NUMBER_INVALID");
}

#[tokio::test]
async fn enrolments_are_limited_over_both_ways() {
    let adapter = DataAdapter::builder().env(ENROLMENT_LIMITS, "2;w=86400").start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.enrol_push(&adapter).await, "204");
    assert_eq!(user.enrol(&adapter).await, "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!(user.enrol_push(&adapter).await, "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!(adapter.messages().await.len(), 1);
}

#[tokio::test]
async fn over_a_limit_of_what_may_be_sent_the_code_before_proves_the_phone() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__SMS__LIMITS__USER", "1;w=3600").start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.enrol(&adapter).await, "204");
    assert_eq!(user.enrol(&adapter).await, "CHALLENGE_LIMIT_EXCEEDED");
    assert_eq!(adapter.messages().await.len(), 1);
    assert_eq!(user.verify(&adapter, RIGHT).await, "204");
}
