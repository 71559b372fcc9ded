//! Calls that must not be made twice.

use data_adapter_core::UserId;
use data_adapter_sca::{
    Begun, CLOCK_TOLERANCE, CallUnderWay, Enrolled, IdempotencyKey, NewFactor, StoredAnswer,
};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, USER, just_before};
use super::factors::phone;
use crate::build::at;

/// How long a call may be under way.
pub(super) const LEASE: i64 = 30;

/// What [`Bench::retention`] says.
const IDEMPOTENCY: i64 = 25_200;

pub(super) fn key(scope: &str, user: &str, reference: &str) -> IdempotencyKey {
    IdempotencyKey { scope: scope.to_owned(), user: UserId::new(user), reference: reference.to_owned() }
}

fn usual() -> IdempotencyKey {
    key("programme", USER, "reference")
}

fn answer(status: u16) -> StoredAnswer {
    StoredAnswer { status, body: vec![0, 255, b'{'], content_type: Some("application/json".to_owned()) }
}

impl Bench {
    /// Begins the call of this number.
    pub(super) async fn begin(&self, key: &IdempotencyKey, call: u8, now: Timestamp) -> Begun {
        let lease = SignedDuration::from_secs(LEASE);
        let begun = self.store.begin_call(key, &[call; 32], now, lease).await;
        begun.expect("the store knows which calls were made")
    }

    async fn finish(&self, key: &IdempotencyKey, call: u8, answer: StoredAnswer) {
        self.store.finish_call(key, &[call; 32], answer).await.expect("an answer is kept");
    }

    async fn free(&self, key: &IdempotencyKey, call: u8) {
        self.free_if(key, call, true).await;
    }

    async fn free_if(&self, key: &IdempotencyKey, call: u8, undone: bool) {
        self.store.free_call(key, &[call; 32], undone).await.expect("a call is forgotten");
    }
}

pub(super) async fn a_call_is_new_once_and_then_under_way(bench: Bench) {
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::New);
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::UnderWay);
    assert_eq!(bench.begin(&usual(), 1, just_before(LEASE)).await, Begun::UnderWay);
    assert_eq!(bench.begin(&usual(), 2, at(1)).await, Begun::OtherCall);
}

pub(super) async fn a_call_that_was_finished_is_answered_as_it_was(bench: Bench) {
    let empty = StoredAnswer { status: 204, body: Vec::new(), content_type: None };
    for (number, answer) in [answer(409), empty].into_iter().enumerate() {
        let key = key("programme", USER, &number.to_string());
        bench.begin(&key, 1, at(0)).await;
        bench.finish(&key, 1, answer.clone()).await;
        for later in [at(1), at(LEASE), at(IDEMPOTENCY - 1)] {
            assert_eq!(bench.begin(&key, 1, later).await, Begun::Stored(answer.clone()));
            assert_eq!(bench.begin(&key, 2, later).await, Begun::OtherCall);
        }
    }
}

pub(super) async fn calls_are_told_apart_by_every_part_of_their_keys(bench: Bench) {
    let keys = [
        usual(),
        key("another", USER, "reference"),
        key("programme", "another", "reference"),
        key("programme", USER, "another"),
        key("programme", USER, "Reference"),
        key("programme", USER, "reference "),
    ];
    for key in &keys {
        assert_eq!(bench.begin(key, 1, at(0)).await, Begun::New, "{key:?}");
    }
    bench.finish(&keys[0], 1, answer(204)).await;
    bench.free(&keys[1], 1).await;
    for key in &keys[2..] {
        assert_eq!(bench.begin(key, 1, at(1)).await, Begun::UnderWay, "{key:?}");
    }
}

pub(super) async fn a_call_that_was_freed_is_new(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    bench.free(&usual(), 1).await;
    assert_eq!(bench.begin(&usual(), 2, at(1)).await, Begun::New, "its key may be that of another call");
    bench.free(&usual(), 2).await;
    assert_eq!(bench.begin(&usual(), 1, at(2)).await, Begun::New);
}

pub(super) async fn a_call_whose_lease_is_over_is_new(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    assert_eq!(bench.begin(&usual(), 1, at(LEASE)).await, Begun::New);
    assert_eq!(bench.begin(&usual(), 1, just_before(2 * LEASE)).await, Begun::UnderWay, "it has a new lease");
    assert_eq!(bench.begin(&usual(), 2, at(2 * LEASE)).await, Begun::New, "its key is free");
    bench.finish(&usual(), 1, answer(200)).await;
    assert_eq!(bench.begin(&usual(), 2, at(2 * LEASE)).await, Begun::UnderWay, "it is another call's now");
}

/// Whether a phone is enrolled by the call of this number, which is answered as [`answer`] says.
async fn enrolled_by(bench: &Bench, call: u8, message: &str) -> Enrolled {
    let call = CallUnderWay { key: usual(), fingerprint: [call; 32], answer: answer(204) };
    bench.enrolled(NewFactor { call: Some(call), ..phone(USER, message, at(0)) }).await
}

pub(super) async fn a_call_that_had_its_effect_is_answered_once_it_is_under_way_no_more(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    assert_eq!(enrolled_by(&bench, 1, "m").await, Enrolled::Pending);
    assert_eq!(bench.begin(&usual(), 1, just_before(LEASE)).await, Begun::UnderWay, "it is under way still");
    assert_eq!(bench.begin(&usual(), 2, at(1)).await, Begun::OtherCall);
    for later in [at(LEASE), at(IDEMPOTENCY - 1)] {
        assert_eq!(
            bench.begin(&usual(), 1, later).await,
            Begun::Stored(answer(204)),
            "whoever made it is gone"
        );
        assert_eq!(bench.begin(&usual(), 2, later).await, Begun::OtherCall);
    }
    bench.finish(&usual(), 1, answer(204)).await;
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::Stored(answer(204)), "it is finished after all");
}

pub(super) async fn a_call_has_its_effect_once(bench: Bench) {
    assert_eq!(enrolled_by(&bench, 1, "never begun").await, Enrolled::CallOver);
    bench.begin(&usual(), 1, at(0)).await;
    assert_eq!(enrolled_by(&bench, 2, "another call").await, Enrolled::CallOver);
    assert_eq!(bench.begin(&usual(), 1, at(LEASE)).await, Begun::New, "somebody takes it over");
    assert_eq!(bench.factors(USER).await, [], "something was enrolled");
    assert_eq!(enrolled_by(&bench, 1, "m").await, Enrolled::Pending);
    let before = bench.factors(USER).await;
    assert_eq!(enrolled_by(&bench, 1, "again").await, Enrolled::CallOver, "both had an effect");
    bench.finish(&usual(), 1, answer(204)).await;
    assert_eq!(enrolled_by(&bench, 1, "afterwards").await, Enrolled::CallOver);
    assert_eq!(bench.factors(USER).await, before);
    assert!(bench.is_open("m", at(1)).await, "its challenge was ended");
}

pub(super) async fn a_call_whose_effect_came_to_nothing_is_freed(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    assert_eq!(enrolled_by(&bench, 1, "m").await, Enrolled::Pending);
    bench.free(&usual(), 1).await;
    assert_eq!(enrolled_by(&bench, 1, "freed").await, Enrolled::CallOver);
    assert_eq!(bench.begin(&usual(), 1, at(1)).await, Begun::New);
    assert_eq!(enrolled_by(&bench, 1, "again").await, Enrolled::Pending);
    bench.end_operation("over").await;
    bench.free(&usual(), 1).await;
    bench.begin(&usual(), 1, at(2)).await;
    assert_eq!(enrolled_by(&bench, 1, "over").await, Enrolled::Refused, "its operation is over");
    assert_eq!(bench.begin(&usual(), 1, at(2 + LEASE)).await, Begun::New, "it had no effect");
}

pub(super) async fn a_call_whose_effect_may_stand_is_freed_only_where_it_had_none(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    bench.free_if(&usual(), 1, false).await;
    assert_eq!(bench.begin(&usual(), 1, at(1)).await, Begun::New, "it had no effect");
    assert_eq!(enrolled_by(&bench, 1, "m").await, Enrolled::Pending);
    bench.free_if(&usual(), 1, false).await;
    assert_eq!(bench.begin(&usual(), 1, at(2)).await, Begun::UnderWay);
    assert_eq!(bench.begin(&usual(), 1, at(1 + LEASE)).await, Begun::Stored(answer(204)));
}

pub(super) async fn only_a_call_that_is_under_way_is_finished_or_freed(bench: Bench) {
    bench.finish(&usual(), 1, answer(200)).await;
    bench.free(&usual(), 1).await;
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::New, "it was finished before it began");
    bench.finish(&usual(), 2, answer(200)).await;
    bench.free(&usual(), 2).await;
    assert_eq!(bench.begin(&usual(), 1, at(1)).await, Begun::UnderWay, "another call was finished or freed");
    bench.finish(&usual(), 1, answer(204)).await;
    bench.finish(&usual(), 1, answer(500)).await;
    bench.free(&usual(), 1).await;
    assert_eq!(bench.begin(&usual(), 1, at(2)).await, Begun::Stored(answer(204)), "it was finished before");
}

pub(super) async fn a_call_of_a_clock_that_is_ahead_is_not_under_way(bench: Bench) {
    let tolerated = CLOCK_TOLERANCE.as_secs();
    bench.begin(&usual(), 1, at(tolerated)).await;
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::UnderWay, "clocks are never quite the same");
    let ahead = key("programme", USER, "ahead");
    bench.begin(&ahead, 1, at(tolerated + 1)).await;
    assert_eq!(bench.begin(&ahead, 1, at(0)).await, Begun::New);
    bench.finish(&usual(), 1, answer(204)).await;
    assert_eq!(bench.begin(&usual(), 1, at(0)).await, Begun::Stored(answer(204)), "it is finished");
}

pub(super) async fn calls_stay_for_their_retention_from_when_they_began_and_then_go(bench: Bench) {
    bench.begin(&usual(), 1, at(0)).await;
    bench.finish(&usual(), 1, answer(204)).await;
    let unfinished = key("programme", USER, "unfinished");
    bench.begin(&unfinished, 1, at(0)).await;
    assert_eq!(bench.purge(at(IDEMPOTENCY - 1)).await, 0, "too early");
    assert_eq!(bench.begin(&usual(), 1, at(IDEMPOTENCY - 1)).await, Begun::Stored(answer(204)));
    assert_eq!(bench.purge(at(IDEMPOTENCY + 1)).await, 2, "two calls were over");
    assert_eq!(bench.begin(&usual(), 2, at(IDEMPOTENCY + 1)).await, Begun::New);
}

pub(super) async fn after_the_clock_went_back_calls_stay_no_longer_than_their_time(bench: Bench) {
    let ahead = at(86_400);
    bench.begin(&usual(), 1, ahead).await;
    bench.finish(&usual(), 1, answer(204)).await;
    assert_eq!(bench.rewind(at(0)).await, 1, "one call was ahead");
    assert_eq!(bench.rewind(at(0)).await, 0, "it was put right twice");
    assert_eq!(bench.begin(&usual(), 1, at(1)).await, Begun::Stored(answer(204)), "its answer is gone");
    assert_eq!(bench.purge(at(IDEMPOTENCY + 1)).await, 1, "it stays too long");
}
