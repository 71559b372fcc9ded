//! Each thing that is done to a factor, with every call to either half being the first that fails: before it is made, or after,
//! when only its answer is lost. The process dies with it, or goes on without that half.

use std::sync::Arc;

use data_adapter_core::MessageId;
use data_adapter_sca::{
    ChallengeStore as _, DeviceStore as _, Enrolled, FactorChannel, FactorStatus, FactorStore as _, Guess,
    NewDevice,
};
use data_adapter_testkit::{Faults, at};

use crate::halves::{Failing, Halves, Over, app, phone, target, user};

/// Does something over halves of which a call fails, for each call that it makes, and gives what it came to, with the halves it was
/// done to, to be looked at.
async fn at_each_call<T>(
    begin: impl AsyncFn(&Over),
    act: impl AsyncFn(&Over) -> Option<T>,
    look: impl AsyncFn(Over, Option<T>, &str),
) {
    for failing in [Failing::Both, Failing::Codes, Failing::Records] {
        for is_kept in [false, true] {
            for first in 0.. {
                let (halves, faults) = (Halves::default(), Arc::new(Faults::from(first, is_kept)));
                begin(&halves.whole()).await;
                let answer = act(&halves.failing(failing, &faults)).await;
                let case = format!("{failing:?} from call {first} on, kept: {is_kept}");
                look(halves.whole(), answer, &case).await;
                if !faults.have_begun() {
                    assert!(first > 0 || !matches!(failing, Failing::Both), "nothing was called");
                    break;
                }
            }
        }
    }
}

async fn nothing(_: &Over) {}

async fn pending_phone(store: &Over) {
    assert_eq!(store.enrol(phone("m", at(0))).await, Some(Enrolled::Pending));
}

async fn pending_app(store: &Over) {
    assert_eq!(store.enrol(app("m", at(0))).await, Some(Enrolled::Pending));
}

/// Whether a factor is active, which it is by a challenge alone that was accepted.
async fn is_active(store: &Over, case: &str) -> bool {
    let is_active = store.status().await == Some(FactorStatus::Active);
    assert!(!is_active || store.is_used("m").await || store.is_used("again").await, "{case}: by nothing");
    is_active
}

#[tokio::test]
async fn an_enrolment_that_failed_can_be_made_again_and_its_code_activates_the_factor() {
    let enrol = async |store: &Over| store.enrol(phone("m", at(0))).await;
    at_each_call(nothing, enrol, async |store, answer, case| {
        if answer == Some(Enrolled::Pending) {
            assert_eq!(
                store.factor().await.and_then(|factor| factor.message),
                Some(MessageId::new("m")),
                "{case}"
            );
            assert_eq!(store.prove("m").await, Some(Guess::Accepted), "{case}");
            assert!(is_active(&store, case).await, "{case}");
            return;
        }
        assert!(answer.is_none(), "{case}: {answer:?}");
        assert_eq!(store.enrol(phone("again", at(0))).await, Some(Enrolled::Pending), "{case}");
        store.prove("m").await;
        assert!(!is_active(&store, case).await, "{case}: by the code of before");
        assert_eq!(store.prove("again").await, Some(Guess::Accepted), "{case}");
        assert!(is_active(&store, case).await, "{case}");
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_anew_leaves_one_code_that_proves_the_factor() {
    let enrol = async |store: &Over| store.enrol(phone("again", at(0))).await;
    at_each_call(pending_phone, enrol, async |store, answer, case| {
        let deciding = store.factor().await.and_then(|factor| factor.message).expect("it is pending");
        let (right, other) = if deciding.as_str() == "m" { ("m", "again") } else { ("again", "m") };
        assert!(answer != Some(Enrolled::Pending) || right == "again", "{case}: it was not kept");
        store.prove(other).await;
        assert!(!is_active(&store, case).await, "{case}: by `{other}`");
        assert_eq!(store.prove(right).await, Some(Guess::Accepted), "{case}");
        assert!(is_active(&store, case).await, "{case}");
    })
    .await;
}

#[tokio::test]
async fn what_an_enrolment_leaves_is_ended_by_the_next_one() {
    let enrol = async |store: &Over| store.enrol(phone("again", at(0))).await;
    at_each_call(pending_phone, enrol, async |store, answer, case| {
        assert_eq!(store.enrol(phone("third", at(0))).await, Some(Enrolled::Pending), "{case}");
        // What never got into the records nobody was sent; it expires.
        let mut left = store.open_messages().await;
        left.retain(|message| answer.is_some() || message != "again");
        assert_eq!(left, ["third"], "{case}");
    })
    .await;
}

#[tokio::test]
async fn a_right_code_that_got_no_answer_activates_the_factor_when_it_is_offered_again() {
    let prove = async |store: &Over| store.prove("m").await;
    at_each_call(pending_phone, prove, async |store, answer, case| {
        if answer == Some(Guess::Accepted) {
            assert!(is_active(&store, case).await, "{case}: it was said to be accepted");
            return;
        }
        assert!(answer.is_none(), "{case}: {answer:?}");
        is_active(&store, case).await;
        let again = store.prove("m").await;
        assert!(matches!(again, Some(Guess::Accepted | Guess::Used)), "{case}: {again:?}");
        assert!(is_active(&store, case).await, "{case}");
        assert_eq!(store.prove("m").await, Some(Guess::Used), "{case}: accepted twice");
    })
    .await;
}

#[tokio::test]
async fn a_push_that_was_accepted_activates_the_factor_when_it_is_reported_again() {
    let accept = async |store: &Over| store.decide("m", true).await;
    at_each_call(pending_app, accept, async |store, answer, case| {
        if answer == Some(true) {
            assert!(is_active(&store, case).await, "{case}: it was said to be accepted");
        } else {
            assert!(answer.is_none(), "{case}: {answer:?}");
            is_active(&store, case).await;
            store.decide("m", true).await.expect("the store answers");
            assert!(is_active(&store, case).await, "{case}");
        }
        assert_eq!(store.decide("m", false).await, Some(false), "{case}: decided twice");
        assert!(is_active(&store, case).await, "{case}: it was rejected afterwards");
    })
    .await;
}

#[tokio::test]
async fn a_push_that_was_rejected_never_activates_the_factor() {
    let reject = async |store: &Over| store.decide("m", false).await;
    at_each_call(pending_app, reject, async |store, answer, case| {
        if answer == Some(true) {
            assert_eq!(store.status().await, Some(FactorStatus::Inactive), "{case}");
        } else {
            assert!(answer.is_none(), "{case}: {answer:?}");
            store.decide("m", false).await.expect("the store answers");
        }
        assert_eq!(store.decide("m", true).await, Some(false), "{case}: accepted after it was rejected");
        assert!(!is_active(&store, case).await, "{case}");
    })
    .await;
}

#[tokio::test]
async fn what_is_made_inactive_or_forgotten_is_proved_by_nothing_any_more() {
    let deactivate =
        async |store: &Over| store.store().deactivate(&user(), FactorChannel::Sms, &target()).await.ok();
    let unlink = async |store: &Over| store.store().unlink(&user(), FactorChannel::Sms).await.ok();
    let proved_no_more = async |store: Over, answer: Option<bool>, case: &str| {
        let is_pending = store.status().await == Some(FactorStatus::Pending);
        assert!(answer != Some(true) || !is_pending, "{case}: it was said to be done");
        assert_ne!(answer, Some(false), "{case}");
        let proof = store.prove("m").await;
        assert_eq!(proof == Some(Guess::Accepted), is_pending, "{case}: {proof:?}");
        assert_eq!(is_active(&store, case).await, is_pending, "{case}");
    };
    at_each_call(pending_phone, deactivate, proved_no_more).await;
    at_each_call(pending_phone, unlink, proved_no_more).await;
}

#[tokio::test]
async fn what_is_given_up_stays_pending_until_it_is_enrolled_again() {
    let give_up = async |store: &Over| store.store().give_up(&MessageId::new("m")).await.ok();
    at_each_call(pending_phone, give_up, async |store, answer, case| {
        let deciding = store.factor().await.expect("there is one").message;
        assert!(answer != Some(true) || deciding.is_none(), "{case}: it was said to be done");
        let proof = store.prove("m").await;
        assert_eq!(proof == Some(Guess::Accepted), deciding.is_some(), "{case}: {proof:?}");
        assert_eq!(is_active(&store, case).await, deciding.is_some(), "{case}");
    })
    .await;
}

#[tokio::test]
async fn no_push_outlives_a_device_that_is_forgotten() {
    const DEVICE: i64 = 1;
    let registered = async |store: &Over| {
        let device = NewDevice {
            user: user(),
            name: "phone".to_owned(),
            kind: "phone".to_owned(),
            os_version: "1".to_owned(),
            registered_at: at(0),
        };
        let device = store.store().register_device(device).await.expect("it is kept");
        assert_eq!(device.id, DEVICE);
        store.store().open(app("m", at(0)).challenge, &[]).await.expect("it is opened");
    };
    let forget = async |store: &Over| store.store().deregister_device(&user(), DEVICE).await.ok();
    at_each_call(registered, forget, async |store, answer, case| {
        let devices = store.store().devices(&user()).await.expect("the store lists devices");
        assert!(!devices.is_empty() || store.open_messages().await.is_empty(), "{case}: a push is open");
        assert!(answer != Some(true) || devices.is_empty(), "{case}: it was said to be done");
        let again = store.store().deregister_device(&user(), DEVICE).await.ok();
        assert_eq!(again, Some(!devices.is_empty()), "{case}");
        assert!(store.open_messages().await.is_empty(), "{case}: a push is open");
    })
    .await;
}

/// What has nothing to do with the half that is down goes on.
#[tokio::test]
async fn codes_need_no_records() {
    let (halves, down) = (Halves::default(), Arc::new(Faults::from(0, false)));
    let store = halves.failing(Failing::Records, &down);
    let login = data_adapter_testkit::step("op", "login", Some(user().as_str()));
    let challenge = data_adapter_testkit::challenge("m", &login, at(0));
    store.store().open(challenge, &[]).await.expect("it is opened");
    assert_eq!(store.prove("m").await, Some(Guess::Accepted));
    assert!(!down.have_begun(), "the records were asked");
}
