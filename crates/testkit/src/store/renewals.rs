//! Another code takes the place of the one before.

#![expect(clippy::panic, reason = "a rule that is broken ends its task, and the suite reports it")]

use data_adapter_core::MessageId;
use data_adapter_sca::{ApprovalMethod, Challenge, CodeHash, Guess, OpenChallenge, Renewal, Renewed};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, LIMIT, RENEWED, TRIES, USER, VALIDITY, just_before, login, offer};
use crate::build::{KEY_ID, at, challenge, step};

/// How often a challenge may be renewed: unlike all other numbers.
const RENEWALS: u32 = 3;

/// A code under this key, good for as long as others are.
pub(super) fn renewal(key: &str, now: Timestamp) -> Renewal {
    Renewal {
        code_hash: CodeHash([key.len().try_into().expect("it is short"); 32]),
        key_id: key.to_owned(),
        expires_at: now + SignedDuration::from_secs(VALIDITY),
    }
}

impl Bench {
    pub(super) async fn renew(&self, message: &str, key: &str, now: Timestamp) -> Renewed {
        let renewal = renewal(key, now);
        let renewed = self.store.renew(&MessageId::new(message), renewal, RENEWALS, now).await;
        renewed.expect("a challenge is renewed")
    }

    /// Whether a challenge is used up by the code that it was given under this key.
    pub(super) async fn consume_renewed(&self, message: &str, key: &str, now: Timestamp) -> bool {
        self.offer(message, &offer(&renewal(key, now).code_hash, key), now).await == Guess::Accepted
    }

    /// Renews what can be renewed, and says how often it was.
    pub(super) async fn renewed(&self, message: &str, key: &str, now: Timestamp) -> u32 {
        let renewed = self.renew(message, key, now).await;
        let Renewed::Renewed { renewals } = renewed else {
            panic!("`{message}` has to be renewed, but came back as {renewed:?}");
        };
        renewals
    }
}

pub(super) async fn a_renewed_challenge_has_another_code_and_begins_again(bench: Bench) {
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Otp, ApprovalMethod::Push] {
        let message = format!("{method:?}");
        bench.open_by(method, &message, &login(&message), at(0)).await;
        assert_eq!(bench.renewed(&message, "another key", at(7)).await, 1);
        let Renewal { code_hash, key_id, expires_at } = renewal("another key", at(7));
        let opened = challenge(&message, &login(&message), at(0));
        let expected = Challenge { method, code_hash, key_id, created_at: at(7), expires_at, ..opened };
        let open = OpenChallenge { challenge: expected, renewals: 1, guesses: 0, accepted: false };
        assert_eq!(bench.found(&message, at(8)).await, open);
    }
}

pub(super) async fn a_renewed_challenge_lasts_until_its_new_time(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    bench.renewed("m", RENEWED, just_before(VALIDITY)).await;
    let over = VALIDITY * 2;
    bench.counted("m", at(over - 1)).await;
    assert!(!bench.is_open("m", at(over)).await, "it is open for longer");
    bench.open("used", &login("op 2"), at(0)).await;
    bench.renewed("used", RENEWED, at(VALIDITY - 1)).await;
    assert!(
        bench.consume_renewed("used", RENEWED, at(VALIDITY)).await,
        "it could not be used in its new time"
    );
    assert_eq!(bench.guess("used", at(VALIDITY)).await, Guess::Used);
}

/// Whoever may ask for another code would otherwise guess without end.
pub(super) async fn a_renewal_gives_no_guess_back(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    for renewals in 1..=RENEWALS {
        bench.counted("m", at(1)).await;
        assert_eq!(bench.renewed("m", RENEWED, at(1)).await, renewals);
        assert_eq!(bench.found("m", at(1)).await.guesses, renewals);
    }
    for left in (0..TRIES - RENEWALS).rev() {
        assert_eq!(bench.counted("m", at(2)).await.remaining, left);
    }
    assert_eq!(bench.guess("m", at(2)).await, Guess::Spent);
    bench.fail_often(USER, LIMIT - TRIES - 1, at(2)).await;
    assert!(bench.fail(USER, at(2)).await.starts_block, "a failure was forgotten");
}

pub(super) async fn a_challenge_is_renewed_up_to_the_limit(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    for renewals in 1..=RENEWALS {
        let key = "x".repeat(renewals as usize);
        assert_eq!(bench.renewed("m", &key, at(1)).await, renewals);
    }
    let before = bench.found("m", at(2)).await;
    for _ in 0..3 {
        assert_eq!(bench.renew("m", "too many", at(2)).await, Renewed::Spent);
    }
    assert_eq!(bench.found("m", at(2)).await, before, "something changed");
    assert!(
        bench.consume_renewed("m", "x".repeat(3).as_str(), at(3)).await,
        "the last code could not be used"
    );
}

pub(super) async fn a_limit_of_none_lets_nothing_be_renewed(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    let renewed = bench.store.renew(&MessageId::new("m"), renewal(RENEWED, at(1)), 0, at(1)).await;
    assert_eq!(renewed.expect("the store answers"), Renewed::Spent);
    assert_eq!(bench.found("m", at(1)).await.challenge, challenge("m", &login("op"), at(0)));
}

pub(super) async fn what_is_over_is_not_renewed(bench: Bench) {
    bench.open("replaced", &login("op 1"), at(0)).await;
    bench.open("used", &login("op 1"), at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("ended", &login("op 2"), at(0)).await;
    assert!(bench.end("ended", at(1)).await, "it could not be ended");
    bench.open("of an operation that is over", &login("op 3"), at(0)).await;
    bench.end_operation("op 3").await;
    for over in ["replaced", "used", "ended", "of an operation that is over", "unknown"] {
        assert_eq!(bench.renew(over, RENEWED, at(1)).await, Renewed::Gone, "`{over}`");
        assert!(!bench.is_open(over, at(1)).await, "`{over}` is open again");
    }
    assert_eq!(bench.guess("used", at(1)).await, Guess::Used);
    bench.open("spent", &login("op 4"), at(0)).await;
    for _ in 0..RENEWALS {
        bench.renewed("spent", RENEWED, at(0)).await;
    }
    bench.open("late", &login("op 5"), at(0)).await;
    for over in ["spent", "late"] {
        assert_eq!(bench.renew(over, RENEWED, at(VALIDITY)).await, Renewed::Gone, "`{over}` when it is over");
        assert_eq!(bench.renew(over, RENEWED, at(1)).await, Renewed::Gone, "`{over}` is good again");
        let used = [bench.consume(over, at(1)).await, bench.consume_renewed(over, RENEWED, at(1)).await];
        assert_eq!(used, [false; 2], "`{over}` was used");
    }
}

/// Whoever has the earlier code may have read it where nobody should: it was asked for another one because of that.
pub(super) async fn the_code_before_a_renewal_is_wrong(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    let renewed = bench.store.renew(&MessageId::new("m"), renewal(KEY_ID, at(1)), RENEWALS, at(1)).await;
    assert_eq!(renewed.expect("the store answers"), Renewed::Renewed { renewals: 1 });
    assert!(!bench.consume("m", at(1)).await, "it was used");
    assert_eq!(bench.found("m", at(1)).await.guesses, 1, "it counts as any wrong one");
    assert!(bench.consume_renewed("m", KEY_ID, at(1)).await, "the new code could not be used");
    assert!(!bench.consume("m", at(1)).await, "it was used up");
}

pub(super) async fn what_is_approved_without_a_code_is_used_after_a_renewal(bench: Bench) {
    bench.open_by(ApprovalMethod::ClientManaged, "m", &login("op"), at(0)).await;
    bench.renewed("m", RENEWED, at(1)).await;
    assert!(bench.use_up("m", at(2)).await, "it could not be used");
}

pub(super) async fn a_push_is_renewed_until_it_is_accepted(bench: Bench) {
    bench.open_by(ApprovalMethod::Push, "m", &login("op"), at(0)).await;
    assert_eq!(bench.renewed("m", RENEWED, at(1)).await, 1);
    assert!(bench.decide("m", true, at(2)).await, "it could not be accepted");
    let before = bench.found("m", at(3)).await;
    assert_eq!(bench.renew("m", "newer", at(3)).await, Renewed::Gone, "it was accepted");
    assert_eq!(bench.found("m", at(3)).await, before, "something changed");
    assert!(bench.use_up("m", at(4)).await, "it could not be used");
    bench.open_by(ApprovalMethod::Push, "rejected", &login("op"), at(0)).await;
    assert!(bench.decide("rejected", false, at(1)).await, "it could not be rejected");
    assert_eq!(bench.renew("rejected", RENEWED, at(1)).await, Renewed::Gone);
}

pub(super) async fn a_renewal_leaves_other_challenges_as_they_are(bench: Bench) {
    let others = [
        ("of another operation", login("op 2")),
        ("of another step", step("op", "another step", Some(USER))),
        ("of another user", step("op", "login", Some("another user"))),
        ("of nobody", step("op", "login", None)),
    ];
    bench.open("m", &login("op"), at(0)).await;
    for (message, step) in &others {
        bench.open(message, step, at(0)).await;
    }
    bench.renewed("m", RENEWED, at(1)).await;
    for (message, step) in &others {
        let open = bench.found(message, at(1)).await;
        assert_eq!((open.challenge, open.renewals), (challenge(message, step, at(0)), 0));
    }
    bench.open("next", &login("op"), at(2)).await;
    assert_eq!(bench.found("next", at(2)).await.renewals, 0, "a new challenge was renewed before");
}
