use data_adapter_core::VerificationOutcome;

use super::bench::{Bench, Sent, TRIES};
use crate::race::{at_once, rounds};
use crate::{Approval, Directory};

/// Of 200 wrong codes at the same moment each try is told once, and the others come too late. The engines take turns.
async fn guess_wrong_at_once(engines: &[Bench], approval: &Approval, sent: &Sent) {
    let outcomes = at_once(200, |number| {
        let bench = engines[number % engines.len()].clone();
        let (approval, sent) = (approval.clone(), sent.clone());
        async move { bench.guess_wrong(&approval, &sent).await }
    });
    let mut left = Vec::new();
    for outcome in outcomes.await {
        match outcome {
            VerificationOutcome::Wrong { remaining_attempts } => left.push(remaining_attempts),
            VerificationOutcome::Empty { .. }
            | VerificationOutcome::Succeeded
            | VerificationOutcome::UnknownMessage
            | VerificationOutcome::Expired
            | VerificationOutcome::AlreadyUsed
            | VerificationOutcome::AttemptsSpent => {
                assert_eq!(outcome, VerificationOutcome::AttemptsSpent);
            }
        }
    }
    left.sort_unstable();
    let each: Vec<_> = (0..TRIES).map(Some).collect();
    assert_eq!(left, each, "what was left after the codes that were compared");
}

pub(super) async fn of_parallel_wrong_codes_exactly_the_budget_is_compared(bench: Bench) {
    let bench = bench.without_blocks();
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let sent = bench.send(&approval).await;
        guess_wrong_at_once(std::slice::from_ref(&bench), &approval, &sent).await;
        assert_eq!(bench.verify(&approval, &sent).await, VerificationOutcome::AttemptsSpent);
    }
}

pub(super) async fn of_parallel_wrong_codes_over_two_engines_exactly_the_budget_is_compared(bench: Bench) {
    let bench = bench.without_blocks();
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let sent = bench.send(&approval).await;
        guess_wrong_at_once(&two_engines(&bench), &approval, &sent).await;
    }
}

/// Two engines: one alone may let the answers of a user take turns, and then the store is never asked twice at once.
fn two_engines(bench: &Bench) -> [Bench; 2] {
    [bench.clone(), bench.with_policy(bench.policy)]
}

pub(super) async fn of_parallel_right_codes_exactly_one_succeeds(bench: Bench) {
    let mut generous = bench.policy;
    generous.guesses.tries_per_step = 100;
    generous.guesses.failures.limit = 100;
    for (name, bench) in [("strict", bench.clone()), ("generous", bench.with_policy(generous))] {
        for round in rounds() {
            let approval = Approval::payment(&format!("{name} {round}"));
            let sent = bench.send(&approval).await;
            let engines = two_engines(&bench);
            let outcomes = at_once(50, |number| {
                let (bench, approval, sent) = (engines[number % 2].clone(), approval.clone(), sent.clone());
                async move { bench.verify(&approval, &sent).await }
            });
            let outcomes = outcomes.await;
            let right = outcomes.iter().filter(|outcome| outcome.succeeded()).count();
            assert_eq!(right, 1, "so many of 50 succeeded: {outcomes:?}");
            assert!(bench.is_sent_codes().await, "right codes at the same moment block the user");
        }
    }
}

/// The clocks of two instances are never quite the same.
pub(super) async fn clocks_that_differ_a_little_change_nothing_for_codes(bench: Bench) {
    let ahead = bench.ahead(2);
    for round in rounds() {
        let approval = Approval::payment(&format!("right {round}"));
        let sent = ahead.send(&approval).await;
        let engines = [bench.clone(), ahead.clone()];
        let outcomes = at_once(50, |number| {
            let (bench, approval, sent) = (engines[number % 2].clone(), approval.clone(), sent.clone());
            async move { bench.verify(&approval, &sent).await }
        });
        let right = outcomes.await.into_iter().filter(|outcome| outcome.succeeded()).count();
        assert_eq!(right, 1, "so many of 50 succeeded");
    }
    let engines = [bench.without_blocks(), ahead.without_blocks()];
    for round in rounds() {
        let approval = Approval::payment(&format!("wrong {round}"));
        let sent = engines[1].send(&approval).await;
        guess_wrong_at_once(&engines, &approval, &sent).await;
    }
}

pub(super) async fn of_parallel_right_codes_with_passwords_exactly_one_succeeds(bench: Bench) {
    for round in rounds() {
        let approval = Approval::payment(&round.to_string());
        let sent = bench.send(&approval).await;
        let engines = two_engines(&bench);
        let results = at_once(50, |number| {
            let (bench, approval, sent) = (engines[number % 2].clone(), approval.clone(), sent.clone());
            async move {
                bench.verify_with_password(&approval, &sent.message, &sent.code, Directory::PASSWORD).await
            }
        });
        let right = results.await.into_iter().filter(|right| *right).count();
        assert_eq!(right, 1, "so many of 50 succeeded");
    }
}

pub(super) async fn of_parallel_requests_for_one_step_exactly_one_code_is_good(bench: Bench) {
    let approval = Approval::payment("op");
    let mut generous = bench.policy;
    generous.guesses.tries_per_step = 100;
    generous.guesses.failures.limit = 100;
    let bench = bench.with_policy(generous);
    let all = at_once(50, |_| {
        let (bench, approval) = (bench.clone(), approval.clone());
        async move { bench.create(&approval).await.message }
    });
    let mut good = 0;
    for message in all.await {
        let sent = bench.gateway.code_of(&message).expect("it was sent");
        if bench.answer(&approval, &message, &sent).await.succeeded() {
            good += 1;
        }
    }
    assert_eq!(good, 1, "so many of 50 codes are good");
}

pub(super) async fn parallel_right_codes_of_one_user_all_succeed(bench: Bench) {
    for round in rounds() {
        let mut approvals = Vec::new();
        for number in 0..20 {
            let approval = Approval::payment(&format!("{round} {number}"));
            approvals.push((bench.send(&approval).await, approval));
        }
        let outcomes = at_once(20, |number| {
            let (bench, (sent, approval)) = (bench.clone(), approvals[number].clone());
            async move { bench.verify(&approval, &sent).await }
        });
        let outcomes = outcomes.await;
        let right = outcomes.iter().filter(|outcome| outcome.succeeded()).count();
        assert_eq!(right, 20, "right codes for 20 operations that succeeded: {outcomes:?}");
    }
}
