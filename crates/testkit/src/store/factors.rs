//! Factors: how they are enrolled, decided and forgotten.

use data_adapter_core::{MessageId, OperationId, UserId};
use data_adapter_sca::{
    ApprovalMethod, Challenge, Enrolled, EnrolledFactor, FactorChannel, FactorStatus, Guess, NewFactor,
    TargetHash,
};
use jiff::Timestamp;

use super::bench::{Bench, USER, VALIDITY, login};
use crate::build::{at, challenge, step};

/// What is kept of a number.
pub(super) fn target(hash: u8) -> TargetHash {
    TargetHash { key_id: "key".to_owned(), hash: [hash; 32] }
}

/// A phone of a user, to be proved by a code in an operation of its own.
pub(super) fn phone(user: &str, message: &str, now: Timestamp) -> NewFactor {
    let challenge = challenge(message, &step(message, "enrolment", Some(user)), now);
    NewFactor { channel: FactorChannel::Sms, target: Some(target(1)), challenge, call: None }
}

/// A device of a user, to be proved by a push.
pub(super) fn app(user: &str, message: &str, now: Timestamp) -> NewFactor {
    let NewFactor { challenge, .. } = phone(user, message, now);
    let challenge = Challenge { method: ApprovalMethod::Push, ..challenge };
    NewFactor { channel: FactorChannel::Authy, target: None, challenge, call: None }
}

impl Bench {
    pub(super) async fn enrolled(&self, factor: NewFactor) -> Enrolled {
        self.store.enrol(factor).await.expect("a factor is kept")
    }

    pub(super) async fn try_enrol(&self, factor: NewFactor) -> bool {
        self.enrolled(factor).await == Enrolled::Pending
    }

    pub(super) async fn enrol(&self, factor: NewFactor) {
        assert!(self.try_enrol(factor).await, "an active one stays");
    }

    pub(super) async fn factors(&self, user: &str) -> Vec<EnrolledFactor> {
        self.store.factors(&UserId::new(user)).await.expect("the store lists factors")
    }

    /// How far the only factor of a user has come.
    pub(super) async fn status(&self, user: &str) -> FactorStatus {
        let factors = self.factors(user).await;
        assert_eq!(factors.len(), 1, "factors of {user}");
        factors[0].status
    }

    pub(super) async fn deactivate(&self, user: &str, target: &TargetHash) -> bool {
        let deactivated = self.store.deactivate(&UserId::new(user), FactorChannel::Sms, target).await;
        deactivated.expect("a factor is made inactive")
    }

    pub(super) async fn rehash(&self, user: &str, older: &TargetHash, newer: &TargetHash) -> bool {
        let rehashed = self.store.rehash(&UserId::new(user), FactorChannel::Sms, older, newer).await;
        rehashed.expect("a number is kept as another hash")
    }

    async fn give_up(&self, message: &str) -> bool {
        let given_up = self.store.give_up(&MessageId::new(message)).await;
        given_up.expect("a challenge is given up")
    }

    pub(super) async fn unlink(&self, user: &str, channel: FactorChannel) -> bool {
        self.store.unlink(&UserId::new(user), channel).await.expect("a factor is forgotten")
    }
}

pub(super) async fn a_factor_is_kept_as_it_was_enrolled(bench: Bench) {
    bench.enrol(phone(USER, "code", at(1))).await;
    bench.enrol(app(USER, "push", at(2))).await;
    let pending = |channel, seconds, target, message| EnrolledFactor {
        user: UserId::new(USER),
        channel,
        status: FactorStatus::Pending,
        enrolled_at: at(seconds),
        target,
        message: Some(MessageId::new(message)),
    };
    let sms = pending(FactorChannel::Sms, 1, Some(target(1)), "code");
    let authy = pending(FactorChannel::Authy, 2, None, "push");
    assert_eq!(bench.factors(USER).await, [sms, authy]);
    assert_eq!(bench.factors("nobody").await, []);
}

pub(super) async fn an_enrolment_opens_its_challenge(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    assert_eq!(bench.found("m", at(1)).await.challenge, phone(USER, "m", at(0)).challenge);
    assert_eq!(bench.listed(at(1)).await, ["m"]);
}

pub(super) async fn factors_are_listed_in_the_order_of_enrolment(bench: Bench) {
    let biometric = |message| NewFactor { channel: FactorChannel::Biometric, ..app(USER, message, at(0)) };
    bench.enrol(app(USER, "1", at(9))).await;
    bench.enrol(biometric("2")).await;
    bench.enrol(phone(USER, "3", at(1))).await;
    bench.enrol(phone("other", "4", at(0))).await;
    bench.enrol(app(USER, "5", at(20))).await;
    let listed = || async {
        let factors = bench.factors(USER).await;
        factors.iter().map(|factor| factor.channel).collect::<Vec<_>>()
    };
    let (sms, authy, biometrics) = (FactorChannel::Sms, FactorChannel::Authy, FactorChannel::Biometric);
    assert_eq!(listed().await, [authy, biometrics, sms], "one that is enrolled again stays where it is");
    assert!(bench.unlink(USER, authy).await, "there is one");
    bench.enrol(app(USER, "6", at(0))).await;
    assert_eq!(listed().await, [biometrics, sms, authy], "one that was forgotten comes last");
}

pub(super) async fn a_new_enrolment_takes_the_place_of_a_pending_one_and_ends_its_challenge(bench: Bench) {
    bench.enrol(phone(USER, "old", at(0))).await;
    bench.enrol(app(USER, "push", at(0))).await;
    let another = NewFactor { target: Some(target(2)), ..phone(USER, "new", at(1)) };
    bench.enrol(another).await;
    let factors = bench.factors(USER).await;
    let [sms, authy] = &factors[..] else { unreachable!("two were enrolled") };
    assert_eq!((sms.enrolled_at, &sms.target), (at(1), &Some(target(2))));
    assert_eq!(sms.message, Some(MessageId::new("new")));
    assert_eq!(authy.message, Some(MessageId::new("push")), "the other factor changed");
    assert_eq!(bench.guess("old", at(2)).await, Guess::Expired);
    assert!(!bench.consume("old", at(2)).await, "the old code proves something");
    assert_eq!(bench.factors(USER).await, factors);
    assert!(bench.consume("new", at(2)).await, "the new code can't be used");
}

pub(super) async fn an_active_factor_stays_and_what_would_decide_another_is_not_kept(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    assert!(bench.consume("m", at(1)).await, "it could not be used");
    let active = bench.factors(USER).await;
    assert!(!bench.try_enrol(phone(USER, "another", at(2))).await, "another took its place");
    assert_eq!(bench.factors(USER).await, active);
    assert_eq!(bench.guess("another", at(2)).await, Guess::Unknown);
}

pub(super) async fn an_inactive_factor_can_be_enrolled_again(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    assert!(bench.deactivate(USER, &target(1)).await, "it could not be made inactive");
    bench.enrol(phone(USER, "again", at(1))).await;
    assert_eq!(bench.status(USER).await, FactorStatus::Pending);
    assert!(bench.consume("again", at(2)).await, "it could not be used");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
}

pub(super) async fn nothing_is_enrolled_where_no_challenge_is_opened(bench: Bench) {
    bench.end_operation("over").await;
    assert!(!bench.try_enrol(phone(USER, "over", at(0))).await, "its operation is over");
    assert_eq!(bench.factors(USER).await, []);
    bench.enrol(phone(USER, "m", at(0))).await;
    assert!(!bench.try_enrol(phone(USER, "over", at(0))).await, "its operation is over");
    assert!(bench.consume("m", at(1)).await, "what was pending is not any more");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
}

pub(super) async fn the_use_of_a_code_activates_its_factor(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    bench.enrol(phone("other", "n", at(0))).await;
    let before = bench.factors(USER).await.remove(0);
    assert!(bench.consume("m", at(1)).await, "it could not be used");
    let active = EnrolledFactor { status: FactorStatus::Active, message: None, ..before };
    assert_eq!(bench.factors(USER).await.first(), Some(&active));
    assert_eq!(bench.status("other").await, FactorStatus::Pending);
    assert!(!bench.consume("m", at(1)).await, "it was used twice");
    assert_eq!(bench.factors(USER).await, [active]);
}

pub(super) async fn a_code_that_is_not_used_activates_nothing(bench: Bench) {
    bench.enrol(phone(USER, "late", at(0))).await;
    assert!(!bench.consume("late", at(VALIDITY)).await, "it was too late");
    bench.enrol(phone("other", "ended", at(0))).await;
    bench.end_operation("ended").await;
    assert!(!bench.consume("ended", at(1)).await, "its operation is over");
    for user in [USER, "other"] {
        assert_eq!(bench.status(user).await, FactorStatus::Pending, "{user}");
    }
}

pub(super) async fn an_accepted_push_activates_its_factor_and_is_used_up(bench: Bench) {
    bench.enrol(app(USER, "m", at(0))).await;
    assert!(!bench.use_up("m", at(1)).await, "nobody has accepted it");
    assert_eq!(bench.status(USER).await, FactorStatus::Pending);
    assert!(bench.decide("m", true, at(1)).await, "it could not be accepted");
    let factor = bench.factors(USER).await.remove(0);
    assert_eq!((factor.status, factor.message), (FactorStatus::Active, None));
    assert!(!bench.is_open("m", at(2)).await, "it is open still");
    assert_eq!(bench.guess("m", at(2)).await, Guess::Used);
    assert!(!bench.decide("m", false, at(2)).await, "it was decided twice");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
}

pub(super) async fn a_rejected_push_makes_its_factor_inactive(bench: Bench) {
    bench.enrol(app(USER, "m", at(0))).await;
    assert!(bench.decide("m", false, at(1)).await, "it could not be rejected");
    let factor = bench.factors(USER).await.remove(0);
    assert_eq!((factor.status, factor.message), (FactorStatus::Inactive, None));
    assert!(!bench.is_open("m", at(2)).await, "it is open still");
    assert!(!bench.decide("m", true, at(2)).await, "it was decided twice");
    assert_eq!(bench.status(USER).await, FactorStatus::Inactive);
}

pub(super) async fn a_push_that_came_too_late_leaves_its_factor_pending(bench: Bench) {
    bench.enrol(app(USER, "m", at(0))).await;
    assert!(!bench.decide("m", true, at(VALIDITY)).await, "it was too late");
    assert_eq!(bench.status(USER).await, FactorStatus::Pending);
    bench.enrol(app(USER, "again", at(VALIDITY))).await;
    assert!(bench.decide("again", true, at(VALIDITY + 1)).await, "it could not be accepted");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
}

pub(super) async fn a_push_that_decides_no_factor_stays_open_when_it_is_accepted(bench: Bench) {
    bench.enrol(app(USER, "factor", at(0))).await;
    bench.push("m", "op", at(0)).await;
    assert!(bench.decide("m", true, at(1)).await, "it could not be accepted");
    assert!(bench.use_up("m", at(2)).await, "it could not be used");
    assert_eq!(bench.status(USER).await, FactorStatus::Pending, "the push was about something else");
}

pub(super) async fn a_factor_is_made_inactive_once_and_only_for_its_own_number(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    bench.enrol(phone("other", "n", at(0))).await;
    assert!(bench.consume("m", at(1)).await, "it could not be used");
    let other_key = TargetHash { key_id: "another".to_owned(), ..target(1) };
    for another in [target(2), other_key] {
        assert!(!bench.deactivate(USER, &another).await, "{another:?} is another number");
    }
    assert!(!bench.deactivate("nobody", &target(1)).await, "there is none");
    let authy = bench.store.deactivate(&UserId::new(USER), FactorChannel::Authy, &target(1)).await;
    assert!(!authy.expect("the store answers"), "there is none of this channel");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
    assert!(bench.deactivate(USER, &target(1)).await, "it could not be made inactive");
    assert!(!bench.deactivate(USER, &target(1)).await, "it was made inactive twice");
    let factor = bench.factors(USER).await.remove(0);
    assert_eq!((factor.status, factor.target), (FactorStatus::Inactive, Some(target(1))));
    assert_eq!(bench.status("other").await, FactorStatus::Pending, "somebody else's changed");
}

pub(super) async fn what_is_made_inactive_while_it_is_pending_is_not_proved_any_more(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    assert!(bench.deactivate(USER, &target(1)).await, "it could not be made inactive");
    assert_eq!(bench.factors(USER).await[0].message, None);
    assert_eq!(bench.guess("m", at(1)).await, Guess::Expired);
    assert!(!bench.consume("m", at(1)).await, "its code proves something");
    assert_eq!(bench.status(USER).await, FactorStatus::Inactive);
}

pub(super) async fn the_number_of_a_factor_is_rehashed_once_and_nothing_else_changes(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    bench.enrol(phone("other", "n", at(0))).await;
    let (newer, other_key) = (target(2), TargetHash { key_id: "another".to_owned(), ..target(1) });
    for unlike in [&newer, &other_key] {
        assert!(!bench.rehash(USER, unlike, &newer).await, "{unlike:?} is not what is kept");
    }
    assert!(!bench.rehash("nobody", &target(1), &newer).await, "there is none");
    for status in [FactorStatus::Pending, FactorStatus::Active, FactorStatus::Inactive] {
        let before = bench.factors(USER).await.remove(0);
        assert_eq!(before.status, status);
        assert!(bench.rehash(USER, &target(1), &newer).await, "{status:?}: it is kept as it was");
        assert!(!bench.rehash(USER, &target(1), &newer).await, "{status:?}: it was done twice");
        assert_eq!(bench.factors(USER).await, [EnrolledFactor { target: Some(newer.clone()), ..before }]);
        assert!(bench.rehash(USER, &newer, &target(1)).await, "{status:?}: it can't be put back");
        match status {
            FactorStatus::Pending => assert!(bench.consume("m", at(1)).await, "it could not be used"),
            FactorStatus::Active => assert!(bench.deactivate(USER, &target(1)).await, "it is another number"),
            FactorStatus::Inactive => {}
        }
    }
    assert_eq!(bench.factors("other").await[0].target, Some(target(1)), "somebody else's changed");
}

pub(super) async fn what_is_given_up_stays_pending_until_it_is_enrolled_again(bench: Bench) {
    bench.enrol(phone(USER, "m", at(0))).await;
    bench.enrol(phone("other", "n", at(0))).await;
    bench.open("login", &login("op"), at(0)).await;
    for unrelated in ["unknown", "login"] {
        assert!(!bench.give_up(unrelated).await, "`{unrelated}` decides no factor");
    }
    assert!(bench.is_open("login", at(1)).await, "what decides no factor was ended");
    let before = bench.factors(USER).await.remove(0);
    assert!(bench.give_up("m").await, "it decides a factor");
    assert!(!bench.give_up("m").await, "it was given up twice");
    assert_eq!(bench.factors(USER).await, [EnrolledFactor { message: None, ..before }]);
    assert!(!bench.consume("m", at(1)).await, "its code can be used");
    assert_eq!(bench.factors("other").await[0].message, Some(MessageId::new("n")));
    bench.enrol(phone(USER, "again", at(2))).await;
    assert!(bench.consume("again", at(3)).await, "the new code can't be used");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
}

pub(super) async fn a_factor_is_forgotten_once_and_with_its_challenge(bench: Bench) {
    bench.enrol(phone(USER, "code", at(0))).await;
    bench.enrol(app(USER, "push", at(0))).await;
    bench.enrol(app("other", "other", at(0))).await;
    assert!(!bench.unlink(USER, FactorChannel::Biometric).await, "there is none of this channel");
    assert!(!bench.unlink("nobody", FactorChannel::Authy).await, "they have none");
    assert!(bench.unlink(USER, FactorChannel::Authy).await, "there is one");
    assert!(!bench.unlink(USER, FactorChannel::Authy).await, "it was forgotten twice");
    assert!(!bench.decide("push", true, at(1)).await, "its push can be accepted");
    let left = bench.factors(USER).await;
    assert_eq!(left.iter().map(|factor| factor.channel).collect::<Vec<_>>(), [FactorChannel::Sms]);
    assert!(bench.consume("code", at(1)).await, "the other one's code can't be used");
    assert!(bench.unlink(USER, FactorChannel::Sms).await, "an active one can't be forgotten");
    assert_eq!(bench.factors(USER).await, []);
    assert_eq!(bench.status("other").await, FactorStatus::Pending);
}

pub(super) async fn factors_are_never_purged(bench: Bench) {
    bench.enrol(phone(USER, "code", at(0))).await;
    bench.enrol(app(USER, "push", at(0))).await;
    assert!(bench.consume("code", at(1)).await, "it could not be used");
    let before = bench.factors(USER).await;
    bench.purge(at(1_000_000_000)).await;
    assert_eq!(bench.factors(USER).await, before);
    let over = bench.store.is_over(&OperationId::new("push")).await;
    assert!(!over.expect("the store answers"), "nothing has ended it");
    bench.enrol(app(USER, "again", at(1_000_000_000))).await;
}

pub(super) async fn factors_of_a_clock_that_was_ahead_stay_and_are_dated_now(bench: Bench) {
    bench.enrol(phone(USER, "m", at(86_400))).await;
    assert!(bench.consume("m", at(86_400)).await, "it could not be used");
    assert!(bench.rewind(at(0)).await >= 1, "nothing was put right");
    assert_eq!(bench.status(USER).await, FactorStatus::Active);
    assert_eq!(bench.factors(USER).await[0].enrolled_at, at(0));
    assert_eq!(bench.rewind(at(0)).await, 0, "something was put right twice");
}
