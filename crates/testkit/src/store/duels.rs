use data_adapter_sca::{Attempt, Factor, Guess};

use super::bench::{Bench, LIMIT, TRIES, login};
use crate::build::{at, challenge};
use crate::race::{DUELS, duel, rounds};

/// The messages, operations or users of one batch.
pub(super) fn names(batch: usize) -> Vec<String> {
    (0..DUELS).map(|number| format!("{batch}-{number}")).collect()
}

pub(super) async fn open_all(bench: &Bench, names: &[String]) {
    for name in names {
        bench.open(name, &login(name), at(0)).await;
    }
}

pub(super) async fn of_two_guesses_for_the_last_try_exactly_one_counts(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        for name in &names {
            for _ in 1..TRIES {
                bench.counted(name, at(1)).await;
            }
        }
        let (bench, names) = (bench.clone(), names.clone());
        let guesses = duel(move |_, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move { matches!(bench.guess(&name, at(1)).await, Guess::Counted(_)) }
        });
        for [left, right] in guesses.await {
            assert!(left != right, "counted: {left} and {right}");
        }
    }
}

pub(super) async fn of_two_uses_exactly_one_succeeds(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let bench = bench.clone();
        let uses = duel(move |_, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move { bench.consume(&name, at(1)).await }
        });
        for [left, right] in uses.await {
            assert!(left != right, "used: {left} and {right}");
        }
    }
}

pub(super) async fn a_challenge_is_either_used_or_ended(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let bench = bench.clone();
        let both = duel(move |side, round| {
            let (bench, name) = (bench.clone(), names[round].clone());
            async move {
                if side == 0 {
                    bench.consume(&name, at(1)).await
                } else {
                    bench.end_operation(&name).await == 1
                }
            }
        });
        for [used, ended] in both.await {
            assert!(used != ended, "used: {used}, ended: {ended}");
        }
    }
}

pub(super) async fn no_opening_outlives_the_end_of_its_operation(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        let (bench, duelling) = (bench.clone(), names.clone());
        let store = bench.clone();
        let both = duel(move |side, round| {
            let (bench, name) = (bench.clone(), duelling[round].clone());
            async move {
                if side == 0 {
                    bench.try_keep(challenge(&name, &login(&name), at(0))).await
                } else {
                    bench.end_operation(&name).await == 1
                }
            }
        });
        for [opened, ended] in both.await {
            assert_eq!(opened, ended, "opened: {opened}, ended: {ended}");
        }
        assert_eq!(store.listed(at(1)).await, [""; 0]);
    }
}

pub(super) async fn of_two_openings_of_one_step_exactly_one_stays_open(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        open_all(&bench, &names).await;
        let (opening, steps) = (bench.clone(), names.clone());
        let openings = duel(move |side, round| {
            let (bench, name) = (opening.clone(), steps[round].clone());
            async move { bench.open(&format!("{name} {side}"), &login(&name), at(1)).await }
        });
        openings.await;
        for name in &names {
            let mut open = 0;
            for message in [name.clone(), format!("{name} 0"), format!("{name} 1")] {
                open += u32::from(bench.consume(&message, at(2)).await);
            }
            assert_eq!(open, 1, "so many codes of one step were open");
        }
    }
}

pub(super) async fn of_two_attempts_at_the_limit_exactly_one_is_admitted(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for user in &names {
            bench.attempt_often(user, Factor::Password, LIMIT - 1, at(0)).await;
        }
        let bench = bench.clone();
        let attempts = duel(move |_, round| {
            let (bench, user) = (bench.clone(), names[round].clone());
            async move { bench.attempt(&user, Factor::Password, at(1)).await == Attempt::Admitted }
        });
        for [left, right] in attempts.await {
            assert!(left != right, "admitted: {left} and {right}");
        }
    }
}

pub(super) async fn an_attempt_and_a_withdrawal_lose_no_count(bench: Bench) {
    for batch in rounds() {
        let names = names(batch);
        for user in &names {
            bench.attempt_often(user, Factor::Password, 2, at(0)).await;
        }
        let (side_bench, users) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, user) = (side_bench.clone(), users[round].clone());
            async move {
                if side == 0 {
                    bench.attempt_often(&user, Factor::Password, 1, at(1)).await;
                } else {
                    bench.take_back(&user, Factor::Password).await;
                }
            }
        });
        both.await;
        for user in &names {
            bench.attempt_often(user, Factor::Password, LIMIT - 2, at(1)).await;
            let attempt = bench.attempt(user, Factor::Password, at(1)).await;
            assert_eq!(attempt, Attempt::Blocked, "two failures stayed, and the rest up to the limit came");
        }
    }
}
