use data_adapter_sca::{Admission, Factor, Guess};

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
            let (bench, attempt) = (bench.clone(), bench.new_attempt(&names[round], Factor::Password));
            async move { bench.try_attempt(&attempt, at(1)).await }
        });
        for mut both in attempts.await {
            both.sort_by_key(|admission| *admission == Admission::Busy);
            assert_eq!(both, [Admission::Admitted, Admission::Busy]);
        }
    }
}

/// What they begin, fail and give back at the same moment.
pub(super) async fn a_new_attempt_and_the_end_of_another_lose_no_count(bench: Bench) {
    for (batch, fails) in rounds().zip([true, false].into_iter().cycle()) {
        let names = names(batch);
        let mut under_way = Vec::new();
        for user in &names {
            bench.attempt_often(user, Factor::Password, 1, at(0)).await;
            let attempt = bench.new_attempt(user, Factor::Password);
            assert_eq!(bench.try_attempt(&attempt, at(0)).await, Admission::Admitted);
            under_way.push(attempt);
        }
        let (side_bench, users) = (bench.clone(), names.clone());
        let both = duel(move |side, round| {
            let (bench, user, attempt) = (side_bench.clone(), users[round].clone(), under_way[round].clone());
            async move {
                match (side, fails) {
                    (0, _) => bench.attempt_often(&user, Factor::Password, 1, at(1)).await,
                    (_, true) => bench.fail_attempt(&attempt, at(1)).await,
                    (_, false) => bench.give_back(&attempt).await,
                }
            }
        });
        both.await;
        let failures = if fails { 3 } else { 2 };
        for user in &names {
            bench.attempt_often(user, Factor::Password, LIMIT - failures, at(1)).await;
            let attempt = bench.attempt(user, Factor::Password, at(1)).await;
            assert_eq!(attempt, Admission::Blocked, "{failures} failures, and the rest up to the limit");
        }
    }
}
