//! Attempts while they are under way.

use data_adapter_sca::{Admission, Factor};
use jiff::SignedDuration;

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LEASE, LIMIT, USER, just_before};
use crate::build::at;

/// How far ahead a clock was that was wrong: a day.
const AHEAD: i64 = 86_400;

async fn is_blocked(bench: &Bench, seconds: i64) -> bool {
    bench.is_blocked(USER, Factor::Password, at(seconds)).await
}

pub(super) async fn failures_and_attempts_under_way_are_together_never_more_than_the_limit(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, 2, at(0)).await;
    let mut under_way = Vec::new();
    for _ in 2..LIMIT {
        under_way.push(bench.begin_attempt(at(1)).await);
    }
    assert_eq!(bench.would_admit(at(1)).await, Admission::Busy);
    assert!(!is_blocked(&bench, 1).await, "nobody knows whether one of them was wrong");
    bench.give_back(&under_way.remove(0)).await;
    assert_eq!(bench.would_admit(at(1)).await, Admission::Admitted, "one was given back");
    bench.fail_attempt(&under_way.remove(0), at(1)).await;
    assert_eq!(bench.would_admit(at(1)).await, Admission::Admitted, "the place that was given back");
    under_way.push(bench.begin_attempt(at(1)).await);
    assert_eq!(bench.would_admit(at(1)).await, Admission::Busy);
    let another = bench.attempt("another user", Factor::Password, at(1)).await;
    assert_eq!(another, Admission::Admitted, "another user waits");
    let partner = bench.attempt(USER, Factor::Partner, at(1)).await;
    assert_eq!(partner, Admission::Admitted, "another factor waits");
}

pub(super) async fn the_last_of_the_attempts_under_way_that_fails_starts_the_block(bench: Bench) {
    let mut under_way = Vec::new();
    for _ in 0..LIMIT {
        under_way.push(bench.begin_attempt(at(0)).await);
    }
    for (seconds, attempt) in (1..).zip(&under_way) {
        assert!(!is_blocked(&bench, seconds).await, "blocked before the limit");
        assert_eq!(bench.would_admit(at(seconds)).await, Admission::Busy);
        bench.fail_attempt(attempt, at(seconds)).await;
    }
    let until = bench.blocked_until(USER, Factor::Password, at(9)).await;
    assert_eq!(until, Some(at(i64::from(LIMIT) + BLOCK_FOR)));
    assert_eq!(bench.would_admit(at(9)).await, Admission::Blocked);
}

pub(super) async fn any_number_of_right_attempts_block_nobody(bench: Bench) {
    for _ in 0..3 {
        let mut under_way = Vec::new();
        for _ in 0..LIMIT {
            under_way.push(bench.begin_attempt(at(0)).await);
        }
        for attempt in &under_way {
            bench.succeed(attempt, at(1)).await;
        }
    }
    assert!(!is_blocked(&bench, 1).await, "right attempts block");
    assert!(!bench.clear(USER, Factor::Password).await, "something of right attempts stays");
}

pub(super) async fn an_attempt_that_succeeds_forgets_failures_and_leaves_the_others_under_way(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 2, at(0)).await;
    let [right, wrong] = [bench.begin_attempt(at(1)).await, bench.begin_attempt(at(1)).await];
    bench.succeed(&right, at(2)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(2)).await;
    assert_eq!(bench.would_admit(at(2)).await, Admission::Busy, "one is under way");
    bench.fail_attempt(&wrong, at(3)).await;
    assert!(is_blocked(&bench, 3).await, "one that was under way during a success does not count");
}

pub(super) async fn an_attempt_that_is_given_back_does_not_count(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(0)).await;
    for _ in 0..LIMIT {
        let attempt = bench.begin_attempt(at(1)).await;
        bench.give_back(&attempt).await;
    }
    assert!(!is_blocked(&bench, 1).await, "it was counted");
    bench.attempt_often(USER, Factor::Password, 1, at(1)).await;
    assert!(is_blocked(&bench, 1).await, "more than itself was given back");
}

pub(super) async fn an_attempt_ends_once(bench: Bench) {
    let unknown = bench.new_attempt(USER, Factor::Password);
    bench.fail_attempt(&unknown, at(0)).await;
    bench.give_back(&unknown).await;
    let attempt = bench.begin_attempt(at(0)).await;
    for _ in 0..LIMIT {
        bench.fail_attempt(&attempt, at(1)).await;
    }
    bench.give_back(&attempt).await;
    bench.attempt_often(USER, Factor::Password, LIMIT - 2, at(1)).await;
    assert!(!is_blocked(&bench, 1).await, "an end counts twice, or without a beginning");
    bench.attempt_often(USER, Factor::Password, 1, at(1)).await;
    assert!(is_blocked(&bench, 1).await, "a failure was given back");
}

/// An answer of the store may get lost, and be asked for again.
pub(super) async fn an_attempt_that_is_admitted_again_is_the_same_one(bench: Bench) {
    let attempt = bench.begin_attempt(at(0)).await;
    for _ in 0..LIMIT {
        assert_eq!(bench.try_attempt(&attempt, at(1)).await, Admission::Admitted);
    }
    bench.fail_attempt(&attempt, at(1)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(1)).await;
    assert!(is_blocked(&bench, 1).await, "it did not count, or not once");
}

pub(super) async fn an_attempt_that_nobody_ended_is_a_failure_when_its_lease_is_over(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(0)).await;
    bench.begin_attempt(at(1)).await;
    assert_eq!(bench.would_admit(just_before(1 + LEASE)).await, Admission::Busy, "it is under way");
    assert_eq!(bench.would_admit(at(100 + LEASE)).await, Admission::Blocked);
    let until = bench.blocked_until(USER, Factor::Password, at(100 + LEASE)).await;
    assert_eq!(until, Some(at(1 + LEASE + BLOCK_FOR)), "the block begins when the lease is over");
}

pub(super) async fn attempts_that_nobody_ended_count_one_by_one(bench: Bench) {
    for seconds in 1..i64::from(LIMIT) {
        bench.begin_attempt(at(seconds)).await;
    }
    let over = i64::from(LIMIT) + LEASE;
    let last = bench.begin_attempt(at(over)).await;
    assert_eq!(bench.would_admit(at(over)).await, Admission::Busy, "all others are failures");
    bench.fail_attempt(&last, at(over)).await;
    assert!(is_blocked(&bench, over).await, "a failure was lost");
}

pub(super) async fn a_block_of_attempts_that_nobody_ended_may_be_over_when_the_next_one_comes(bench: Bench) {
    for _ in 0..LIMIT {
        bench.begin_attempt(at(0)).await;
    }
    assert_eq!(bench.would_admit(just_before(LEASE + BLOCK_FOR)).await, Admission::Blocked);
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(LEASE + BLOCK_FOR)).await;
    assert!(!is_blocked(&bench, LEASE + BLOCK_FOR).await, "failures of before the block count after it");
}

pub(super) async fn attempts_that_nobody_ended_are_forgotten_after_their_time(bench: Bench) {
    for _ in 1..LIMIT {
        bench.begin_attempt(at(0)).await;
    }
    let forgotten = LEASE + FORGET_AFTER;
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(forgotten)).await;
    assert!(!is_blocked(&bench, forgotten).await, "old failures count");
}

/// Whoever made it was only slow.
pub(super) async fn an_attempt_that_ends_after_its_lease_counts_as_what_it_came_to(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 2, at(0)).await;
    let late = bench.begin_attempt(at(0)).await;
    assert_eq!(bench.would_admit(at(LEASE)).await, Admission::Admitted);
    bench.fail_attempt(&late, at(LEASE + 1)).await;
    assert!(!is_blocked(&bench, LEASE + 1).await, "it counts twice");
    let late = bench.begin_attempt(at(LEASE + 1)).await;
    assert_eq!(bench.would_admit(at(LEASE * 2 + 1)).await, Admission::Blocked);
    bench.succeed(&late, at(LEASE * 2 + 2)).await;
    assert!(!is_blocked(&bench, LEASE * 2 + 2).await, "it was right, and its user is blocked");
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(LEASE * 2 + 2)).await;
}

pub(super) async fn what_nobody_ended_before_a_success_is_forgotten_with_the_failures(bench: Bench) {
    for _ in 1..LIMIT {
        bench.begin_attempt(at(0)).await;
    }
    let right = bench.begin_attempt(at(1)).await;
    bench.succeed(&right, at(LEASE)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(LEASE)).await;
    assert!(!is_blocked(&bench, LEASE).await, "failures of before a success count");
}

pub(super) async fn clearing_forgets_attempts_under_way_too(bench: Bench) {
    let mut under_way = Vec::new();
    for _ in 0..LIMIT {
        under_way.push(bench.begin_attempt(at(0)).await);
    }
    assert!(bench.clear(USER, Factor::Password).await, "there was something to forget");
    assert!(!bench.clear(USER, Factor::Password).await, "there is nothing left");
    bench.fail_attempt(&under_way.remove(0), at(1)).await;
    assert!(!bench.clear(USER, Factor::Password).await, "one of before counts");
    assert_eq!(bench.would_admit(at(LEASE)).await, Admission::Admitted);
}

/// The limit may have been a higher one when the failures were counted.
pub(super) async fn one_attempt_may_be_made_over_a_limit_that_was_lowered(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(0)).await;
    let mut bench = bench;
    bench.policy.failures.limit = 2;
    let attempt = bench.begin_attempt(at(1)).await;
    assert_eq!(bench.would_admit(at(1)).await, Admission::Busy);
    bench.fail_attempt(&attempt, at(1)).await;
    assert!(is_blocked(&bench, 1).await, "it is far over the limit");
}

/// The clocks of two instances are never quite the same.
pub(super) async fn attempts_of_a_clock_that_is_a_little_ahead_count_like_others(bench: Bench) {
    for number in 0..i64::from(LIMIT) {
        bench.begin_attempt(at(number % 2 * 2)).await;
    }
    for seconds in [0, 2, LEASE - 1] {
        assert_eq!(bench.would_admit(at(seconds)).await, Admission::Busy, "at {seconds}");
    }
    assert_eq!(bench.rewind(at(0)).await, 0, "a little ahead is right");
    assert_eq!(bench.would_admit(at(LEASE + 2)).await, Admission::Blocked, "all are failures");
}

/// Otherwise nobody could log in for as long as the clock was ahead.
pub(super) async fn attempts_of_a_clock_that_was_ahead_last_no_longer_than_others(bench: Bench) {
    for is_put_right in [true, false] {
        for _ in 0..LIMIT {
            bench.begin_attempt(at(AHEAD)).await;
        }
        if is_put_right {
            assert_eq!(bench.rewind(at(0)).await, 1, "one counter");
            assert_eq!(bench.rewind(at(0)).await, 0, "the second time there is nothing");
        }
        assert_eq!(bench.would_admit(at(0)).await, Admission::Busy, "put right before: {is_put_right}");
        assert_eq!(bench.would_admit(just_before(LEASE)).await, Admission::Busy, "{is_put_right}");
        assert_eq!(bench.would_admit(at(LEASE)).await, Admission::Blocked, "{is_put_right}");
        bench.clear(USER, Factor::Password).await;
    }
}

pub(super) async fn attempts_under_way_are_not_purged_and_go_with_the_counters(bench: Bench) {
    let counters = bench.retention().counters;
    bench.attempt_often(USER, Factor::Password, 1, at(0)).await;
    let began = at(0) + counters - SignedDuration::from_secs(1);
    let mut bench = bench;
    bench.policy.failures.forget_after = counters;
    let attempt = bench.begin_attempt(began).await;
    assert_eq!(bench.purge(at(0) + counters).await, 0, "an attempt is under way");
    bench.fail_attempt(&attempt, began).await;
    assert!(bench.clear(USER, Factor::Password).await, "it was not counted");
    bench.begin_attempt(at(0)).await;
    assert_eq!(bench.purge(just_before(LEASE) + counters).await, 0, "too early");
    assert_eq!(bench.purge(at(LEASE) + counters).await, 1, "one that nobody ended");
}
