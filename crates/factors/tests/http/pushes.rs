//! Proving a device by a push.

use crate::bench::{BLOCKED, Bench, USER, Wish};
use actix_web::http::Method;

#[actix_web::test]
async fn what_the_user_decides_on_the_device_decides_the_factor() {
    for (accepted, status) in [(true, "ACTIVE"), (false, "INACTIVE")] {
        let bench = Bench::new();
        let served = bench.serve().await;
        let user = served.user(bench.token(USER));
        user.enrol_push().await.assert_bare(204);
        assert_eq!(user.factors().await, [("AUTHY".to_owned(), "PENDING_VERIFICATION".to_owned())]);
        assert!(bench.decide(accepted).await);
        assert_eq!(user.status().await, status);
        assert!(!bench.decide(!accepted).await, "it is decided");
        assert_eq!(user.status().await, status);
    }
}

#[actix_web::test]
async fn without_a_decision_a_factor_stays_pending_and_can_be_asked_for_again() {
    let bench = Bench::new();
    let served = bench.serve().await;
    served.user(bench.token(USER)).enrol_push().await;
    bench.advance(300);
    let user = served.user(bench.token(USER));
    assert!(!bench.decide(true).await, "it is over");
    assert_eq!(user.status().await, "PENDING_VERIFICATION");
    user.enrol_push().await.assert_bare(204);
    assert!(bench.decide(true).await);
    assert_eq!(user.status().await, "ACTIVE");
    assert_eq!(user.enrol_push().await.conflict(), "CHANNEL_ALREADY_REGISTERED");
}

#[actix_web::test]
async fn a_device_is_unlinked_once() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    assert_eq!(user.unlink("AUTHY").await.conflict(), "CHANNEL_NOT_REGISTERED");
    user.enrol_push().await;
    bench.decide(true).await;
    user.unlink("AUTHY").await.assert_bare(204);
    assert!(user.factors().await.is_empty());
    for channel in ["AUTHY", "BIOMETRIC"] {
        assert_eq!(user.unlink(channel).await.conflict(), "CHANNEL_NOT_REGISTERED");
    }
    user.enrol_push().await.assert_bare(204);
}

#[actix_web::test]
async fn who_can_not_be_asked_is_told_why() {
    let bench = Bench::with(Wish { has_pushes: false, ..Wish::default() });
    let served = bench.serve().await;
    assert_eq!(served.user(bench.token(USER)).enrol_push().await.conflict(), "CHANNEL_NOT_READY");
    let bench = Bench::new();
    let served = bench.serve().await;
    assert_eq!(served.user(bench.token(BLOCKED)).enrol_push().await.conflict(), "CREDENTIALS_INACTIVE");
    let biometric = served.user(bench.token(USER)).call(Method::POST, "/push/BIOMETRIC", &[], "").await;
    assert_eq!(biometric.conflict(), "CHANNEL_NOT_SUPPORTED");
    assert!(bench.pushes().is_empty());
}
