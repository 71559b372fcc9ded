use std::collections::BTreeSet;

use data_adapter_core::Clock as _;
use data_adapter_sca::{Enrolment, FactorChannel, FactorStatus, Guess, Offer, Verification};
use secrecy::ExposeSecret as _;

use super::bench::{Bench, ENROLMENTS, WINDOW, blocked, with_number};
use crate::Directory;

pub(super) async fn a_phone_is_active_once_its_code_was_typed(bench: Bench) {
    let user = bench.payer().await;
    assert_eq!(bench.list(&user).await, []);
    let sent = bench.send(&user).await;
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    assert_eq!(bench.verify(&user, &sent.code).await, Verification::Activated);
    assert_eq!(bench.phone(&user).await, FactorStatus::Active);
    assert_eq!(bench.list(&bench.user(Directory::CZECH).await).await, [], "somebody else has it");
}

pub(super) async fn a_code_has_six_digits_and_goes_to_the_users_number_in_their_language(bench: Bench) {
    for (id, text) in [(Directory::PAYER, "The code to"), (Directory::CZECH, "Kód pro")] {
        let user = bench.user(id).await;
        let sent = bench.send(&user).await;
        assert_eq!(sent.code.len(), 6, "{}", sent.code);
        let message = bench.codes.gateway.messages().pop().expect("it was sent");
        assert_eq!(message.to.expose(), Directory::phone(id));
        assert_eq!((&message.user, &message.message), (&user.id, &sent.message));
        assert!(message.text.expose_secret().starts_with(text), "{}", message.text.expose_secret());
    }
}

pub(super) async fn no_two_enrolments_have_one_code(bench: Bench) {
    let user = bench.payer().await;
    let mut codes = BTreeSet::new();
    for _ in 0..ENROLMENTS {
        codes.insert(bench.send(&user).await.code);
    }
    assert!(codes.len() > 5, "ten codes of six digits are nearly always different, these are {codes:?}");
}

pub(super) async fn a_code_that_is_given_is_every_code(bench: Bench) {
    let bench = bench.with_code("123456");
    for id in [Directory::PAYER, Directory::CZECH] {
        let user = bench.user(id).await;
        assert_eq!(bench.send(&user).await.code, "123456");
        assert_eq!(bench.verify(&user, "123457").await, Verification::Wrong);
        assert_eq!(bench.verify(&user, "123456").await, Verification::Activated);
    }
}

pub(super) async fn a_phone_that_is_pending_is_sent_another_code_and_the_old_one_is_wrong(bench: Bench) {
    let user = bench.payer().await;
    let old = bench.send(&user).await;
    let new = bench.send(&user).await;
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    if old.code != new.code {
        assert_eq!(bench.verify(&user, &old.code).await, Verification::Wrong);
    }
    let policy = bench.codes.policy.guesses;
    let (store, now) = (&bench.codes.store, bench.codes.clock.now());
    let guess = store.guess(&old.message, &Offer::default(), now, &policy).await;
    assert_eq!(guess.expect("the store answers"), Guess::Expired, "the old one is open");
    assert_eq!(bench.verify(&user, &new.code).await, Verification::Activated);
}

pub(super) async fn a_phone_that_is_active_is_not_enrolled_again(bench: Bench) {
    let user = bench.payer().await;
    bench.prove(&user).await;
    let before = bench.sendings();
    assert_eq!(bench.enrol(&user).await, Enrolment::AlreadyRegistered);
    assert_eq!(bench.verify(&user, "123456").await, Verification::AlreadyRegistered);
    assert_eq!(bench.enrol(&blocked(&user)).await, Enrolment::AlreadyRegistered, "that goes first");
    assert_eq!(bench.sendings(), before, "something was sent");
    assert_eq!(bench.phone(&user).await, FactorStatus::Active);
}

pub(super) async fn what_cannot_be_enrolled_is_refused_in_one_order(bench: Bench) {
    let user = bench.payer().await;
    let unreadable = with_number(&user, Some("a number that nobody has"));
    for (user, refusal) in [
        (with_number(&user, None), Enrolment::NumberNotAvailable),
        (blocked(&with_number(&user, None)), Enrolment::NumberNotAvailable),
        (unreadable.clone(), Enrolment::NumberInvalid),
        (blocked(&unreadable), Enrolment::NumberInvalid),
        (blocked(&user), Enrolment::CredentialsInactive),
    ] {
        assert_eq!(bench.enrol(&user).await, refusal);
        assert_eq!(bench.list(&user).await, [], "{refusal:?}");
    }
    assert_eq!(bench.sendings(), 0, "something was sent");
}

pub(super) async fn a_code_that_did_not_leave_leaves_a_phone_that_can_be_enrolled_again(bench: Bench) {
    let user = bench.payer().await;
    bench.codes.gateway.refuse(true);
    assert_eq!(bench.enrol(&user).await, Enrolment::NotDelivered);
    bench.codes.gateway.refuse(false);
    assert_eq!(bench.phone(&user).await, FactorStatus::Pending);
    bench.prove(&user).await;
}

pub(super) async fn a_user_may_enrol_so_often_within_a_time(bench: Bench) {
    let (user, other) = (bench.payer().await, bench.user(Directory::CZECH).await);
    for _ in 1..ENROLMENTS {
        bench.send(&user).await;
    }
    bench.ask(&user).await;
    let before = bench.sendings();
    let listed = bench.list(&user).await;
    assert_eq!(bench.enrol(&user).await, Enrolment::LimitExceeded);
    assert_eq!(bench.enrol_push(&user, FactorChannel::Authy).await, Enrolment::LimitExceeded);
    assert_eq!(bench.sendings(), before, "something was sent");
    assert_eq!(bench.list(&user).await, listed);
    bench.send(&other).await;
    bench.codes.advance(WINDOW);
    bench.prove(&user).await;
}

pub(super) async fn what_is_refused_counts_against_no_limit(bench: Bench) {
    let user = bench.payer().await;
    for _ in 0..=ENROLMENTS {
        assert_eq!(bench.enrol(&blocked(&user)).await, Enrolment::CredentialsInactive);
    }
    bench.prove(&user).await;
    for _ in 0..=ENROLMENTS {
        assert_eq!(bench.enrol(&user).await, Enrolment::AlreadyRegistered);
    }
    bench.ask(&user).await;
}

pub(super) async fn factors_are_listed_in_the_order_of_enrolment(bench: Bench) {
    let user = bench.payer().await;
    bench.ask(&user).await;
    bench.prove(&user).await;
    bench.ask(&user).await;
    let (sms, authy) = (FactorChannel::Sms, FactorChannel::Authy);
    let expected = [(authy, FactorStatus::Pending), (sms, FactorStatus::Active)];
    assert_eq!(bench.list(&user).await, expected);
    assert!(bench.unlink(&user, sms).await, "there is one");
    assert!(!bench.unlink(&user, sms).await, "it was forgotten");
    assert_eq!(bench.verify(&user, "123456").await, Verification::StateInvalid);
}
