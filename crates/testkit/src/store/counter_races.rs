use std::collections::BTreeSet;

use data_adapter_sca::{Attempt, Factor};

use super::bench::{Bench, LIMIT, USER};
use super::consents::{consent, shown_form};
use crate::build::at;
use crate::race::{at_once, rounds};

/// How many of so many attempts at the same moment are admitted.
async fn admitted(bench: &Bench, user: &str, attempts: usize) -> usize {
    let all = at_once(attempts, |_| {
        let (bench, user) = (bench.clone(), user.to_owned());
        async move { bench.attempt(&user, Factor::Password, at(0)).await }
    });
    let all = all.await.into_iter();
    all.filter(|attempt| *attempt == Attempt::Admitted).count()
}

pub(super) async fn of_parallel_attempts_exactly_the_limit_is_admitted(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        assert_eq!(admitted(&bench, &user, 50).await, LIMIT as usize, "so many of 50 attempts were admitted");
    }
}

pub(super) async fn parallel_attempts_and_withdrawals_lose_no_count(bench: Bench) {
    let mut bench = bench;
    bench.policy.failures.limit = 100;
    for round in rounds() {
        let user = format!("user {round}");
        assert_eq!(admitted(&bench, &user, 60).await, 60);
        let withdrawals = at_once(60, |_| {
            let (bench, user) = (bench.clone(), user.clone());
            async move { bench.take_back(&user, Factor::Password).await }
        });
        withdrawals.await;
        assert_eq!(
            admitted(&bench, &user, 150).await,
            100,
            "so many attempts were admitted after 60 had been counted and taken back"
        );
    }
}

pub(super) async fn parallel_attempts_of_many_users_do_not_mix(bench: Bench) {
    let all = at_once(50, |number| {
        let (bench, user) = (bench.clone(), format!("user {number}"));
        async move {
            bench.attempt_often(&user, Factor::Password, LIMIT, at(0)).await;
            bench.attempt(&user, Factor::Password, at(0)).await
        }
    });
    let all = all.await;
    assert!(
        all.iter().all(|attempt| *attempt == Attempt::Blocked),
        "somebody's attempts were counted for somebody else"
    );
    assert_eq!(bench.blocks(at(0)).await.len(), 50, "so many are blocked");
}

pub(super) async fn parallel_consents_are_all_kept(bench: Bench) {
    let all = at_once(50, |number| {
        let (bench, operation) = (bench.clone(), format!("op {number}"));
        async move { bench.add(consent(&operation, USER, at(0))).await }
    });
    all.await;
    let kept = bench.consents(Some(USER)).await;
    let operations: BTreeSet<_> = kept.iter().map(|kept| &kept.consent.operation).collect();
    assert_eq!((kept.len(), operations.len()), (50, 50), "consents and the operations that they are for");
}

pub(super) async fn parallel_showings_of_one_form_leave_one(bench: Bench) {
    let all = at_once(50, |number| {
        let bench = bench.clone();
        let mut form = shown_form("op", USER, at(0));
        form.version = number.to_string();
        async move { bench.show(form).await }
    });
    all.await;
    assert!(bench.shown("op", USER).await.is_some(), "none is left");
    assert_eq!(bench.purge(at(10_801)).await, 1, "so many were left");
}
