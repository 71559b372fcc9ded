//! Blocks that somebody ordered, and what tells of a block.

use data_adapter_core::UserId;
use data_adapter_sca::{Admission, AttemptPolicy, Block, Factor};
use jiff::{SignedDuration, Timestamp};

use super::bench::{BLOCK_FOR, Bench, LIMIT, USER, just_before, login};
use crate::build::{at, step};

impl Bench {
    /// Blocks a user for [`BLOCK_FOR`].
    async fn block(&self, user: &str, factor: Factor, now: Timestamp) {
        self.block_for(user, factor, now, BLOCK_FOR).await;
    }

    async fn block_for(&self, user: &str, factor: Factor, now: Timestamp, seconds: i64) {
        let policy = AttemptPolicy { block_for: SignedDuration::from_secs(seconds), ..self.policy.failures };
        let blocked = self.store.block(&UserId::new(user), factor, now, &policy).await;
        blocked.expect("a user is blocked");
    }

    async fn code_is_blocked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.blocked_until(USER, Factor::Code, now).await
    }
}

pub(super) async fn a_block_that_is_ordered_holds_at_once_until_its_time(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    bench.block(USER, Factor::Code, at(1)).await;
    let end = 1 + BLOCK_FOR;
    assert_eq!(bench.code_is_blocked_until(at(1)).await, Some(at(end)));
    assert!(bench.counted("m", at(1)).await.blocked, "a guess is a real one");
    assert_eq!(bench.attempt(USER, Factor::Code, at(1)).await, Admission::Blocked);
    let block = Block { user: UserId::new(USER), factor: Factor::Code, failures: LIMIT, until: at(end) };
    assert_eq!(bench.blocks(just_before(end)).await, [block]);
    assert_eq!(bench.code_is_blocked_until(at(end)).await, None, "it did not end");
    assert_eq!(bench.blocks(at(end)).await, []);
}

pub(super) async fn after_a_block_that_was_ordered_counting_starts_again(bench: Bench) {
    bench.attempt_often(USER, Factor::Code, LIMIT - 1, at(0)).await;
    bench.block(USER, Factor::Code, at(0)).await;
    bench.attempt_often(USER, Factor::Code, LIMIT - 1, at(BLOCK_FOR)).await;
    assert_eq!(bench.code_is_blocked_until(at(BLOCK_FOR)).await, None, "failures of before count after it");
    bench.attempt_often(USER, Factor::Code, 1, at(BLOCK_FOR)).await;
    assert_eq!(bench.code_is_blocked_until(at(BLOCK_FOR)).await, Some(at(BLOCK_FOR * 2)));
}

pub(super) async fn a_block_that_lasts_longer_stays(bench: Bench) {
    bench.block_for(USER, Factor::Code, at(0), BLOCK_FOR * 2).await;
    bench.block(USER, Factor::Code, at(1)).await;
    assert_eq!(bench.code_is_blocked_until(at(2)).await, Some(at(BLOCK_FOR * 2)), "it was shortened");
    bench.block(USER, Factor::Code, at(BLOCK_FOR * 2 - 1)).await;
    let until = at(BLOCK_FOR * 3 - 1);
    assert_eq!(bench.code_is_blocked_until(at(BLOCK_FOR * 2)).await, Some(until), "it was not prolonged");
    bench.attempt_often("another user", Factor::Code, LIMIT, at(10)).await;
    bench.block("another user", Factor::Code, at(5)).await;
    let until = bench.blocked_until("another user", Factor::Code, at(11)).await;
    assert_eq!(until, Some(at(10 + BLOCK_FOR)), "a block of failures was shortened");
}

pub(super) async fn a_block_that_is_ordered_is_of_one_user_and_one_factor(bench: Bench) {
    bench.block(USER, Factor::Password, at(0)).await;
    for (user, factor) in [(USER, Factor::Code), (USER, Factor::Partner), ("another user", Factor::Password)]
    {
        assert!(!bench.is_blocked(user, factor, at(0)).await, "{user}, {factor:?}");
        bench.attempt_often(user, factor, LIMIT - 1, at(0)).await;
    }
}

pub(super) async fn clearing_lifts_a_block_that_was_ordered(bench: Bench) {
    bench.block(USER, Factor::Code, at(0)).await;
    assert!(bench.clear(USER, Factor::Code).await, "there was a block");
    assert_eq!(bench.code_is_blocked_until(at(0)).await, None, "it was not lifted");
    bench.attempt_often(USER, Factor::Code, LIMIT - 1, at(0)).await;
    assert_eq!(bench.code_is_blocked_until(at(0)).await, None, "something of it stayed");
}

/// What was under way before must not free whom somebody blocked in the meantime.
pub(super) async fn what_fails_or_is_given_back_leaves_a_block_that_was_ordered(bench: Bench) {
    let [failing, given_back] = [bench.begin_attempt(at(0)).await, bench.begin_attempt(at(0)).await];
    bench.block(USER, Factor::Password, at(1)).await;
    bench.fail_attempt(&failing, at(2)).await;
    bench.give_back(&given_back).await;
    let until = bench.blocked_until(USER, Factor::Password, at(2)).await;
    assert_eq!(until, Some(at(1 + BLOCK_FOR)));
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(1 + BLOCK_FOR)).await;
    assert!(!bench.is_blocked(USER, Factor::Password, at(1 + BLOCK_FOR)).await, "a failure of before counts");
}

pub(super) async fn exactly_the_guess_that_starts_a_block_says_so(bench: Bench) {
    for round in 0..2 {
        let now = at(BLOCK_FOR * round);
        for number in 1..LIMIT {
            assert!(!bench.fail(USER, now).await.starts_block, "guess {number} of round {round}");
        }
        let last = bench.fail(USER, now).await;
        assert!(last.starts_block && !last.blocked, "the last guess of round {round}: {last:?}");
        for _ in 0..2 {
            let blocked = bench.fail(USER, now).await;
            assert!(blocked.blocked && !blocked.starts_block, "a guess during the block: {blocked:?}");
        }
    }
}

pub(super) async fn no_guess_at_a_fake_starts_a_block(bench: Bench) {
    let bench = bench.with_tries(LIMIT * 2);
    bench.open("fake", &step("op", "login", None), at(0)).await;
    for _ in 0..LIMIT * 2 {
        assert!(!bench.counted("fake", at(1)).await.starts_block);
    }
}
