use data_adapter_sca::{CountedGuess, Factor, Guess};
use jiff::Timestamp;

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LIMIT, TRIES, USER, VALIDITY, just_before, login, offer};
use crate::build::{CODE_HASH, KEY_ID, at, challenge, step};

async fn is_blocked(bench: &Bench, now: Timestamp) -> bool {
    bench.is_blocked(USER, Factor::Code, now).await
}

pub(super) async fn failures_in_a_row_over_challenges_block_the_user(bench: Bench) {
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    assert!(!is_blocked(&bench, at(0)).await, "blocked before the limit");
    let last = bench.fail(USER, at(7)).await;
    assert!(!last.blocked, "the guess that reaches the limit was not admitted");
    assert_eq!(
        bench.blocked_until(USER, Factor::Code, at(8)).await,
        Some(at(7 + BLOCK_FOR)),
        "the end of the block"
    );
    assert!(bench.fail(USER, at(8)).await.blocked);
}

pub(super) async fn a_guess_during_a_block_counts_against_the_step_only(bench: Bench) {
    bench.open("m", &login("op"), at(400)).await;
    bench.fail_often(USER, LIMIT, at(400)).await;
    for left in (0..TRIES).rev() {
        let guess = bench.counted("m", at(500)).await;
        assert!(guess.blocked, "a guess during the block is a real one");
        assert_eq!(guess.remaining, left);
    }
    assert_eq!(bench.guess("m", at(500)).await, Guess::Spent);
    assert_eq!(
        bench.blocked_until(USER, Factor::Code, at(500)).await,
        Some(at(400 + BLOCK_FOR)),
        "the end of the block"
    );
    let after = 400 + BLOCK_FOR;
    bench.fail_often(USER, LIMIT - 1, at(after)).await;
    assert!(!is_blocked(&bench, at(after)).await, "a guess during the block counted for the time after it");
}

pub(super) async fn a_block_ends_at_its_time_and_counting_starts_again(bench: Bench) {
    bench.fail_often(USER, LIMIT, at(0)).await;
    assert!(is_blocked(&bench, just_before(BLOCK_FOR)).await, "it ended early");
    assert!(
        bench.fail(USER, just_before(BLOCK_FOR)).await.blocked,
        "a guess just before the end of the block is a real one"
    );
    assert!(!is_blocked(&bench, at(BLOCK_FOR)).await, "it did not end");
    bench.fail_often(USER, LIMIT - 1, at(BLOCK_FOR)).await;
    assert!(!is_blocked(&bench, at(BLOCK_FOR)).await, "failures of before the block count after it");
    bench.fail(USER, at(BLOCK_FOR)).await;
    assert!(is_blocked(&bench, at(BLOCK_FOR)).await, "there is no second block after the first one");
}

pub(super) async fn a_block_lasts_even_where_failures_are_forgotten_sooner(bench: Bench) {
    let bench = bench.forgetful();
    bench.fail_often(USER, LIMIT, at(0)).await;
    let guess = bench.fail(USER, just_before(BLOCK_FOR)).await;
    assert!(guess.blocked, "the block ended with the memory of the failures");
    assert!(is_blocked(&bench, just_before(BLOCK_FOR)).await);
    assert!(!is_blocked(&bench, at(BLOCK_FOR)).await);
}

pub(super) async fn failures_are_forgotten_after_their_time(bench: Bench) {
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    let later = at(FORGET_AFTER + 1);
    bench.fail_often(USER, LIMIT - 1, later).await;
    assert!(!is_blocked(&bench, later).await, "old failures were counted");
    bench.fail(USER, later).await;
    assert!(is_blocked(&bench, later).await, "new failures were not counted");
}

pub(super) async fn each_failure_keeps_the_earlier_ones_from_being_forgotten(bench: Bench) {
    let mut now = 0;
    for number in 1..=LIMIT {
        assert!(!is_blocked(&bench, at(now)).await, "blocked after {number} failures");
        now += FORGET_AFTER - 1;
        bench.fail(USER, at(now)).await;
    }
    assert!(
        is_blocked(&bench, at(now)).await,
        "failures were forgotten though others came after them in time"
    );
}

pub(super) async fn a_right_code_forgets_the_failures(bench: Bench) {
    bench.fail_often(USER, LIMIT - 2, at(0)).await;
    bench.open("right", &login("op"), at(1)).await;
    bench.counted("right", at(1)).await;
    assert!(bench.consume("right", at(1)).await, "it could not be used");
    bench.fail_often(USER, LIMIT - 1, at(2)).await;
    assert!(!is_blocked(&bench, at(2)).await, "failures of before the right code were counted");
}

pub(super) async fn a_right_code_at_the_limit_is_accepted_and_blocks_nobody(bench: Bench) {
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    bench.open("right", &login("op"), at(1)).await;
    assert!(bench.consume("right", at(1)).await, "it could not be used");
    assert!(!is_blocked(&bench, at(1)).await, "the user is blocked");
    bench.fail_often(USER, LIMIT - 1, at(2)).await;
}

pub(super) async fn a_right_code_is_wrong_during_a_block_and_counts_against_the_step(bench: Bench) {
    bench.fail_often(USER, LIMIT, at(0)).await;
    bench.open("right", &login("op"), at(1)).await;
    let wrong = CountedGuess { fits: false, remaining: TRIES - 1, blocked: true, starts_block: false };
    let right = offer(&CODE_HASH, KEY_ID);
    assert_eq!(bench.offer("right", &right, at(1)).await, Guess::Counted(wrong));
    assert!(is_blocked(&bench, at(1)).await, "the block is gone");
    let mut lasting = challenge("lasting", &login("op 2"), at(1));
    lasting.expires_at = at(BLOCK_FOR * 2);
    bench.keep(lasting).await;
    assert_ne!(bench.offer("lasting", &right, just_before(BLOCK_FOR)).await, Guess::Accepted);
    assert_eq!(bench.offer("lasting", &right, at(BLOCK_FOR)).await, Guess::Accepted, "the block is over");
}

pub(super) async fn a_use_that_fails_forgets_no_failure(bench: Bench) {
    bench.open("replaced", &login("op"), at(0)).await;
    bench.open("expired", &login("op"), at(0)).await;
    bench.fail_often(USER, LIMIT - 1, at(VALIDITY)).await;
    for message in ["replaced", "expired", "unknown"] {
        assert!(!bench.consume(message, at(VALIDITY)).await, "`{message}` was used");
    }
    bench.fail(USER, at(VALIDITY)).await;
    assert!(is_blocked(&bench, at(VALIDITY)).await, "a code that could not be used forgot failures");
}

pub(super) async fn guesses_that_are_not_counted_block_nobody(bench: Bench) {
    let bench = bench.with_tries(1);
    bench.open("used", &login("op 1"), at(0)).await;
    assert!(bench.consume("used", at(0)).await, "it could not be used");
    bench.open("spent", &login("op 2"), at(0)).await;
    bench.counted("spent", at(0)).await;
    bench.open("replaced", &login("op 3"), at(0)).await;
    bench.open("newer", &login("op 3"), at(0)).await;
    for _ in 0..LIMIT {
        assert_eq!(bench.guess("used", at(1)).await, Guess::Used);
        assert_eq!(bench.guess("replaced", at(1)).await, Guess::Expired);
        assert_eq!(bench.guess("spent", at(1)).await, Guess::Spent);
    }
    assert!(!is_blocked(&bench, at(1)).await, "guesses without effect block");
    bench.fail_often(USER, LIMIT - 2, at(1)).await;
    assert!(!is_blocked(&bench, at(1)).await, "guesses without effect count");
}

pub(super) async fn users_are_counted_apart_by_their_guesses(bench: Bench) {
    bench.fail_often(USER, LIMIT, at(0)).await;
    bench.fail_often("another user", LIMIT - 1, at(0)).await;
    assert!(!bench.is_blocked("another user", Factor::Code, at(0)).await);
    assert!(is_blocked(&bench, at(0)).await);
}

pub(super) async fn fakes_block_nobody(bench: Bench) {
    for number in 0..LIMIT * 2 {
        let message = number.to_string();
        bench.open(&message, &step(&message, "login", None), at(0)).await;
        assert!(!bench.counted(&message, at(0)).await.blocked, "a fake is blocked");
    }
    assert_eq!(bench.blocks(at(0)).await, [], "somebody is blocked");
}
