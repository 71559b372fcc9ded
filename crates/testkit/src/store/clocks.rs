//! The clock was ahead, and went back.

use data_adapter_sca::{Admission, CLOCK_TOLERANCE, Factor, Guess};

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LIMIT, TRIES, USER, VALIDITY, login};
use super::consents::shown_form;
use super::devices::device;
use crate::build::{at, step};

/// How far ahead it was: a day.
const AHEAD: i64 = 86_400;

fn tolerated() -> i64 {
    CLOCK_TOLERANCE.as_secs()
}

pub(super) async fn a_code_of_a_clock_that_is_ahead_is_over(bench: Bench) {
    for (message, ahead) in [("a day", AHEAD), ("a little more than is tolerated", tolerated() + 1)] {
        bench.open(message, &login(message), at(ahead)).await;
        assert_eq!(bench.listed(at(0)).await, [""; 0], "{message}");
        assert!(!bench.consume(message, at(0)).await, "{message}: it was used");
        assert_eq!(bench.guess(message, at(0)).await, Guess::Expired, "{message}");
        assert_eq!(
            bench.guess(message, at(ahead)).await,
            Guess::Expired,
            "{message}: it was answered before"
        );
    }
}

/// The clocks of two instances are never quite the same.
pub(super) async fn a_code_of_a_clock_that_is_a_little_ahead_is_good(bench: Bench) {
    for (message, ahead) in [("two seconds", 2), ("as much as is tolerated", tolerated())] {
        bench.open(message, &login(message), at(ahead)).await;
        assert_eq!(bench.listed(at(0)).await, [message]);
        bench.counted(message, at(0)).await;
        assert!(bench.consume(message, at(0)).await, "{message}: it could not be used");
    }
}

pub(super) async fn what_was_answered_as_over_stays_over(bench: Bench) {
    bench.open("late", &login("op"), at(0)).await;
    assert_eq!(bench.guess("late", at(VALIDITY)).await, Guess::Expired);
    assert_eq!(bench.guess("late", at(1)).await, Guess::Expired, "it is good again");
    assert!(!bench.consume("late", at(1)).await, "it was used");
    assert_eq!(bench.listed(at(1)).await, [""; 0]);
}

pub(super) async fn a_use_that_came_too_late_comes_too_late_for_good(bench: Bench) {
    bench.open("late", &login("op"), at(0)).await;
    bench.counted("late", at(VALIDITY - 1)).await;
    assert!(!bench.consume("late", at(VALIDITY)).await, "it was used when it was over");
    assert!(!bench.consume("late", at(VALIDITY - 1)).await, "it is good again");
    assert_eq!(bench.guess("late", at(VALIDITY - 1)).await, Guess::Expired);
}

pub(super) async fn a_block_lasts_no_longer_from_now_than_it_would(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(AHEAD)).await;
    bench.fail_often(USER, LIMIT, at(AHEAD)).await;
    assert_eq!(bench.attempt(USER, Factor::Password, at(0)).await, Admission::Blocked, "it is lifted");
    assert!(bench.fail(USER, at(0)).await.blocked, "the block of the codes is lifted");
    for factor in [Factor::Password, Factor::Code] {
        assert!(bench.is_blocked(USER, factor, at(BLOCK_FOR - 1)).await, "{factor:?} is free too early");
        assert!(!bench.is_blocked(USER, factor, at(BLOCK_FOR)).await, "{factor:?} is blocked for longer");
        assert_eq!(bench.attempt(USER, factor, at(BLOCK_FOR)).await, Admission::Admitted, "{factor:?}");
    }
}

pub(super) async fn a_block_of_a_clock_that_is_a_little_ahead_is_a_block(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(2)).await;
    assert_eq!(bench.rewind(at(0)).await, 0);
    assert_eq!(bench.attempt(USER, Factor::Password, at(0)).await, Admission::Blocked);
    assert!(bench.is_blocked(USER, Factor::Password, at(BLOCK_FOR - 1)).await);
}

/// Otherwise two instances whose clocks differ would give guesses without end.
pub(super) async fn failures_of_a_clock_that_is_ahead_stay_counted(bench: Bench) {
    const APART: i64 = 60;
    bench.attempt_often(USER, Factor::Password, LIMIT - 2, at(APART)).await;
    bench.attempt_often(USER, Factor::Password, 1, at(0)).await;
    bench.attempt_often(USER, Factor::Password, 1, at(APART)).await;
    assert_eq!(bench.attempt(USER, Factor::Password, at(APART)).await, Admission::Blocked);
    bench.open("ahead", &login("op"), at(APART)).await;
    bench.counted("ahead", at(APART)).await;
    bench.open("right", &login("op"), at(0)).await;
    assert_eq!(bench.counted("right", at(0)).await.remaining, TRIES - 2, "a try was given back");
}

pub(super) async fn after_the_clock_went_back_nothing_lasts_longer_than_its_time(bench: Bench) {
    bench.open("ahead", &login("op 1"), at(AHEAD)).await;
    bench.counted("ahead", at(AHEAD)).await;
    bench.open("right", &login("op 2"), at(0)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT, at(AHEAD)).await;
    bench.attempt_often("another", Factor::Password, LIMIT - 1, at(AHEAD)).await;
    bench.show(shown_form("op 1", USER, at(AHEAD))).await;
    bench.end_operation_at("op 3", at(AHEAD)).await;
    let changed = bench.rewind(at(0)).await;
    assert_eq!(changed, 7, "a challenge, its step, three counters, a form and the end of an operation");
    assert_eq!(bench.rewind(at(0)).await, 0, "the second time there is nothing");
    assert_eq!(bench.listed(at(0)).await, ["right"]);
    assert_eq!(bench.guess("ahead", at(AHEAD)).await, Guess::Expired, "it is good again a day later");
    assert!(bench.is_blocked(USER, Factor::Password, at(BLOCK_FOR - 1)).await, "the block is lifted");
    assert!(!bench.is_blocked(USER, Factor::Password, at(BLOCK_FOR)).await, "the block is as long as before");
    bench.attempt_often("another", Factor::Password, 1, at(FORGET_AFTER)).await;
    assert!(
        !bench.is_blocked("another", Factor::Password, at(FORGET_AFTER)).await,
        "failures are kept for longer"
    );
    bench.purge(at(AHEAD - 1)).await;
    assert_eq!(bench.shown("op 1", USER).await, None, "a form is kept for longer");
    assert!(!bench.is_over("op 3").await, "an operation is over for longer");
}

pub(super) async fn a_clock_that_did_not_go_back_changes_nothing(bench: Bench) {
    bench.open("open", &step("op", "login", Some(USER)), at(0)).await;
    bench.counted("open", at(1)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT, at(2)).await;
    bench.show(shown_form("op", USER, at(0))).await;
    for now in [2, 3, BLOCK_FOR, AHEAD] {
        assert_eq!(bench.rewind(at(now)).await, 0, "at {now}");
    }
    bench.counted("open", at(3)).await;
    assert!(bench.consume("open", at(3)).await, "it could not be used");
}

pub(super) async fn a_renewal_of_a_clock_that_is_ahead_is_over(bench: Bench) {
    bench.open("asked", &login("op 1"), at(AHEAD - VALIDITY + 1)).await;
    bench.renewed("asked", "new", at(AHEAD)).await;
    bench.open("put right", &login("op 2"), at(AHEAD - VALIDITY + 1)).await;
    bench.renewed("put right", "new", at(AHEAD)).await;
    assert!(!bench.is_open("asked", at(0)).await, "it is found");
    assert_eq!(bench.open_challenges_of(USER, at(0)).await, []);
    assert!(!bench.end("asked", at(0)).await, "it was cancelled");
    assert_eq!(bench.rewind(at(0)).await, 2, "two challenges");
    for message in ["asked", "put right"] {
        assert!(!bench.is_open(message, at(AHEAD)).await, "`{message}` is good again a day later");
        assert!(!bench.consume(message, at(AHEAD)).await, "`{message}` was used");
    }
}

/// Nobody knows how long nothing was done in them.
pub(super) async fn sessions_of_a_clock_that_was_ahead_end_for_good(bench: Bench) {
    bench.open_session("ahead", USER, at(AHEAD)).await;
    bench.open_session("right", USER, at(0)).await;
    bench.open_session("a little ahead", USER, at(tolerated())).await;
    assert_eq!(bench.rewind(at(0)).await, 1, "one session");
    assert_eq!(bench.rewind(at(0)).await, 0, "the second time there is nothing");
    assert!(!bench.touch("ahead", USER, at(AHEAD + 1)).await, "it goes on a day later");
    for holder in ["right", "a little ahead"] {
        assert!(bench.touch(holder, USER, at(1)).await, "{holder} was ended too");
    }
}

/// A token that is revoked expires in the future, and is good at no time.
pub(super) async fn a_clock_that_went_back_gives_no_token_back_and_takes_no_device(bench: Bench) {
    let device = bench.register(device(USER, "phone", at(0))).await;
    bench.revoke("id", at(AHEAD)).await;
    bench.attempt_often("a partner", Factor::Partner, LIMIT, at(AHEAD)).await;
    assert_eq!(bench.rewind(at(0)).await, 1, "the counter of the partner");
    assert!(bench.is_revoked("id").await, "it is good again");
    assert_eq!(bench.devices(USER).await, [device]);
    assert!(bench.is_blocked("a partner", Factor::Partner, at(BLOCK_FOR - 1)).await, "the block is lifted");
    assert!(!bench.is_blocked("a partner", Factor::Partner, at(BLOCK_FOR)).await, "it lasts for longer");
}
