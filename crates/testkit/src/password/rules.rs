use data_adapter_core::AdapterError;
use data_adapter_sca::Factor;

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LIMIT, RIGHT, WRONG};
use crate::Directory;

const USER: &str = Directory::PAYER;

fn remote() -> AdapterError {
    AdapterError::Remote("the test says so".to_owned())
}

pub(super) async fn a_right_password_succeeds_and_a_wrong_one_fails(bench: Bench) {
    assert!(bench.succeeds(USER, RIGHT).await);
    assert!(!bench.succeeds(USER, WRONG).await);
}

pub(super) async fn a_right_password_of_an_account_that_may_not_be_used_is_not_counted(bench: Bench) {
    for _ in 0..LIMIT * 2 {
        bench.is_restricted(Directory::BLOCKED, RIGHT).await;
        assert!(!bench.is_blocked(Directory::BLOCKED, Factor::Password).await, "it was counted");
    }
}

pub(super) async fn wrong_passwords_of_an_account_that_may_not_be_used_are_counted(bench: Bench) {
    let user = Directory::BLOCKED;
    bench.fail_often_as(user, LIMIT - 1).await;
    for _ in 0..LIMIT * 2 {
        bench.is_restricted(user, RIGHT).await;
    }
    assert!(!bench.is_blocked(user, Factor::Password).await, "the right password was counted");
    bench.fail_often_as(user, 1).await;
    assert!(bench.is_blocked(user, Factor::Password).await, "the right password took a wrong one back");
    assert!(!bench.succeeds(user, RIGHT).await, "a blocked password is a wrong one");
    assert_eq!(bench.directory.checks_of(user, WRONG), LIMIT as usize, "wrong passwords that were checked");
}

pub(super) async fn the_limit_of_wrong_passwords_blocks(bench: Bench) {
    bench.fail_often(LIMIT - 1).await;
    assert!(!bench.is_blocked(USER, Factor::Password).await, "blocked before the limit");
    bench.fail_often(1).await;
    assert!(bench.is_blocked(USER, Factor::Password).await, "not blocked");
    assert!(!bench.succeeds(USER, RIGHT).await, "the right password succeeded during the block");
    assert_eq!(bench.directory.checks_of(USER, WRONG), LIMIT as usize, "wrong passwords that were checked");
}

pub(super) async fn a_blocked_password_costs_what_a_wrong_one_costs(bench: Bench) {
    bench.fail_often(LIMIT).await;
    let before = bench.directory.checks();
    assert!(!bench.succeeds(USER, RIGHT).await);
    assert_eq!(bench.directory.checks(), before + 1, "passwords that were checked");
    assert_eq!(
        bench.directory.checks_for(USER),
        LIMIT as usize,
        "the system behind was asked about a blocked user"
    );
}

pub(super) async fn a_password_for_nobody_costs_what_a_wrong_one_costs_and_leaves_nothing(bench: Bench) {
    for id in ["7d5f", "9c01", "9c01"] {
        bench.fail_as_nobody(id).await;
    }
    assert_eq!(bench.directory.checks(), 3, "passwords that were checked");
    assert_eq!(bench.records().await, 0, "what nobody left in the store");
    bench.fail_often(1).await;
    assert_eq!(bench.records().await, 1, "what somebody left in the store");
}

pub(super) async fn a_block_ends_and_counting_starts_again(bench: Bench) {
    bench.fail_often(LIMIT).await;
    bench.advance(BLOCK_FOR - 1);
    assert!(!bench.succeeds(USER, RIGHT).await, "it ended early");
    bench.advance(1);
    bench.fail_often(LIMIT - 1).await;
    assert!(bench.succeeds(USER, RIGHT).await, "it did not end");
}

pub(super) async fn a_success_forgets_the_failures(bench: Bench) {
    for _ in 0..3 {
        bench.fail_often(LIMIT - 1).await;
        assert!(bench.succeeds(USER, RIGHT).await, "failures of before were counted");
    }
}

pub(super) async fn failures_that_are_long_past_are_forgotten(bench: Bench) {
    for _ in 0..2 {
        bench.fail_often(LIMIT - 1).await;
        bench.advance(FORGET_AFTER + 1);
    }
    assert!(!bench.is_blocked(USER, Factor::Password).await);
}

pub(super) async fn an_error_counts_for_nothing(bench: Bench) {
    bench.fail_often(LIMIT - 2).await;
    for error in [remote, || AdapterError::Internal("the test says so".to_owned())] {
        bench.directory.fail_with(Some(error));
        for _ in 0..LIMIT * 2 {
            let outcome = bench.authenticate(USER, RIGHT).await;
            assert!(outcome.is_err(), "it came back as {outcome:?}");
        }
    }
    bench.directory.fail_with(None);
    bench.fail_often(1).await;
    assert!(!bench.is_blocked(USER, Factor::Password).await, "an error was counted");
    bench.fail_often(1).await;
    assert!(bench.is_blocked(USER, Factor::Password).await, "an error gave more than itself back");
}

pub(super) async fn an_error_at_the_limit_blocks_nobody(bench: Bench) {
    bench.fail_often(LIMIT - 1).await;
    bench.directory.fail_with(Some(remote));
    let outcome = bench.authenticate(USER, RIGHT).await;
    assert!(matches!(outcome, Err(AdapterError::Remote(_))), "it came back as {outcome:?}");
    bench.directory.fail_with(None);
    assert!(bench.succeeds(USER, RIGHT).await, "the user is blocked");
}

pub(super) async fn a_refusal_that_comes_as_an_error_is_a_failure(bench: Bench) {
    bench.directory.fail_with(Some(|| AdapterError::AuthenticationFailed("the test says so".to_owned())));
    for _ in 0..LIMIT {
        let outcome = bench.authenticate(USER, WRONG).await;
        assert!(matches!(outcome, Err(AdapterError::AuthenticationFailed(_))), "it came back as {outcome:?}");
    }
    assert!(bench.is_blocked(USER, Factor::Password).await, "refusals were not counted");
}

pub(super) async fn an_error_during_a_block_is_an_error(bench: Bench) {
    bench.fail_often(LIMIT).await;
    bench.directory.fail_with(Some(remote));
    let outcome = bench.authenticate(USER, RIGHT).await;
    assert!(
        matches!(outcome, Err(AdapterError::Remote(_))),
        "a blocked user gets {outcome:?} where others get an error"
    );
    assert!(bench.is_blocked(USER, Factor::Password).await, "the block is gone");
}

pub(super) async fn users_are_blocked_apart(bench: Bench) {
    bench.fail_often(LIMIT).await;
    assert!(bench.succeeds(Directory::CZECH, RIGHT).await, "another user is blocked");
    assert!(!bench.succeeds(USER, RIGHT).await, "another user lifted the block");
}

/// A back end may ignore blanks or case where the store does not.
pub(super) async fn another_spelling_of_an_id_gives_no_more_guesses(bench: Bench) {
    bench.directory.ignore_blanks();
    bench.fail_often(LIMIT).await;
    for spelling in [format!("{USER} "), format!(" {USER}")] {
        assert!(!bench.succeeds(&spelling, RIGHT).await, "the right password succeeded for `{spelling}`");
    }
    bench.advance(BLOCK_FOR);
    assert!(!bench.succeeds(&format!("{USER} "), RIGHT).await, "it is somebody else's");
    assert!(bench.succeeds(USER, RIGHT).await);
    let temporary = format!("{} ", Directory::TEMPORARY);
    assert!(
        !bench.succeeds(&temporary, RIGHT).await,
        "that it is right could be guessed under every spelling"
    );
}

pub(super) async fn passwords_and_codes_are_blocked_apart(bench: Bench) {
    bench.fail_often(LIMIT).await;
    assert!(bench.is_blocked(USER, Factor::Password).await);
    assert!(!bench.is_blocked(USER, Factor::Code).await);
}
