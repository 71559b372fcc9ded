use data_adapter_sca::{Factor, Guess};

use super::bench::{Bench, FORGET_AFTER, LIMIT, TRIES, USER, VALIDITY, login, offer};
use crate::build::{CODE_HASH, KEY_ID, at, step};

/// Guesses until nothing is left.
async fn spend(bench: &Bench, message: &str, seconds: i64) {
    for left in (0..TRIES).rev() {
        assert_eq!(bench.counted(message, at(seconds)).await.remaining, left);
    }
}

pub(super) async fn each_guess_leaves_one_less_until_none_is_left(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    spend(&bench, "m", 1).await;
    for _ in 0..3 {
        assert_eq!(bench.guess("m", at(1)).await, Guess::Spent);
    }
}

pub(super) async fn a_code_whose_tries_are_spent_stays_spent_when_it_is_over(bench: Bench) {
    for (operation, seconds) in [("expired", VALIDITY), ("ended", 1), ("replaced", 1)] {
        bench.open(operation, &login(operation), at(0)).await;
        spend(&bench, operation, 0).await;
        match operation {
            "ended" => drop(bench.end_operation(operation).await),
            "replaced" => bench.open("newer", &login(operation), at(1)).await,
            _ => {}
        }
        for _ in 0..2 {
            assert_eq!(bench.guess(operation, at(seconds)).await, Guess::Spent, "{operation}");
        }
    }
    bench.clear(USER, Factor::Code).await;
    bench.open("used", &login("used"), at(0)).await;
    assert!(bench.consume("used", at(0)).await, "it could not be used");
    bench.open("after it", &login("used"), at(1)).await;
    spend(&bench, "after it", 1).await;
    assert_eq!(bench.guess("used", at(VALIDITY)).await, Guess::Used);
}

pub(super) async fn what_is_over_is_spent_only_while_its_tries_are_counted(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    spend(&bench, "m", 0).await;
    assert_eq!(bench.guess("m", at(FORGET_AFTER - 1)).await, Guess::Spent);
    assert_eq!(bench.guess("m", at(FORGET_AFTER)).await, Guess::Expired, "they are forgotten");
    bench.open("code", &login("op 2"), at(0)).await;
    spend(&bench, "code", 0).await;
    bench.push("push", "op 2", at(1)).await;
    assert_eq!(bench.guess("push", at(1 + VALIDITY)).await, Guess::Expired, "it takes no guesses");
}

pub(super) async fn codes_of_one_step_share_one_budget(bench: Bench) {
    let step = login("op");
    for number in 0..TRIES {
        let message = number.to_string();
        bench.open(&message, &step, at(0)).await;
        let guess = bench.counted(&message, at(1)).await;
        assert_eq!(guess.remaining, TRIES - 1 - number, "after {number} codes with a guess each");
    }
    bench.open("one more", &step, at(2)).await;
    assert_eq!(bench.guess("one more", at(3)).await, Guess::Spent);
}

pub(super) async fn a_code_that_expires_gives_no_guess_back(bench: Bench) {
    bench.open("first", &login("op"), at(0)).await;
    bench.counted("first", at(1)).await;
    assert_eq!(bench.guess("first", at(VALIDITY)).await, Guess::Expired);
    bench.open("second", &login("op"), at(VALIDITY)).await;
    assert_eq!(bench.counted("second", at(VALIDITY)).await.remaining, TRIES - 2);
}

pub(super) async fn a_use_that_fails_gives_no_guess_back(bench: Bench) {
    let step = login("op");
    bench.open("replaced", &step, at(0)).await;
    bench.open("expired", &step, at(0)).await;
    bench.counted("expired", at(1)).await;
    assert!(!bench.consume("replaced", at(1)).await, "a replaced code was used");
    assert!(!bench.consume("expired", at(VALIDITY)).await, "an expired code was used");
    bench.open("open", &step, at(VALIDITY)).await;
    assert_eq!(bench.counted("open", at(VALIDITY)).await.remaining, TRIES - 2);
}

pub(super) async fn a_right_code_makes_the_budget_fresh(bench: Bench) {
    let step = login("op");
    bench.open("first", &step, at(0)).await;
    bench.counted("first", at(1)).await;
    bench.counted("first", at(1)).await;
    assert!(bench.consume("first", at(1)).await, "it could not be used");
    bench.open("second", &step, at(2)).await;
    spend(&bench, "second", 2).await;
}

pub(super) async fn the_last_guess_may_be_the_right_one(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    for _ in 1..TRIES {
        bench.counted("m", at(1)).await;
    }
    assert!(bench.consume("m", at(1)).await, "the last guess was right, and was not accepted");
}

pub(super) async fn a_right_code_comes_too_late_after_the_last_guess(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    spend(&bench, "m", 1).await;
    let right = offer(&CODE_HASH, KEY_ID);
    assert_eq!(bench.offer("m", &right, at(1)).await, Guess::Spent);
    assert!(bench.is_open("m", at(1)).await, "it was used");
}

pub(super) async fn another_step_has_a_budget_of_its_own(bench: Bench) {
    let bench = bench.with_tries(2);
    bench.open("spent", &login("op"), at(0)).await;
    bench.counted("spent", at(1)).await;
    bench.counted("spent", at(1)).await;
    let others = [
        login("another operation"),
        step("op", "authorize_payment_sca", Some(USER)),
        step("op", "login", Some("another user")),
        step("op", "login", None),
    ];
    for (number, step) in others.iter().enumerate() {
        let message = number.to_string();
        bench.open(&message, step, at(2)).await;
        assert_eq!(bench.counted(&message, at(2)).await.remaining, 1, "{step:?}");
    }
}

pub(super) async fn steps_whose_names_run_together_are_apart(bench: Bench) {
    for (number, separator) in ["", ":", "/", "|", ",", " ", "-", "_", "\\", "\u{1f}"].iter().enumerate() {
        let twins = [
            step(&format!("{number}a{separator}b"), "c", Some("d")),
            step(&format!("{number}a"), &format!("b{separator}c"), Some("d")),
            step(&format!("{number}a{separator}b"), &format!("c{separator}d"), None),
            step(&format!("{number}a"), "b", Some(&format!("c{separator}d"))),
        ];
        for (twin, step) in twins.iter().enumerate() {
            let message = format!("{number} {twin}");
            bench.open(&message, step, at(0)).await;
            assert_eq!(bench.counted(&message, at(1)).await.remaining, TRIES - 1, "{step:?}");
        }
    }
}

pub(super) async fn what_is_not_counted_spends_nothing(bench: Bench) {
    let step = login("op");
    bench.open("used", &step, at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("expired", &step, at(2)).await;
    let now = 2 + VALIDITY;
    bench.open("replaced", &step, at(now)).await;
    bench.open("open", &step, at(now)).await;
    for _ in 0..LIMIT {
        assert_eq!(bench.guess("unknown", at(now)).await, Guess::Unknown);
        assert_eq!(bench.guess("used", at(VALIDITY - 1)).await, Guess::Used);
        assert_eq!(bench.guess("expired", at(now)).await, Guess::Expired);
        assert_eq!(bench.guess("replaced", at(now)).await, Guess::Expired);
    }
    assert_eq!(bench.counted("open", at(now)).await.remaining, TRIES - 1);
}

pub(super) async fn a_fake_is_counted_like_a_real_code(bench: Bench) {
    let step = step("op", "login", None);
    bench.open("first", &step, at(0)).await;
    assert_eq!(bench.counted("first", at(1)).await.remaining, TRIES - 1);
    bench.open("second", &step, at(2)).await;
    for left in (0..TRIES - 1).rev() {
        let guess = bench.counted("second", at(2)).await;
        assert_eq!(guess.remaining, left);
        assert!(!guess.blocked, "nobody is blocked");
    }
    assert_eq!(bench.guess("second", at(2)).await, Guess::Spent);
}
