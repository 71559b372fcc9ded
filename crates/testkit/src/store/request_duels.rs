//! Two who do something to one request, device or token at the same moment.

use std::collections::BTreeSet;

use data_adapter_sca::Renewed;

use super::bench::{Bench, USER, login};
use super::devices::device;
use super::duels::{names, open_all};
use crate::build::at;
use crate::race::{at_once, duel, rounds};

/// Pushes that nobody has decided.
async fn push_all(bench: &Bench, names: &[String]) {
    for name in names {
        bench.push(name, name, at(0)).await;
    }
}

/// Of each two calls exactly one succeeds.
fn one_of_each(results: Vec<[bool; 2]>, what: &str) {
    for [left, right] in results {
        assert!(left != right, "{what}: {left} and {right}");
    }
}

pub(super) async fn of_parallel_renewals_each_up_to_the_limit_succeeds_once(bench: Bench) {
    for round in rounds() {
        let message = round.to_string();
        bench.open(&message, &login(&message), at(0)).await;
        let renewals = at_once(50, |number| {
            let (bench, message) = (bench.clone(), message.clone());
            async move { bench.renew(&message, &"x".repeat(number + 1), at(1)).await }
        });
        let mut numbers = Vec::new();
        for renewed in renewals.await {
            match renewed {
                Renewed::Renewed { renewals } => numbers.push(renewals),
                Renewed::Spent | Renewed::Gone => assert_eq!(renewed, Renewed::Spent),
            }
        }
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3], "the numbers of the renewals that succeeded");
        let challenge = bench.found(&message, at(1)).await.challenge;
        let length = challenge.key_id.len();
        assert!(
            challenge.code_hash.0.iter().all(|byte| usize::from(*byte) == length),
            "the code of one renewal stands beside the key of another"
        );
    }
}

pub(super) async fn a_code_is_either_used_or_renewed(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let (duelling, messages) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, name) = (duelling.clone(), messages[round].clone());
            async move {
                if side == 0 {
                    bench.consume(&name, at(1)).await
                } else {
                    bench.renew(&name, "new", at(1)).await != Renewed::Gone
                }
            }
        });
        for (name, [used, renewed]) in names.iter().zip(both.await) {
            assert!(used != renewed, "`{name}` was used: {used}, renewed: {renewed}");
            assert_eq!(bench.is_open(name, at(1)).await, renewed, "whether `{name}` is open");
            assert!(!bench.consume(name, at(1)).await, "the code of `{name}` was used after that");
            assert_eq!(bench.consume_renewed(name, "new", at(1)).await, renewed, "the new code of `{name}`");
        }
    }
}

pub(super) async fn of_two_decisions_exactly_one_counts(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        push_all(&bench, &names).await;
        let (duelling, messages) = (bench.clone(), names.clone());
        let decisions = duel(move |side, round| {
            let (bench, name) = (duelling.clone(), messages[round].clone());
            async move { bench.decide(&name, side == 0, at(1)).await }
        });
        for (name, [accepted, rejected]) in names.iter().zip(decisions.await) {
            assert!(accepted != rejected, "accepted: {accepted}, rejected: {rejected}");
            assert_eq!(bench.use_up(name, at(2)).await, accepted, "`{name}` is used up once it was accepted");
        }
    }
}

pub(super) async fn a_request_is_either_used_or_cancelled(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let bench = bench.clone();
        let both = duel(move |side, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move {
                if side == 0 { bench.consume(&name, at(1)).await } else { bench.end(&name, at(1)).await }
            }
        });
        one_of_each(both.await, "used or cancelled");
    }
}

pub(super) async fn of_two_ends_exactly_one_ends_it(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let bench = bench.clone();
        let ends = duel(move |_, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move { bench.end(&name, at(1)).await }
        });
        one_of_each(ends.await, "ended");
    }
}

pub(super) async fn of_two_revocations_exactly_one_is_the_first(bench: Bench) {
    for batch in rounds() {
        let (bench, names) = (bench.clone(), names(batch));
        let revocations = duel(move |_, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move {
                let first = bench.revoke(&name, at(100)).await;
                assert!(bench.is_revoked(&name).await, "it is good though its revocation was answered");
                first
            }
        });
        one_of_each(revocations.await, "revoked");
    }
}

pub(super) async fn of_two_deregistrations_exactly_one_forgets_the_device(bench: Bench) {
    for batch in rounds() {
        let mut ids = Vec::new();
        for name in names(batch) {
            ids.push(bench.register(device(USER, &name, at(0))).await.id);
        }
        let bench = bench.clone();
        let deregistrations = duel(move |_, round| {
            let (bench, id) = (bench.clone(), ids[round]);
            async move { bench.deregister(USER, id).await }
        });
        one_of_each(deregistrations.await, "deregistered");
    }
}

pub(super) async fn of_two_numbers_at_once_each_is_new(bench: Bench) {
    let mut numbers = BTreeSet::new();
    for _ in rounds() {
        let (before, asking) = (numbers.last().copied(), bench.clone());
        let pairs = duel(move |_, _| {
            let bench = asking.clone();
            async move { bench.next_number().await }
        });
        for number in pairs.await.into_iter().flatten() {
            assert!(Some(number) > before, "{number} is not greater than those before");
            assert!(numbers.insert(number), "{number} was given twice");
        }
    }
}

pub(super) async fn no_number_is_given_for_a_token_after_it_was_revoked(bench: Bench) {
    for batch in rounds() {
        let (bench, names) = (bench.clone(), names(batch));
        let numbers = duel(move |side, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move {
                if side == 0 {
                    bench.revoke(&name, at(100)).await;
                    Some(bench.next_number().await)
                } else {
                    bench.number_for(&name).await
                }
            }
        });
        for [after, given] in numbers.await {
            assert!(
                given < after,
                "{given:?} was given after the revocation, which was answered before {after:?}"
            );
        }
    }
}

pub(super) async fn of_two_devices_at_once_each_has_a_number_of_its_own(bench: Bench) {
    let mut ids = BTreeSet::new();
    for _ in rounds() {
        let registering = bench.clone();
        let pairs = duel(move |_, _| {
            let bench = registering.clone();
            async move { bench.register(device(USER, "phone", at(0))).await.id }
        });
        for id in pairs.await.into_iter().flatten() {
            assert!(ids.insert(id), "device {id} is there twice");
        }
    }
    assert_eq!(bench.devices(USER).await.len(), ids.len(), "a device was lost");
}
