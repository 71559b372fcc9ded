use std::sync::Arc;

use data_adapter_core::{AdapterError, Clock as _, SystemRandom};
use data_adapter_sca::{Factor, FactorStatus, Retention, Verification};
use jiff::SignedDuration;

use super::bench::Bench;
use crate::Directory;
use crate::engine::bench::{Bench as Codes, FORGET_AFTER, TRIES, VALIDITY, keys};

/// What becomes of each wrong code, up to the last one.
const COUNTDOWN: [Verification; 5] = [
    Verification::Wrong,
    Verification::Wrong,
    Verification::Wrong,
    Verification::OneLeft,
    Verification::LimitExceeded,
];

impl Bench {
    /// Forgets everything that is over but counters.
    async fn purge(&self) -> u64 {
        let none = SignedDuration::ZERO;
        let retention = Retention {
            challenges: none,
            counters: SignedDuration::from_secs(FORGET_AFTER),
            shown_forms: none,
            ended_operations: none,
            revoked_tokens: none,
            sessions: none,
            idempotency: none,
            deliveries: none,
            early_receipts: none,
        };
        let purged = self.codes.store.purge(self.codes.clock.now(), retention).await;
        purged.expect("the store purges")
    }
}

pub(super) async fn each_wrong_code_counts_down_and_after_the_last_one_none_is_right(bench: Bench) {
    for bench in [bench.clone(), bench.without_blocks()] {
        let user = bench.user(Directory::CZECH).await;
        let sent = bench.send(&user).await;
        for (number, expected) in COUNTDOWN.into_iter().enumerate() {
            assert_eq!(bench.guess_wrong(&user, &sent).await, expected, "wrong code {}", number + 1);
        }
        for code in [&sent.code, &sent.wrong()] {
            assert_eq!(bench.verify(&user, code).await, Verification::StateInvalid);
        }
        assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
        let cleared = bench.codes.store.clear_attempts(&user.id, Factor::Code).await;
        assert!(cleared.expect("the store answers"), "there was something to forget");
        assert_eq!(bench.verify(&user, &sent.code).await, Verification::StateInvalid, "the tries are spent");
    }
}

pub(super) async fn a_code_whose_tries_are_spent_is_none_however_old_it_is(bench: Bench) {
    let bench = bench.without_blocks();
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    for expected in COUNTDOWN {
        assert_eq!(bench.guess_wrong(&user, &sent).await, expected);
    }
    bench.codes.advance(VALIDITY);
    for code in [&sent.code, &sent.wrong()] {
        assert_eq!(bench.verify(&user, code).await, Verification::StateInvalid, "it expired");
    }
    assert!(bench.purge().await >= 1, "the challenge is still there");
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::StateInvalid, "it was purged");
    bench.codes.advance(FORGET_AFTER);
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::StateInvalid, "its tries were forgotten");
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    let sent = bench.send(&user).await;
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn the_last_try_may_be_the_right_one(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    for _ in 1..TRIES {
        bench.guess_wrong(&user, &sent).await;
    }
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
    assert_eq!(bench.phone(&user).await, FactorStatus::Active);
}

pub(super) async fn a_new_enrolment_has_tries_of_its_own(bench: Bench) {
    let bench = bench.without_blocks();
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    for _ in 0..TRIES {
        bench.guess_wrong(&user, &sent).await;
    }
    let sent = bench.send(&user).await;
    for expected in &COUNTDOWN[..4] {
        assert_eq!(bench.guess_wrong(&user, &sent).await, *expected);
    }
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn where_nothing_was_enrolled_there_is_nothing_to_prove(bench: Bench) {
    let (user, other) = (bench.payer().await, bench.user(Directory::CZECH).await);
    assert_eq!(bench.verify(&user, "123456").await, Verification::StateInvalid);
    let sent = bench.send(&other).await;
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::StateInvalid, "it is somebody else's");
    bench.ask(&user).await;
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::StateInvalid, "a push has no code");
    assert_eq!(bench.verify(&other, &sent.code).await, Verification::Activated);
}

pub(super) async fn a_code_is_right_until_its_time_is_over(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    bench.codes.advance(VALIDITY);
    for code in [&sent.code, &sent.wrong()] {
        assert_eq!(bench.verify(&user, code).await, Verification::Expired);
    }
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    assert!(bench.purge().await >= 1, "the challenge is still there");
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Expired, "it was purged");
    let sent = bench.send(&user).await;
    bench.codes.advance(VALIDITY - 1);
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn a_right_code_that_could_not_be_used_up_spends_nothing(bench: Bench) {
    let user = bench.payer().await;
    let sent = bench.send(&user).await;
    let failing = bench.with(Codes::that_uses_no_code_up);
    for _ in 0..=TRIES {
        let verified = failing.factors().verify_otp(&user, &sent.code.as_str().into()).await;
        assert!(matches!(verified, Err(AdapterError::Remote(_))), "it came back as {verified:?}");
    }
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    for expected in &COUNTDOWN[..4] {
        assert_eq!(bench.guess_wrong(&user, &sent).await, *expected);
    }
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
}

pub(super) async fn a_code_is_good_while_the_key_of_its_hash_is_known(bench: Bench) {
    let user = bench.payer().await;
    let with_keys = |current: &str, previous: &[&str]| {
        let keys = keys(current, previous);
        bench.with(|codes| codes.another(codes.policy, keys, Arc::new(SystemRandom)))
    };
    let sent = bench.send(&user).await;
    let later = with_keys("next", &["current"]);
    assert_eq!(later.guess_wrong(&user, &sent).await, Verification::Wrong);
    assert_eq!(later.verify(&user, &sent.code).await, Verification::Activated);
    assert_eq!(later.phone(&user).await, FactorStatus::Active);
}
