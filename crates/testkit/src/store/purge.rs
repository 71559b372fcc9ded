use data_adapter_sca::{Factor, Guess};
use jiff::SignedDuration;

use super::bench::{Bench, LIMIT, TRIES, USER, VALIDITY, login};
use super::consents::{consent, given, shown_form};
use super::devices::device;
use crate::build::{at, challenge, step};

/// What [`Bench::retention`] says.
const CHALLENGES: i64 = 3_600;
const COUNTERS: i64 = 7_200;
const SHOWN_FORMS: i64 = 10_800;
const ENDED_OPERATIONS: i64 = 14_400;
const REVOKED_TOKENS: i64 = 18_000;
const SESSIONS: i64 = 21_600;

pub(super) async fn an_empty_store_has_nothing_to_purge(bench: Bench) {
    assert_eq!(bench.purge(at(0)).await, 0);
}

pub(super) async fn a_probe_changes_nothing(bench: Bench) {
    bench.open("open", &login("op"), at(0)).await;
    bench.probe().await;
    bench.counted("open", at(1)).await;
    bench.probe().await;
    assert!(bench.consume("open", at(2)).await, "it could not be used");
    assert_eq!(bench.purge(at(3)).await, 0, "a probe left something");
}

pub(super) async fn challenges_stay_for_their_retention_and_then_go(bench: Bench) {
    bench.open("late", &login("op 1"), at(0)).await;
    bench.open("replaced", &login("op 2"), at(0)).await;
    bench.open("ended", &login("op 2"), at(0)).await;
    bench.end_operation("op 2").await;
    bench.open("used", &login("op 3"), at(0)).await;
    assert!(bench.consume("used", at(0)).await, "it could not be used");
    assert_eq!(bench.purge(at(VALIDITY + CHALLENGES - 1)).await, 0, "too early");
    for late in ["late", "replaced", "ended"] {
        assert_eq!(bench.guess(late, at(VALIDITY + 1)).await, Guess::Expired, "`{late}`");
    }
    assert_eq!(bench.guess("used", at(1)).await, Guess::Used);
    let purged = bench.purge(at(VALIDITY + CHALLENGES + 1)).await;
    assert!(purged >= 4, "four challenges were over, {purged} records went");
    for gone in ["late", "replaced", "ended", "used"] {
        assert_eq!(bench.guess(gone, at(1)).await, Guess::Unknown, "`{gone}`");
        assert!(!bench.consume(gone, at(1)).await, "`{gone}` was used");
    }
    assert_eq!(bench.purge(at(VALIDITY + CHALLENGES + 1)).await, 0, "nothing is left");
}

pub(super) async fn open_challenges_are_not_purged(bench: Bench) {
    let mut lasting = challenge("lasting", &login("op"), at(0));
    lasting.expires_at = at(100_000);
    bench.keep(lasting).await;
    assert_eq!(bench.purge(at(99_999)).await, 0);
    bench.counted("lasting", at(99_999)).await;
    assert!(bench.consume("lasting", at(99_999)).await, "it could not be used");
}

pub(super) async fn counters_outlive_their_challenges(bench: Bench) {
    bench.open("purged", &login("op"), at(0)).await;
    bench.counted("purged", at(1)).await;
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(1)).await;
    let mut bench = bench;
    bench.policy.failures.forget_after = SignedDuration::from_secs(COUNTERS);
    let later = VALIDITY + CHALLENGES + 1;
    assert!(bench.purge(at(later)).await >= 1, "the challenge was over");
    assert_eq!(bench.guess("purged", at(later)).await, Guess::Unknown);
    bench.open("new", &login("op"), at(later)).await;
    assert_eq!(bench.counted("new", at(later)).await.remaining, TRIES - 2, "the purge gave a guess back");
    bench.attempt_often(USER, Factor::Password, 1, at(later)).await;
    assert!(bench.is_blocked(USER, Factor::Password, at(later)).await, "the purge forgot wrong passwords");
    bench.fail_often(USER, LIMIT - 2, at(later)).await;
    assert!(bench.is_blocked(USER, Factor::Code, at(later)).await, "the purge forgot wrong codes");
}

pub(super) async fn counters_stay_for_their_retention_and_then_go(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, 1, at(0)).await;
    bench.attempt_often(USER, Factor::Password, 1, at(10)).await;
    assert_eq!(bench.purge(at(10 + COUNTERS - 1)).await, 0, "too early");
    assert_eq!(bench.purge(at(10 + COUNTERS + 1)).await, 1, "one counter was over");
    assert!(!bench.clear(USER, Factor::Password).await, "there is still something to forget");
}

pub(super) async fn the_counter_of_a_step_stays_for_its_retention_and_then_goes(bench: Bench) {
    let step = step("op", "login", None);
    bench.open("old", &step, at(0)).await;
    bench.counted("old", at(10)).await;
    assert!(bench.purge(at(VALIDITY + CHALLENGES + 1)).await >= 1, "the challenge was over");
    assert_eq!(bench.purge(at(10 + COUNTERS - 1)).await, 0, "too early");
    assert!(bench.purge(at(10 + COUNTERS + 1)).await >= 1, "the counter was not over");
    bench.open("new", &step, at(COUNTERS + 11)).await;
    assert_eq!(
        bench.counted("new", at(COUNTERS + 11)).await.remaining,
        TRIES - 1,
        "the counter of the step is still there"
    );
}

pub(super) async fn a_running_block_is_not_purged(bench: Bench) {
    let mut bench = bench;
    bench.policy.failures.block_for = SignedDuration::from_secs(COUNTERS * 3);
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    bench.purge(at(COUNTERS * 2)).await;
    assert_eq!(bench.blocked_until(USER, Factor::Password, at(COUNTERS * 2)).await, Some(at(COUNTERS * 3)));
}

pub(super) async fn shown_forms_stay_for_their_retention_and_then_go(bench: Bench) {
    bench.show(shown_form("old", USER, at(0))).await;
    bench.show(shown_form("new", USER, at(100))).await;
    assert_eq!(bench.purge(at(SHOWN_FORMS - 1)).await, 0, "too early");
    assert_eq!(bench.purge(at(SHOWN_FORMS + 1)).await, 1, "one form was over");
    assert_eq!(bench.shown("old", USER).await, None);
    assert_eq!(bench.shown("new", USER).await, Some(shown_form("new", USER, at(100))));
}

pub(super) async fn that_an_operation_is_over_is_kept_for_its_retention_and_then_goes(bench: Bench) {
    bench.end_operation_at("op", at(0)).await;
    bench.end_operation_at("op", at(100)).await;
    bench.end_operation_at("later", at(100)).await;
    assert_eq!(bench.purge(at(ENDED_OPERATIONS - 1)).await, 0, "too early");
    assert!(bench.is_over("op").await);
    assert_eq!(bench.purge(at(ENDED_OPERATIONS + 1)).await, 1, "it was over for so long");
    assert!(!bench.is_over("op").await, "its id can't be used again");
    bench.open("another one of this id", &login("op"), at(ENDED_OPERATIONS + 1)).await;
    assert!(bench.is_over("later").await);
}

pub(super) async fn consents_are_never_purged(bench: Bench) {
    let record = consent("op", USER, at(0));
    bench.add(record.clone()).await;
    assert_eq!(bench.purge(at(1_000_000_000)).await, 0);
    assert_eq!(bench.consents(Some(USER)).await, given([record]));
}

pub(super) async fn a_renewed_challenge_stays_for_its_retention_after_its_new_time(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    bench.renewed("m", "new", at(VALIDITY - 1)).await;
    let over = VALIDITY * 2 - 1;
    assert_eq!(bench.purge(at(over + CHALLENGES - 1)).await, 0, "too early");
    assert_eq!(bench.guess("m", at(over)).await, Guess::Expired);
    assert_eq!(bench.purge(at(over + CHALLENGES + 1)).await, 1, "one challenge was over");
    assert_eq!(bench.guess("m", at(over)).await, Guess::Unknown);
}

/// Forgotten any earlier, a token would be good again.
pub(super) async fn revoked_tokens_stay_for_their_retention_after_they_expired_and_then_go(bench: Bench) {
    bench.revoke("first", at(100)).await;
    bench.revoke("first", at(1)).await;
    bench.revoke("later", at(200)).await;
    assert_eq!(bench.purge(at(100 + REVOKED_TOKENS - 1)).await, 0, "too early");
    assert!(bench.is_revoked("first").await, "it is good again");
    assert_eq!(bench.purge(at(100 + REVOKED_TOKENS + 1)).await, 1, "one token had expired for so long");
    assert!(!bench.is_revoked("first").await, "it is still there");
    assert!(bench.is_revoked("later").await, "the other one is good again");
}

pub(super) async fn sessions_stay_for_their_retention_after_their_last_use_and_then_go(bench: Bench) {
    bench.open_session("first", USER, at(0)).await;
    bench.open_session("used", USER, at(0)).await;
    assert!(bench.touch("used", USER, at(100)).await, "it was just opened");
    assert_eq!(bench.purge(at(SESSIONS - 1)).await, 0, "too early");
    assert_eq!(bench.purge(at(SESSIONS + 1)).await, 1, "one session was over for so long");
    assert_eq!(bench.end_sessions(USER, at(SESSIONS + 1)).await, 1, "the other one is gone as well");
}

pub(super) async fn devices_are_never_purged(bench: Bench) {
    let device = bench.register(device(USER, "phone", at(0))).await;
    assert_eq!(bench.purge(at(1_000_000_000)).await, 0);
    assert_eq!(bench.devices(USER).await, [device]);
}
