use std::collections::BTreeSet;

use data_adapter_sca::{Admission, Attempt, Factor};

use super::bench::{BLOCK_FOR, Bench, LIMIT, USER};
use super::consents::{consent, shown_form};
use crate::build::at;
use crate::race::{at_once, rounds};

/// Those of so many attempts at the same moment that are admitted; the others find that all are under way.
async fn admitted(bench: &Bench, user: &str, attempts: usize) -> Vec<Attempt> {
    let all = at_once(attempts, |_| {
        let (bench, attempt) = (bench.clone(), bench.new_attempt(user, Factor::Password));
        async move { (bench.try_attempt(&attempt, at(0)).await, attempt) }
    });
    let mut under_way = Vec::new();
    for (admission, attempt) in all.await {
        match admission {
            Admission::Admitted => under_way.push(attempt),
            Admission::Busy | Admission::Blocked => assert_eq!(admission, Admission::Busy),
        }
    }
    under_way
}

pub(super) async fn of_parallel_attempts_exactly_the_limit_is_under_way(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        let under_way = admitted(&bench, &user, 50).await;
        assert_eq!(under_way.len(), LIMIT as usize, "so many of 50 attempts were admitted");
        let ends = at_once(under_way.len(), |number| {
            let (bench, attempt) = (bench.clone(), under_way[number].clone());
            async move { bench.fail_attempt(&attempt, at(1)).await }
        });
        ends.await;
        let until = bench.blocked_until(&user, Factor::Password, at(1)).await;
        assert_eq!(until, Some(at(1 + BLOCK_FOR)), "a failure was lost");
    }
}

pub(super) async fn parallel_attempts_that_are_given_back_lose_no_count(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        bench.attempt_often(&user, Factor::Password, 2, at(0)).await;
        let under_way = admitted(&bench, &user, 50).await;
        let ends = at_once(under_way.len(), |number| {
            let (bench, attempt) = (bench.clone(), under_way[number].clone());
            async move { bench.give_back(&attempt).await }
        });
        ends.await;
        let again = admitted(&bench, &user, 50).await.len();
        assert_eq!(again, LIMIT as usize - 2, "so many were admitted after all were given back");
    }
}

/// Waits for room, as an engine does.
async fn admit_in_the_end(bench: &Bench, attempt: &Attempt) {
    loop {
        match bench.try_attempt(attempt, at(0)).await {
            Admission::Admitted => return,
            Admission::Busy => tokio::task::yield_now().await,
            Admission::Blocked => assert_eq!(Admission::Blocked, Admission::Admitted, "nobody failed"),
        }
    }
}

pub(super) async fn of_parallel_right_attempts_all_succeed_and_nobody_is_blocked(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        bench.attempt_often(&user, Factor::Password, LIMIT - 1, at(0)).await;
        let all = at_once(200, |_| {
            let (bench, attempt) = (bench.clone(), bench.new_attempt(&user, Factor::Password));
            async move {
                admit_in_the_end(&bench, &attempt).await;
                bench.succeed(&attempt, at(0)).await;
            }
        });
        all.await;
        assert!(!bench.is_blocked(&user, Factor::Password, at(0)).await, "the user is blocked");
        assert!(!bench.clear(&user, Factor::Password).await, "something of right attempts stays");
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
        all.iter().all(|attempt| *attempt == Admission::Blocked),
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
