//! Two who do something to one factor, call or limit at the same moment.

use data_adapter_core::MessageId;
use data_adapter_sca::{
    Begun, CallUnderWay, FactorChannel, FactorStatus, NewFactor, Opened, Rated, RatedKey, StoredAnswer,
};
use futures::future::join_all;

use super::bench::Bench;
use super::duels::names;
use super::factors::{app, phone, target};
use super::idempotency::{LEASE, key};
use super::rates::per;
use crate::build::{at, challenge, step};
use crate::race::{at_once, duel, rounds};

/// What comes of the two sides of each duel over the phones of users who have one pending each, whose code is `NAME`.
async fn over_phones<F, Fut>(bench: &Bench, names: &[String], call: F) -> Vec<[bool; 2]>
where
    F: Fn(Bench, usize, String) -> Fut + Send + Clone + 'static,
    Fut: Future<Output = bool> + Send + 'static,
{
    join_all(names.iter().map(|name| bench.enrol(phone(name, name, at(0))))).await;
    let (bench, names) = (bench.clone(), names.to_vec());
    duel(move |side, round| call(bench.clone(), side, names[round].clone())).await
}

pub(super) async fn of_parallel_enrolments_exactly_the_challenge_of_the_factor_stays_open(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        let enrolments = at_once(50, |number| {
            let (bench, factor) = (bench.clone(), phone(&user, &format!("{round} {number}"), at(0)));
            async move { bench.try_enrol(factor).await }
        });
        assert!(enrolments.await.into_iter().all(|enrolled| enrolled), "none was active");
        let [factor] = &bench.factors(&user).await[..] else { unreachable!("it is one factor") };
        for number in 0..50 {
            let message = format!("{round} {number}");
            let is_its_own = factor.message == Some(MessageId::new(&message));
            assert_eq!(bench.is_open(&message, at(1)).await, is_its_own, "whether `{message}` is open");
        }
        assert!(bench.end(factor.message.as_ref().expect("it is pending").as_str(), at(1)).await);
    }
}

pub(super) async fn a_phone_is_either_proved_or_enrolled_anew(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both = over_phones(&bench, &names, |bench, side, name| async move {
            if side == 0 {
                bench.consume(&name, at(1)).await
            } else {
                bench.try_enrol(phone(&name, &format!("{name} anew"), at(1))).await
            }
        });
        for ([proved, anew], name) in both.await.into_iter().zip(&names) {
            assert!(proved != anew, "proved: {proved}, enrolled anew: {anew}");
            let status = if proved { FactorStatus::Active } else { FactorStatus::Pending };
            assert_eq!(bench.status(name).await, status);
        }
    }
}

pub(super) async fn a_phone_that_is_forgotten_is_not_proved_afterwards(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both = over_phones(&bench, &names, |bench, side, name| async move {
            if side == 0 {
                bench.consume(&name, at(1)).await
            } else {
                bench.unlink(&name, FactorChannel::Sms).await
            }
        });
        for ([_, forgotten], name) in both.await.into_iter().zip(&names) {
            assert!(forgotten, "it could not be forgotten");
            assert_eq!(bench.factors(name).await, []);
        }
    }
}

pub(super) async fn a_phone_of_another_number_does_not_stay_active(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both = over_phones(&bench, &names, |bench, side, name| async move {
            if side == 0 {
                bench.consume(&name, at(1)).await
            } else {
                bench.deactivate(&name, &target(1)).await
            }
        });
        for ([_, deactivated], name) in both.await.into_iter().zip(&names) {
            assert!(deactivated, "it could not be made inactive");
            assert_eq!(bench.status(name).await, FactorStatus::Inactive);
        }
    }
}

pub(super) async fn of_two_who_forget_a_factor_exactly_one_does(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both = over_phones(&bench, &names, |bench, _, name| async move {
            bench.unlink(&name, FactorChannel::Sms).await
        });
        for [left, right] in both.await {
            assert!(left != right, "forgotten: {left} and {right}");
        }
    }
}

pub(super) async fn of_two_who_rehash_a_number_exactly_one_does(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both = over_phones(&bench, &names, |bench, _, name| async move {
            bench.rehash(&name, &target(1), &target(2)).await
        });
        for [left, right] in both.await {
            assert!(left != right, "rehashed: {left} and {right}");
        }
    }
}

pub(super) async fn of_two_who_make_a_factor_inactive_exactly_one_does(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let both =
            over_phones(
                &bench,
                &names,
                |bench, _, name| async move { bench.deactivate(&name, &target(1)).await },
            );
        for [left, right] in both.await {
            assert!(left != right, "made inactive: {left} and {right}");
        }
    }
}

pub(super) async fn a_device_is_either_accepted_or_rejected(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for name in &names {
            bench.enrol(app(name, name, at(0))).await;
        }
        let (duelling, messages) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, name) = (duelling.clone(), messages[round].clone());
            async move { bench.decide(&name, side == 0, at(1)).await }
        });
        for ([accepted, rejected], name) in both.await.into_iter().zip(&names) {
            assert!(accepted != rejected, "accepted: {accepted}, rejected: {rejected}");
            let status = if accepted { FactorStatus::Active } else { FactorStatus::Inactive };
            assert_eq!(bench.status(name).await, status);
        }
    }
}

pub(super) async fn of_parallel_calls_exactly_one_is_new(bench: Bench) {
    for round in rounds() {
        let key = key("programme", &format!("user {round}"), "reference");
        let calls = at_once(50, |_| {
            let (bench, key) = (bench.clone(), key.clone());
            async move { bench.begin(&key, 1, at(0)).await }
        });
        let begun = calls.await;
        let new = begun.iter().filter(|begun| **begun == Begun::New).count();
        assert_eq!(new, 1, "so many calls went on");
        assert!(begun.iter().all(|begun| matches!(begun, Begun::New | Begun::UnderWay)), "{begun:?}");
    }
}

pub(super) async fn of_two_different_calls_exactly_one_is_new(bench: Bench) {
    for batch in rounds() {
        let (bench, names) = (bench.clone(), names(batch));
        let both = duel(move |side, round| {
            let (bench, key) = (bench.clone(), key("programme", &names[round], "reference"));
            let call = if side == 0 { 1 } else { 2 };
            async move { bench.begin(&key, call, at(0)).await }
        });
        for both in both.await {
            let new = both.iter().filter(|begun| **begun == Begun::New).count();
            let other = both.iter().filter(|begun| **begun == Begun::OtherCall).count();
            assert_eq!((new, other), (1, 1), "{both:?}");
        }
    }
}

pub(super) async fn of_two_who_take_a_call_over_exactly_one_does(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for name in &names {
            bench.begin(&key("programme", name, "reference"), 1, at(0)).await;
        }
        let bench = bench.clone();
        let both = duel(move |_, round| {
            let (bench, key) = (bench.clone(), key("programme", &names[round], "reference"));
            async move { bench.begin(&key, 1, at(LEASE)).await == Begun::New }
        });
        for [left, right] in both.await {
            assert!(left != right, "went on: {left} and {right}");
        }
    }
}

/// Both have begun it: the one after the lease of the other was over.
pub(super) async fn of_two_who_make_one_call_exactly_one_has_an_effect(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for name in &names {
            bench.begin(&key("programme", name, "reference"), 1, at(0)).await;
        }
        let (duelling, users) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, name) = (duelling.clone(), users[round].clone());
            let answer = StoredAnswer { status: 204, body: Vec::new(), content_type: None };
            let call =
                CallUnderWay { key: key("programme", &name, "reference"), fingerprint: [1; 32], answer };
            let factor = NewFactor { call: Some(call), ..phone(&name, &format!("{name} {side}"), at(1)) };
            async move { bench.enrolled(factor).await }
        });
        for ([left, right], name) in both.await.into_iter().zip(&names) {
            assert!(left != right, "{name}: {left:?} and {right:?}");
            assert_eq!(bench.status(name).await, FactorStatus::Pending);
        }
    }
}

pub(super) async fn of_parallel_calls_exactly_the_limit_is_admitted(bench: Bench) {
    for round in rounds() {
        let key = format!("user {round}");
        let calls = at_once(50, |_| {
            let (bench, key) = (bench.clone(), key.clone());
            async move { bench.rate(&key, &[per(10, 60), per(20, 3_600)], at(0)).await }
        });
        let admitted = calls.await.into_iter().filter(|rated| *rated == Rated::Admitted).count();
        assert_eq!(admitted, 10, "so many calls got through");
        let later = bench.rate(&key, &[per(20, 3_600)], at(0)).await;
        assert_eq!(later, Rated::Admitted, "what was turned away counts against the longer limit");
    }
}

/// Those of three users at once, who may have four each, and all of them ten.
pub(super) async fn of_parallel_openings_exactly_the_limit_of_each_key_is_opened(bench: Bench) {
    for round in rounds() {
        let calls = at_once(60, |number| {
            let (bench, user) = (bench.clone(), format!("{round} {}", number % 3));
            async move {
                let rates = [
                    RatedKey::counted(user.clone(), &[per(4, 60)]),
                    RatedKey::counted(format!("all {round}"), &[per(10, 60), per(11, 3_600)]),
                ];
                let name = format!("{round} {number}");
                let opened = challenge(&name, &step(&name, "login", Some(&user)), at(0));
                (user, bench.open_within(opened, &rates).await == Opened::Opened)
            }
        });
        let mut opened: Vec<_> =
            calls.await.into_iter().filter_map(|(user, opened)| opened.then_some(user)).collect();
        assert_eq!(opened.len(), 10, "so many were opened");
        opened.sort();
        let most = opened.chunk_by(|a, b| a == b).map(<[_]>::len).max();
        assert!(most <= Some(4), "one user has {most:?}");
        let all = [RatedKey::counted(format!("all {round}"), &[per(11, 3_600)])];
        assert_eq!(bench.rate_together(&all, at(0)).await, Rated::Admitted, "what was turned away counts");
    }
}
