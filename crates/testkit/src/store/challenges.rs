use data_adapter_core::MessageId;
use data_adapter_sca::{Guess, Step};

use super::bench::{Bench, USER, VALIDITY, just_before, login};
use crate::build::{at, challenge, step};

pub(super) async fn an_unknown_message_is_unknown(bench: Bench) {
    bench.open("known", &login("op"), at(0)).await;
    assert_eq!(bench.guess("unknown", at(0)).await, Guess::Unknown);
    assert!(!bench.consume("unknown", at(0)).await, "it was used");
}

pub(super) async fn a_challenge_expires_exactly_at_its_time(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    bench.counted("m", just_before(VALIDITY)).await;
    for late in [VALIDITY, VALIDITY + 1] {
        assert_eq!(bench.guess("m", at(late)).await, Guess::Expired, "{late} s after it was opened");
    }
}

pub(super) async fn a_challenge_can_be_used_until_it_expires(bench: Bench) {
    bench.open("late", &login("op 1"), at(0)).await;
    bench.open("in time", &login("op 2"), at(0)).await;
    bench.counted("late", just_before(VALIDITY)).await;
    bench.counted("in time", just_before(VALIDITY)).await;
    assert!(!bench.consume("late", at(VALIDITY)).await, "it was used when it expired");
    assert!(bench.consume("in time", just_before(VALIDITY)).await, "it could not be used before it expired");
}

pub(super) async fn a_used_challenge_stays_used(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    bench.counted("m", at(1)).await;
    assert!(bench.consume("m", at(1)).await, "it could not be used once");
    for later in [1, 2] {
        assert!(!bench.consume("m", at(later)).await, "it was used twice");
        assert_eq!(bench.guess("m", at(later)).await, Guess::Used);
    }
}

pub(super) async fn a_new_code_ends_the_open_one_of_its_step(bench: Bench) {
    let step = login("op");
    bench.open("older", &step, at(0)).await;
    bench.open("newer", &step, at(1)).await;
    assert_eq!(bench.guess("older", at(2)).await, Guess::Expired);
    assert!(!bench.consume("older", at(2)).await, "the older one was used");
    bench.counted("newer", at(2)).await;
    assert!(bench.consume("newer", at(2)).await, "the newer one could not be used");
}

pub(super) async fn a_new_fake_ends_the_open_one_of_its_step(bench: Bench) {
    let step = step("op", "login", None);
    bench.open("older", &step, at(0)).await;
    bench.open("newer", &step, at(1)).await;
    assert_eq!(bench.guess("older", at(2)).await, Guess::Expired);
    bench.counted("newer", at(2)).await;
}

pub(super) async fn a_new_code_leaves_other_steps_open(bench: Bench) {
    let steps = [
        login("op"),
        login("another operation"),
        step("op", "authorize_payment_sca", Some(USER)),
        step("op", "login", Some("another user")),
        step("op", "login", None),
    ];
    for (number, step) in steps.iter().enumerate() {
        bench.open(&number.to_string(), step, at(0)).await;
    }
    for (number, step) in steps.iter().enumerate() {
        let message = number.to_string();
        bench.counted(&message, at(1)).await;
        assert_eq!(bench.found(&message, at(1)).await.challenge.step, *step);
    }
}

pub(super) async fn a_new_code_leaves_a_used_one_used(bench: Bench) {
    bench.open("used", &login("op"), at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("newer", &login("op"), at(2)).await;
    assert_eq!(bench.guess("used", at(3)).await, Guess::Used);
    bench.counted("newer", at(3)).await;
}

pub(super) async fn open_challenges_are_listed_oldest_first(bench: Bench) {
    assert_eq!(bench.listed(at(0)).await, [""; 0]);
    let steps = [("z", login("op 1")), ("a", login("op 2")), ("m", step("op 1", "login", None))];
    for (seconds, (message, step)) in (0..).zip(&steps) {
        bench.open(message, step, at(seconds)).await;
    }
    assert_eq!(bench.listed(at(3)).await, ["z", "a", "m"]);
    let opened = challenge("z", &login("op 1"), at(0));
    let listed = bench.store.open_challenges(at(3)).await.expect("the store lists open challenges");
    assert_eq!(listed.first(), Some(&opened), "a challenge is listed as it was opened");
    assert_eq!(bench.listed(just_before(VALIDITY + 1)).await, ["a", "m"], "one has expired");
    assert_eq!(bench.listed(at(VALIDITY + 2)).await, [""; 0], "all have expired");
}

pub(super) async fn challenges_that_are_over_are_not_listed(bench: Bench) {
    bench.open("replaced", &login("op 1"), at(0)).await;
    bench.open("open", &login("op 1"), at(1)).await;
    bench.open("used", &login("op 2"), at(2)).await;
    assert!(bench.consume("used", at(2)).await, "it could not be used");
    bench.open("ended", &login("op 3"), at(3)).await;
    bench.end_operation("op 3").await;
    bench.counted("open", at(4)).await;
    assert_eq!(bench.listed(at(4)).await, ["open"]);
}

pub(super) async fn a_challenge_names_its_step_as_long_as_it_is_kept(bench: Bench) {
    let fake = Step { user: None, ..login("fake") };
    bench.open("open", &login("open"), at(0)).await;
    bench.open("fake", &fake, at(0)).await;
    bench.open("used", &login("used"), at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("ended", &login("ended"), at(0)).await;
    assert!(bench.end("ended", at(1)).await, "it could not be ended");
    let named = async |message: &str| {
        let step = bench.store.step(&MessageId::new(message)).await;
        step.expect("the store can be asked")
    };
    for known in ["open", "used", "ended"] {
        assert_eq!(named(known).await, Some(login(known)));
    }
    assert_eq!(named("fake").await, Some(fake));
    assert_eq!(named("unknown").await, None);
}
