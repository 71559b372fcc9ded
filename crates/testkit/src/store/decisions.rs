//! What people decide on pushes.

use data_adapter_core::{MessageId, UserId};
use data_adapter_sca::{ApprovalMethod, CLOCK_TOLERANCE, Guess};
use jiff::Timestamp;

use super::bench::{Bench, LIMIT, USER, VALIDITY, just_before, login};
use super::devices::device;
use crate::build::{at, step};

impl Bench {
    pub(super) async fn push(&self, message: &str, operation: &str, now: Timestamp) {
        self.open_by(ApprovalMethod::Push, message, &login(operation), now).await;
    }

    pub(super) async fn decide(&self, message: &str, accepted: bool, now: Timestamp) -> bool {
        let decided = self.store.decide(&MessageId::new(message), accepted, now).await;
        decided.expect("a decision is kept")
    }

    /// Nobody can decide on it.
    async fn decides_nothing(&self, message: &str, now: Timestamp) {
        for accepted in [true, false] {
            assert!(!self.decide(message, accepted, now).await, "`{message}` was decided: {accepted}");
        }
    }
}

pub(super) async fn a_push_is_accepted_once_and_then_used_up_once(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    assert!(!bench.found("m", at(0)).await.accepted, "nobody has decided");
    assert!(bench.decide("m", true, at(1)).await, "it could not be accepted");
    bench.decides_nothing("m", at(2)).await;
    assert!(bench.found("m", at(2)).await.accepted, "it is not accepted any more");
    assert!(bench.use_up("m", at(3)).await, "it could not be used");
    assert!(!bench.use_up("m", at(3)).await, "it was used twice");
    bench.decides_nothing("m", at(3)).await;
    assert_eq!(bench.guess("m", at(3)).await, Guess::Used);
}

pub(super) async fn a_push_that_is_rejected_is_ended(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    assert!(bench.decide("m", false, at(1)).await, "it could not be rejected");
    bench.decides_nothing("m", at(1)).await;
    assert!(!bench.is_open("m", at(1)).await, "it is open");
    assert!(!bench.use_up("m", at(1)).await, "it was used");
    assert!(!bench.end("m", at(1)).await, "it was ended before");
    assert_eq!(bench.guess("m", at(1)).await, Guess::Expired);
    bench.push("next", "op", at(2)).await;
    assert!(bench.decide("next", true, at(2)).await, "the next one of its step could not be accepted");
}

pub(super) async fn a_push_that_nobody_has_decided_is_not_used_up_and_stays_open(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    for _ in 0..3 {
        assert!(!bench.use_up("m", at(1)).await, "it was used");
        assert!(bench.is_open("m", at(1)).await, "it is over");
    }
    assert!(bench.fail(USER, at(1)).await.starts_block, "failures were forgotten");
    assert!(bench.decide("m", true, at(2)).await, "it could not be accepted any more");
    assert!(bench.use_up("m", at(2)).await, "it could not be used");
}

pub(super) async fn the_open_pushes_of_a_user_end_together_whatever_the_time(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    bench.push("ahead", "op2", at(86_400)).await;
    bench.push("used", "op3", at(0)).await;
    assert!(bench.decide("used", true, at(1)).await && bench.use_up("used", at(1)).await);
    bench.open("code", &login("op4"), at(0)).await;
    bench.open_by(ApprovalMethod::Push, "others", &step("op5", "login", Some("other")), at(0)).await;
    let ended = bench.store.end_pushes(&UserId::new(USER)).await;
    ended.expect("pushes are ended");
    bench.decides_nothing("m", at(1)).await;
    bench.decides_nothing("ahead", at(86_401)).await;
    assert_eq!(bench.guess("used", at(1)).await, Guess::Used);
    assert!(bench.is_open("code", at(1)).await, "a code was ended with the pushes");
    assert!(bench.decide("others", true, at(1)).await, "somebody else's was ended");
}

pub(super) async fn only_a_push_is_decided(bench: Bench) {
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Otp] {
        let message = format!("{method:?}");
        bench.open_by(method, &message, &login(&message), at(0)).await;
        bench.decides_nothing(&message, at(1)).await;
        assert!(!bench.found(&message, at(1)).await.accepted, "{method:?} is accepted");
        let used = match method {
            ApprovalMethod::Otp => bench.consume(&message, at(1)).await,
            ApprovalMethod::ClientManaged | ApprovalMethod::Push => bench.use_up(&message, at(1)).await,
        };
        assert!(used, "{method:?} could not be used");
    }
    bench.decides_nothing("unknown", at(1)).await;
}

pub(super) async fn a_push_that_is_over_is_not_decided(bench: Bench) {
    bench.push("replaced", "op 1", at(0)).await;
    bench.push("ended", "op 1", at(0)).await;
    assert!(bench.end("ended", at(1)).await, "it could not be ended");
    bench.push("of an operation that is over", "op 2", at(0)).await;
    bench.end_operation("op 2").await;
    bench.push("ahead", "op 3", at(CLOCK_TOLERANCE.as_secs() + 2)).await;
    for over in ["replaced", "ended", "of an operation that is over", "ahead"] {
        bench.decides_nothing(over, at(1)).await;
    }
    bench.push("late", "op 4", at(0)).await;
    bench.decides_nothing("late", at(VALIDITY)).await;
    bench.decides_nothing("late", at(1)).await;
    assert!(!bench.is_open("late", at(1)).await, "it is good again");
    bench.push("in time", "op 5", at(0)).await;
    assert!(bench.decide("in time", true, just_before(VALIDITY)).await, "it is over too early");
}

pub(super) async fn a_push_that_was_accepted_expires_at_its_time(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    assert!(bench.decide("m", true, at(1)).await, "it could not be accepted");
    assert!(bench.is_open("m", just_before(VALIDITY)).await, "it is over too early");
    assert!(!bench.use_up("m", at(VALIDITY)).await, "it was used when it was over");
}

pub(super) async fn a_push_may_be_decided_after_it_was_renewed(bench: Bench) {
    bench.push("m", "op", at(0)).await;
    bench.renewed("m", "new", at(VALIDITY - 1)).await;
    assert!(bench.decide("m", true, at(VALIDITY + 1)).await, "it could not be accepted in its new time");
    assert!(bench.use_up("m", at(VALIDITY + 2)).await, "it could not be used");
}

pub(super) async fn what_is_approved_without_a_code_forgets_no_failure(bench: Bench) {
    for (method, operation) in [(ApprovalMethod::ClientManaged, "managed"), (ApprovalMethod::Push, "pushed")]
    {
        let user = operation;
        bench.fail_often(user, LIMIT - 1, at(0)).await;
        bench.open_by(method, operation, &step(operation, "login", Some(user)), at(0)).await;
        bench.decide(operation, true, at(1)).await;
        assert!(bench.use_up(operation, at(1)).await, "{method:?} could not be used");
        assert!(bench.fail(user, at(2)).await.starts_block, "{method:?} made failures forgotten");
    }
}

pub(super) async fn a_device_that_is_forgotten_ends_the_open_pushes_of_its_user(bench: Bench) {
    let [lost, others] = [USER, "another user"].map(|user| device(user, "phone", at(0)));
    let (lost, others) = (bench.register(lost).await, bench.register(others).await);
    bench.push("m", "op", at(0)).await;
    bench.push("accepted", "op2", at(0)).await;
    bench.decide("accepted", true, at(0)).await;
    bench.open("code", &login("op3"), at(0)).await;
    assert!(!bench.deregister(USER, others.id).await);
    assert!(bench.is_open("m", at(1)).await, "another one's device ended it");
    assert!(bench.deregister(USER, lost.id).await);
    bench.decides_nothing("m", at(1)).await;
    assert!(!bench.use_up("accepted", at(1)).await, "what the device may have accepted was used");
    assert!(bench.is_open("code", at(1)).await, "a code was ended with the device");
    assert!(bench.deregister("another user", others.id).await);
}
