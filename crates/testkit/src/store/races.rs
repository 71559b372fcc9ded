use std::collections::BTreeSet;

use data_adapter_core::OperationId;
use data_adapter_sca::Guess;

use super::bench::{Bench, LIMIT, TRIES, USER, login, offer};
use crate::build::{CODE_HASH, KEY_ID, at, step};
use crate::race::{at_once, rounds};

/// What is left after each of the guesses that counted.
async fn guess_at_once(bench: &Bench, message: &str, guesses: usize) -> Vec<u32> {
    let all = at_once(guesses, |_| {
        let (bench, message) = (bench.clone(), message.to_owned());
        async move { bench.guess(&message, at(1)).await }
    });
    let left = all.await.into_iter().filter_map(|guess| match guess {
        Guess::Counted(counted) => Some(counted.remaining),
        Guess::Spent => None,
        Guess::Unknown | Guess::Expired | Guess::Used | Guess::OtherKey(_) | Guess::Accepted => {
            assert_eq!(guess, Guess::Spent, "nothing else becomes of a guess at `{message}`");
            None
        }
    });
    left.collect()
}

fn each_once(mut left: Vec<u32>) {
    left.sort_unstable();
    let expected: Vec<_> = (0..TRIES).collect();
    assert_eq!(left, expected, "what was left after the guesses that counted");
}

pub(super) async fn of_parallel_guesses_exactly_the_budget_counts(bench: Bench) {
    for round in rounds() {
        let message = round.to_string();
        bench.open(&message, &login(&message), at(0)).await;
        each_once(guess_at_once(&bench, &message, 200).await);
    }
}

pub(super) async fn parallel_guesses_at_a_fake_are_counted_too(bench: Bench) {
    for round in rounds() {
        let message = round.to_string();
        bench.open(&message, &step(&message, "login", None), at(0)).await;
        each_once(guess_at_once(&bench, &message, 200).await);
    }
}

pub(super) async fn of_parallel_guesses_over_challenges_exactly_the_limit_is_not_blocked(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        for number in 0..50 {
            let message = format!("{round} {number}");
            bench.open(&message, &step(&message, "login", Some(&user)), at(0)).await;
        }
        let blocked = at_once(50, |number| {
            let (bench, message) = (bench.clone(), format!("{round} {number}"));
            async move { bench.counted(&message, at(1)).await.blocked }
        });
        let free = blocked.await.into_iter().filter(|blocked| !blocked).count();
        assert_eq!(free, LIMIT as usize, "so many guesses found the user not blocked");
    }
}

pub(super) async fn of_parallel_uses_exactly_one_succeeds(bench: Bench) {
    for round in rounds() {
        let message = round.to_string();
        bench.open(&message, &login(&message), at(0)).await;
        let uses = at_once(50, |_| {
            let (bench, message) = (bench.clone(), message.clone());
            async move { bench.consume(&message, at(1)).await }
        });
        let used = uses.await.into_iter().filter(|used| *used).count();
        assert_eq!(used, 1, "so often one code was used");
    }
}

/// Right and wrong guesses of one user, mixed: whatever comes first, no more than the budget are compared between two right ones.
pub(super) async fn of_parallel_right_and_wrong_guesses_one_is_accepted_within_the_budget(bench: Bench) {
    for round in rounds() {
        let message = round.to_string();
        bench.open(&message, &login(&message), at(0)).await;
        let right = offer(&CODE_HASH, KEY_ID);
        let guesses = at_once(60, |number| {
            let (bench, message, right) = (bench.clone(), message.clone(), right.clone());
            async move {
                match number % 20 {
                    0 => bench.offer(&message, &right, at(1)).await,
                    _ => bench.guess(&message, at(1)).await,
                }
            }
        });
        let guesses = guesses.await;
        let count = |is: fn(&Guess) -> bool| guesses.iter().filter(|guess| is(guess)).count();
        let accepted = count(|guess| *guess == Guess::Accepted);
        let counted = count(|guess| matches!(guess, Guess::Counted(_)));
        assert!(accepted <= 1, "{accepted} were accepted");
        if accepted == 1 {
            assert!(counted < TRIES as usize, "{counted} were compared, and then one accepted");
        } else {
            assert_eq!(counted, TRIES as usize, "so many were compared");
        }
    }
}

pub(super) async fn of_parallel_openings_of_one_step_exactly_one_stays_open(bench: Bench) {
    let bench = bench.with_tries(100);
    for round in rounds() {
        let operation = round.to_string();
        let openings = at_once(50, |number| {
            let (bench, step) = (bench.clone(), login(&operation));
            async move { bench.open(&format!("{round} {number}"), &step, at(0)).await }
        });
        openings.await;
        let mut open = BTreeSet::new();
        for number in 0..50 {
            if let Guess::Counted(_) = bench.guess(&format!("{round} {number}"), at(1)).await {
                open.insert(number);
            }
        }
        assert_eq!(open.len(), 1, "these stayed open: {open:?}");
        let ended = bench.store.end_operation(&OperationId::new(operation), at(0)).await;
        assert_eq!(ended.expect("an operation is ended"), 1);
    }
}

pub(super) async fn parallel_openings_give_no_guess_back(bench: Bench) {
    for round in rounds() {
        let step = login(&round.to_string());
        let guesses = at_once(100, |number| {
            let (bench, step) = (bench.clone(), step.clone());
            async move {
                let message = format!("{round} {number}");
                bench.open(&message, &step, at(0)).await;
                matches!(bench.guess(&message, at(1)).await, Guess::Counted(_))
            }
        });
        let counted = guesses.await.into_iter().filter(|counted| *counted).count();
        assert!(counted <= TRIES as usize, "{counted} guesses counted while codes were replaced");
        let message = format!("{round} last");
        bench.open(&message, &step, at(1)).await;
        let left = guess_at_once(&bench, &message, TRIES as usize).await.len();
        assert_eq!(counted + left, TRIES as usize, "the budget of {USER}'s step");
    }
}
