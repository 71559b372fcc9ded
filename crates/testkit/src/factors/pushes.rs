use data_adapter_sca::{Enrolment, FactorChannel, FactorStatus, Factors as _};

use super::bench::{Bench, blocked, with_number};
use crate::Directory;
use crate::engine::bench::VALIDITY;

pub(super) async fn a_device_is_active_once_its_user_has_accepted(bench: Bench) {
    let user = bench.payer().await;
    let push = bench.ask(&user).await;
    assert_eq!((&push.user, push.organization.as_ref()), (&user.id, Some(&user.organization)));
    assert_eq!(bench.device(&user).await, FactorStatus::Pending);
    assert!(bench.decide(&push, true).await, "it could not be accepted");
    assert_eq!(bench.device(&user).await, FactorStatus::Active);
    for accepted in [true, false] {
        assert!(!bench.decide(&push, accepted).await, "it was decided twice");
    }
    assert_eq!(bench.device(&user).await, FactorStatus::Active);
    assert_eq!(bench.enrol_push(&user, FactorChannel::Authy).await, Enrolment::AlreadyRegistered);
}

pub(super) async fn a_push_says_what_it_is_about_in_the_users_language(bench: Bench) {
    for (id, title) in
        [(Directory::PAYER, "Confirm this device"), (Directory::CZECH, "Potvrďte toto zařízení")]
    {
        let push = bench.ask(&bench.user(id).await).await;
        assert_eq!(push.title, title);
        assert!(!push.text.is_empty(), "it says nothing more");
    }
}

pub(super) async fn a_device_is_inactive_once_its_user_has_rejected(bench: Bench) {
    let user = bench.payer().await;
    let push = bench.ask(&user).await;
    assert!(bench.decide(&push, false).await, "it could not be rejected");
    assert_eq!(bench.device(&user).await, FactorStatus::Inactive);
    assert!(!bench.decide(&push, true).await, "it was decided twice");
    let again = bench.ask(&user).await;
    assert!(bench.decide(&again, true).await, "it could not be accepted");
    assert_eq!(bench.device(&user).await, FactorStatus::Active);
}

pub(super) async fn a_device_that_nobody_decides_on_stays_pending(bench: Bench) {
    let user = bench.payer().await;
    let late = bench.ask(&user).await;
    bench.codes.advance(VALIDITY);
    assert!(!bench.decide(&late, true).await, "it was too late");
    assert_eq!(bench.device(&user).await, FactorStatus::Pending);
    let old = bench.ask(&user).await;
    let new = bench.ask(&user).await;
    assert!(!bench.decide(&old, true).await, "the old push decides still");
    assert_eq!(bench.device(&user).await, FactorStatus::Pending);
    assert!(bench.decide(&new, true).await, "it could not be accepted");
}

pub(super) async fn a_device_that_cannot_be_asked_is_refused(bench: Bench) {
    let user = bench.payer().await;
    for channel in [FactorChannel::Biometric, FactorChannel::Sms] {
        assert_eq!(bench.enrol_push(&user, channel).await, Enrolment::ChannelNotSupported);
    }
    let refused = bench.enrol_push(&blocked(&user), FactorChannel::Authy).await;
    assert_eq!(refused, Enrolment::CredentialsInactive);
    let unasked = bench.without_pushes().enrol_push(&user, FactorChannel::Authy, None).await;
    assert_eq!(unasked.expect("it is told"), Enrolment::NotReady);
    assert_eq!(bench.list(&user).await, []);
    bench.pushes.refuse(true);
    assert_eq!(bench.enrol_push(&user, FactorChannel::Authy).await, Enrolment::NotDelivered);
    bench.pushes.refuse(false);
    assert_eq!(bench.device(&user).await, FactorStatus::Pending);
    bench.ask(&user).await;
}

pub(super) async fn a_device_has_nothing_to_do_with_the_users_number(bench: Bench) {
    let user = with_number(&bench.payer().await, None);
    let push = bench.ask(&user).await;
    assert!(bench.decide(&push, true).await, "it could not be accepted");
    let moved = with_number(&user, Some("+420777000001"));
    assert_eq!(bench.device(&moved).await, FactorStatus::Active);
}

pub(super) async fn a_device_is_forgotten_once_and_with_its_push(bench: Bench) {
    let user = bench.payer().await;
    let other = bench.ask(&bench.user(Directory::CZECH).await).await;
    assert!(!bench.unlink(&user, FactorChannel::Authy).await, "there is none");
    let push = bench.ask(&user).await;
    assert!(!bench.unlink(&user, FactorChannel::Biometric).await, "there is none");
    assert!(bench.unlink(&user, FactorChannel::Authy).await, "there is one");
    assert!(!bench.decide(&push, true).await, "its push decides still");
    assert_eq!(bench.list(&user).await, []);
    assert!(bench.decide(&other, true).await, "somebody else's was forgotten");
    let push = bench.ask(&user).await;
    assert!(bench.decide(&push, true).await, "it could not be accepted");
    assert!(bench.unlink(&user, FactorChannel::Authy).await, "there is one");
    assert!(!bench.unlink(&user, FactorChannel::Authy).await, "it was forgotten");
}
