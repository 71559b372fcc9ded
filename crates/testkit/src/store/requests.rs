//! Challenges as requests: how they are found, listed and ended.

#![expect(clippy::panic, reason = "a rule that is broken ends its task, and the suite reports it")]

use data_adapter_core::{Attribute, AttributeValue, Binding, MessageId, UserId};
use data_adapter_sca::{ApprovalMethod, Asker, Challenge, Guess, OpenChallenge, Presentation, Step};
use jiff::Timestamp;

use super::bench::{Bench, FORGET_AFTER, LIMIT, TRIES, USER, VALIDITY, just_before, login};
use crate::build::{at, attribute, attribute_id, challenge, payment, step};

impl Bench {
    pub(super) async fn open_challenge(&self, message: &str, now: Timestamp) -> Option<OpenChallenge> {
        let open = self.store.open_challenge(&MessageId::new(message), now, &self.policy).await;
        open.expect("the store knows which challenges are open")
    }

    /// A challenge that has to be open.
    pub(super) async fn found(&self, message: &str, now: Timestamp) -> OpenChallenge {
        let open = self.open_challenge(message, now).await;
        open.unwrap_or_else(|| panic!("`{message}` has to be open"))
    }

    pub(super) async fn is_open(&self, message: &str, now: Timestamp) -> bool {
        self.open_challenge(message, now).await.is_some()
    }

    pub(super) async fn open_challenges_of(&self, user: &str, now: Timestamp) -> Vec<OpenChallenge> {
        let open = self.store.open_challenges_of(&UserId::new(user), now, &self.policy).await;
        open.expect("the store lists the open challenges of a user")
    }

    /// The messages of what a user has open.
    async fn listed_of(&self, user: &str, now: Timestamp) -> Vec<String> {
        let open = self.open_challenges_of(user, now).await;
        open.iter().map(|open| open.challenge.message.to_string()).collect()
    }

    pub(super) async fn end(&self, message: &str, now: Timestamp) -> bool {
        let ended = self.store.end(&MessageId::new(message), now).await;
        ended.expect("a challenge is ended")
    }

    /// Opens a challenge that is answered in this way.
    pub(super) async fn open_by(&self, method: ApprovalMethod, message: &str, step: &Step, now: Timestamp) {
        self.keep(Challenge { method, ..challenge(message, step, now) }).await;
    }
}

/// A challenge that nothing was done to.
fn fresh(challenge: Challenge) -> OpenChallenge {
    OpenChallenge { challenge, renewals: 0, guesses: 0, accepted: false }
}

/// The amounts as they are written: two of them are equal when their values are.
fn amounts(binding: &Binding) -> Vec<String> {
    let fees = binding.attributes.iter().filter_map(|attribute| match &attribute.value {
        AttributeValue::Amount { amount, .. } => Some(amount.to_string()),
        AttributeValue::Text(_) => None,
    });
    binding.payment.iter().map(|payment| payment.amount.to_string()).chain(fees).collect()
}

fn fee(id: &str, amount: &str) -> Attribute {
    let amount = amount.parse().expect("it is an amount");
    Attribute { id: attribute_id(id), value: AttributeValue::Amount { amount, currency: "EUR".to_owned() } }
}

pub(super) async fn an_open_challenge_is_found_as_it_was_opened(bench: Bench) {
    let attributes = vec![
        fee("operation.fee", "0.00"),
        attribute("operation.note", "příkaz \"'; --\n\u{202e}🔑 0.00"),
        attribute("operation.dueDate", "2026-12-24"),
        fee("operation.tax", "12.500"),
    ];
    let paying = Binding { attributes, ..payment("158121.10", "CZK", "238400856/0300") };
    let presentations = [
        Presentation::of(Binding::to_operation()),
        Presentation {
            title: Some(String::new()),
            asker: Some(Asker { name: "partner".to_owned(), opens_session: true }),
            ..Presentation::of(payment("100", "JPY", "1/2"))
        },
        Presentation {
            title: Some("Žádost \\ \"1\"".to_owned()),
            description: Some("{\"a\": null}\r\n\t'".to_owned()),
            binding: paying,
            asker: Some(Asker { name: "Žluť \"1\"".to_owned(), opens_session: false }),
        },
    ];
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Otp, ApprovalMethod::Push] {
        for (number, presentation) in presentations.iter().enumerate() {
            let message = format!("{method:?} {number}");
            let made = challenge(&message, &login(&message), at(0));
            let made = Challenge { method, presentation: presentation.clone(), ..made };
            bench.keep(made.clone()).await;
            let open = bench.found(&message, at(1)).await;
            let found = &open.challenge.presentation.binding;
            assert_eq!(amounts(found), amounts(&presentation.binding), "an amount keeps its digits");
            assert_eq!(open, fresh(made));
        }
    }
}

pub(super) async fn a_challenge_that_is_over_is_not_found(bench: Bench) {
    bench.open("replaced", &login("op 1"), at(0)).await;
    bench.open("used", &login("op 1"), at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("ended", &login("op 2"), at(0)).await;
    assert!(bench.end("ended", at(1)).await, "it could not be ended");
    bench.open("of an operation that is over", &login("op 3"), at(0)).await;
    bench.end_operation("op 3").await;
    for over in ["replaced", "used", "ended", "of an operation that is over", "unknown"] {
        assert!(!bench.is_open(over, at(1)).await, "`{over}` is found");
    }
    assert_eq!(bench.listed_of(USER, at(1)).await, [""; 0]);
    bench.open("late", &login("op 4"), at(0)).await;
    assert!(bench.is_open("late", just_before(VALIDITY)).await, "it is over too early");
    assert!(!bench.is_open("late", at(VALIDITY)).await, "it is found when it is over");
}

pub(super) async fn an_open_challenge_tells_the_guesses_of_its_step(bench: Bench) {
    bench.open("first", &login("op"), at(0)).await;
    bench.counted("first", at(1)).await;
    bench.open("second", &login("op"), at(2)).await;
    bench.open("of another operation", &login("op 2"), at(2)).await;
    bench.open("of another step", &step("op", "another step", Some(USER)), at(2)).await;
    bench.open("of another user", &step("op", "login", Some("another user")), at(2)).await;
    assert_eq!(bench.found("second", at(2)).await.guesses, 1, "of the code before");
    bench.counted("second", at(3)).await;
    assert_eq!(bench.found("second", at(3)).await.guesses, 2);
    for _ in 0..TRIES {
        bench.guess("second", at(4)).await;
    }
    assert_eq!(bench.found("second", at(4)).await.guesses, TRIES, "what comes too late is no guess");
    for other in ["of another operation", "of another step", "of another user"] {
        assert_eq!(bench.found(other, at(4)).await.guesses, 0, "{other}");
    }
    bench.counted("of another operation", at(5)).await;
    assert!(bench.consume("of another operation", at(5)).await, "it could not be used");
    bench.open("third", &login("op 2"), at(6)).await;
    assert_eq!(bench.found("third", at(6)).await.guesses, 0, "after a right one");
}

pub(super) async fn guesses_that_are_forgotten_are_not_told(bench: Bench) {
    let mut lasting = challenge("lasting", &login("op"), at(0));
    lasting.expires_at = at(FORGET_AFTER * 3);
    bench.keep(lasting).await;
    bench.counted("lasting", at(10)).await;
    bench.counted("lasting", at(20)).await;
    let last = 20 + FORGET_AFTER;
    for (now, guesses) in [(just_before(last), 2), (at(last), 0)] {
        assert_eq!(bench.found("lasting", now).await.guesses, guesses, "at {now}");
        assert_eq!(bench.open_challenges_of(USER, now).await[0].guesses, guesses, "in the list at {now}");
    }
    assert_eq!(bench.counted("lasting", at(last)).await.remaining, TRIES - 1, "they are forgotten");
}

pub(super) async fn the_open_challenges_of_a_user_are_listed_oldest_first(bench: Bench) {
    assert_eq!(bench.open_challenges_of(USER, at(0)).await, []);
    bench.open("z", &login("op 1"), at(0)).await;
    bench.open("m", &step("op 1", "login", Some("another user")), at(1)).await;
    bench.open("fake", &step("op 1", "login", None), at(2)).await;
    bench.open_by(ApprovalMethod::Push, "a", &login("op 2"), at(3)).await;
    bench.open_by(ApprovalMethod::ClientManaged, "k", &login("op 3"), at(4)).await;
    assert_eq!(bench.listed_of(USER, at(4)).await, ["z", "a", "k"]);
    assert_eq!(bench.listed_of("another user", at(4)).await, ["m"]);
    for nobody in ["", "1234567", "123456789", "%"] {
        assert_eq!(bench.listed_of(nobody, at(4)).await, [""; 0], "`{nobody}`");
    }
    assert_eq!(bench.listed_of(USER, at(VALIDITY)).await, ["a", "k"], "one has expired");
    assert_eq!(bench.listed_of(USER, at(VALIDITY + 4)).await, [""; 0], "all have expired");
}

pub(super) async fn what_was_done_to_a_challenge_is_listed_with_it(bench: Bench) {
    bench.open("guessed", &login("op 1"), at(0)).await;
    bench.counted("guessed", at(1)).await;
    bench.open_by(ApprovalMethod::Push, "accepted", &login("op 2"), at(2)).await;
    assert!(bench.decide("accepted", true, at(3)).await, "it could not be accepted");
    bench.open("renewed", &login("op 3"), at(1)).await;
    bench.renewed("renewed", "new", at(4)).await;
    let open = bench.open_challenges_of(USER, at(5)).await;
    let done: Vec<_> = open
        .iter()
        .map(|open| (open.challenge.message.as_str(), open.renewals, open.guesses, open.accepted))
        .collect();
    assert_eq!(done, [("guessed", 0, 1, false), ("accepted", 0, 0, true), ("renewed", 1, 0, false)]);
    for open in open {
        assert_eq!(bench.found(open.challenge.message.as_str(), at(5)).await, open, "alone");
    }
}

pub(super) async fn a_challenge_is_ended_once_and_for_good(bench: Bench) {
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Otp, ApprovalMethod::Push] {
        let message = format!("{method:?}");
        bench.open_by(method, &message, &login(&message), at(0)).await;
        assert!(bench.end(&message, at(1)).await, "{method:?}: it was open");
        assert!(!bench.end(&message, at(1)).await, "{method:?}: it was ended before");
        assert!(!bench.is_open(&message, at(1)).await, "{method:?}: it is open");
        assert!(!bench.use_up(&message, at(1)).await, "{method:?}: it was used");
        assert!(!bench.consume(&message, at(1)).await, "{method:?}: its code was taken");
        assert_eq!(bench.guess(&message, at(1)).await, Guess::Expired, "{method:?}");
    }
    assert_eq!(bench.listed(at(1)).await, [""; 0]);
}

pub(super) async fn what_is_not_open_is_not_ended(bench: Bench) {
    bench.open("replaced", &login("op 1"), at(0)).await;
    bench.open("used", &login("op 1"), at(0)).await;
    assert!(bench.consume("used", at(1)).await, "it could not be used");
    bench.open("late", &login("op 2"), at(0)).await;
    for over in ["replaced", "used", "unknown"] {
        assert!(!bench.end(over, at(1)).await, "`{over}` was ended");
    }
    assert_eq!(bench.guess("used", at(1)).await, Guess::Used, "it is not used any more");
    assert!(!bench.end("late", at(VALIDITY)).await, "it was ended when it was over");
    assert!(!bench.is_open("late", at(1)).await, "it is good again");
}

pub(super) async fn the_end_of_a_challenge_leaves_everything_else(bench: Bench) {
    bench.open("ended", &login("op"), at(0)).await;
    bench.open("of another step", &step("op", "another step", Some(USER)), at(0)).await;
    bench.open("of another operation", &login("op 2"), at(0)).await;
    bench.counted("ended", at(1)).await;
    bench.fail_often(USER, LIMIT - 2, at(1)).await;
    assert!(bench.end("ended", at(1)).await, "it could not be ended");
    assert!(!bench.is_over("op").await, "its operation is over");
    for other in ["of another step", "of another operation"] {
        assert!(bench.is_open(other, at(1)).await, "{other}");
    }
    bench.open("next", &login("op"), at(2)).await;
    let guess = bench.counted("next", at(2)).await;
    assert_eq!(guess.remaining, TRIES - 2, "a guess was given back");
    assert!(guess.starts_block, "a failure was forgotten");
}

/// Whoever asks for a code where there is none has guessed at nothing.
pub(super) async fn a_guess_at_what_has_no_code_counts_for_nothing(bench: Bench) {
    for method in [ApprovalMethod::ClientManaged, ApprovalMethod::Push] {
        let message = format!("{method:?}");
        bench.open_by(method, &message, &login(&message), at(0)).await;
        for _ in 0..LIMIT.max(TRIES) + 1 {
            assert_eq!(bench.guess(&message, at(1)).await, Guess::Unknown, "{method:?}");
        }
        assert_eq!(bench.found(&message, at(1)).await.guesses, 0, "{method:?}: its step spent a guess");
        assert_eq!(bench.guess(&message, at(VALIDITY)).await, Guess::Expired, "{method:?}: when it is over");
    }
    bench.fail_often(USER, LIMIT - 1, at(1)).await;
}

pub(super) async fn what_has_no_code_is_used_up_once(bench: Bench) {
    bench.open_by(ApprovalMethod::ClientManaged, "m", &login("op"), at(0)).await;
    assert!(!bench.use_up("m", at(VALIDITY)).await, "it was used when it was over");
    bench.open_by(ApprovalMethod::ClientManaged, "again", &login("op"), at(1)).await;
    assert!(bench.use_up("again", at(2)).await, "it could not be used");
    assert!(!bench.use_up("again", at(2)).await, "it was used twice");
    assert_eq!(bench.guess("again", at(2)).await, Guess::Used);
}

/// Whoever may approve without a code may not do so for what has one.
pub(super) async fn a_code_is_used_up_by_a_guess_alone(bench: Bench) {
    bench.open("m", &login("op"), at(0)).await;
    for now in [1, 2] {
        assert!(!bench.use_up("m", at(now)).await, "it was used without its code");
        assert!(bench.is_open("m", at(now)).await, "it is over");
    }
    assert!(bench.consume("m", at(3)).await, "its code could not be used");
    assert!(!bench.use_up("unknown", at(3)).await, "what there is not was used");
}
