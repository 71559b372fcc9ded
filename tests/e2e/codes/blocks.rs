//! Five failures in a row block a user's codes for a while, and nobody can tell (RTS on SCA, Art. 4(3)(b)).

use std::time::{Duration, Instant};

use super::{assert_right, assert_wrong, create, rent, send, settings, verify, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, authenticate};

/// Longer than the blocks of these tests by far.
const PATIENCE: Duration = Duration::from_secs(60);

/// One wrong guess at each of `count` operations.
async fn fail(adapter: &DataAdapter, user: &str, count: usize, name: &str) {
    for number in 0..count {
        let context = rent(&format!("{name}-{number}"));
        let sent = send(adapter, user, &context).await;
        let answer = verify(adapter, &sent.message, &wrong(&sent.code), user, &context).await;
        assert_wrong(&answer, 4, &context);
    }
}

async fn authenticated(adapter: &DataAdapter, password: &str) -> bool {
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, password)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.object()["authenticationResult"] == "VERIFIED_SUCCEEDED"
}

#[tokio::test]
async fn five_failures_over_different_operations_block_the_users_codes() {
    let adapter = DataAdapter::start().await;
    let waiting = send(&adapter, USER, &rent("waiting")).await;
    fail(&adapter, USER, 5, "failing").await;
    let answer = verify(&adapter, &waiting.message, &waiting.code, USER, &rent("waiting")).await;
    assert_wrong(&answer, 4, "a right code looks wrong");
    let before = adapter.messages().await.len();
    let message = create(&adapter, USER, &rent("next")).await;
    assert_eq!(adapter.messages().await.len(), before, "nothing is sent");
    let answer = verify(&adapter, &message, "12345678", USER, &rent("next")).await;
    assert_wrong(&answer, 4, "a code that was not sent");
    let hers = send(&adapter, "20000002", &rent("hers")).await;
    let answer = verify(&adapter, &hers.message, &hers.code, "20000002", &rent("hers")).await;
    assert_right(&answer, "another user");
    assert!(authenticated(&adapter, PASSWORD).await, "the password is counted apart");
}

#[tokio::test]
async fn a_block_ends_by_itself() {
    let adapter = DataAdapter::builder().env(settings::CODE_BLOCK, "6").start().await;
    fail(&adapter, USER, 5, "failing").await;
    let before = adapter.messages().await.len();
    let deadline = Instant::now() + PATIENCE;
    let mut creates = 0;
    let message = loop {
        creates += 1;
        let message = create(&adapter, USER, &rent("again")).await;
        if adapter.messages().await.len() > before {
            break message;
        }
        assert!(Instant::now() < deadline, "the block does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(creates > 1, "there was a block");
    let code = adapter.code_for(&message).await;
    assert_right(&verify(&adapter, &message, &code, USER, &rent("again")).await, "after the block");
}

#[tokio::test]
async fn a_success_in_between_starts_the_count_again() {
    let adapter = DataAdapter::start().await;
    for round in ["first", "second"] {
        fail(&adapter, USER, 4, round).await;
        let sent = send(&adapter, USER, &rent(round)).await;
        assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent(round)).await, round);
    }
}

#[tokio::test]
async fn failures_at_one_operation_count_for_the_next() {
    let adapter = DataAdapter::start().await;
    let first = send(&adapter, USER, &rent("first")).await;
    for remaining in [4, 3, 2] {
        let answer = verify(&adapter, &first.message, &wrong(&first.code), USER, &rent("first")).await;
        assert_wrong(&answer, remaining, "first");
    }
    let second = send(&adapter, USER, &rent("second")).await;
    for remaining in [4, 3] {
        let answer = verify(&adapter, &second.message, &wrong(&second.code), USER, &rent("second")).await;
        assert_wrong(&answer, remaining, "second");
    }
    let answer = verify(&adapter, &second.message, &second.code, USER, &rent("second")).await;
    assert_wrong(&answer, 2, "the right code of a blocked user");
}

#[tokio::test]
async fn guesses_that_name_another_user_block_the_user_of_the_code() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    for _ in 0..5 {
        verify(&adapter, &sent.message, &wrong(&sent.code), "20000002", &rent("op")).await;
    }
    let before = adapter.messages().await.len();
    create(&adapter, USER, &rent("his-next")).await;
    assert_eq!(adapter.messages().await.len(), before, "his codes are blocked");
    send(&adapter, "20000002", &rent("her-next")).await;
}

#[tokio::test]
async fn passwords_and_codes_are_counted_apart() {
    let adapter = DataAdapter::start().await;
    fail(&adapter, USER, 4, "failing").await;
    for _ in 0..4 {
        assert!(!authenticated(&adapter, "wrong").await);
    }
    assert!(authenticated(&adapter, PASSWORD).await, "four wrong passwords do not block");
    let sent = send(&adapter, USER, &rent("op")).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "four wrong codes");
}

#[tokio::test]
async fn five_wrong_passwords_block_the_password_for_a_while_and_the_answer_stays_the_same() {
    let adapter = DataAdapter::builder().env(settings::PASSWORD_BLOCK, "8").start().await;
    let mut answers = Vec::new();
    for password in ["w1", "w2", "w3", "w4", "w5", PASSWORD] {
        answers.push(adapter.post(AUTHENTICATE, authenticate(USER, password)).await.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "nothing tells a blocked password from a wrong one: {answers:?}");
    assert!(answers[0].contains("VERIFIED_FAILED"), "{answers:?}");
    let sent = send(&adapter, USER, &rent("op")).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "codes are apart");
    let deadline = Instant::now() + PATIENCE;
    while !authenticated(&adapter, PASSWORD).await {
        assert!(Instant::now() < deadline, "the block does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
