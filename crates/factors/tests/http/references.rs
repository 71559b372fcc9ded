//! Calls that have one effect, however often they are made.

use std::sync::Arc;

use actix_web::http::Method;
use async_trait::async_trait;
use data_adapter_core::{AdapterError, User};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    Begun, CallUnderWay, EnrolledFactor, Enrolment, FactorChannel, Factors, IdempotencyKey, IdempotencyStore,
    StoredAnswer, Verification,
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::bench::{Bench, USER, verification, wrong};

#[actix_web::test]
async fn the_same_call_is_answered_again_and_sends_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for _ in 0..3 {
        user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", "one")], "").await.assert_bare(204);
    }
    assert_eq!(bench.messages(), 1);
    for _ in 0..2 {
        user.call(Method::POST, "/push/AUTHY", &[("idempotency-ref", "two")], "").await.assert_bare(204);
    }
    assert_eq!(bench.pushes().len(), 1);
    let body = verification(&bench.code());
    for _ in 0..2 {
        let answered =
            user.call(Method::POST, "/otp/SMS/verify", &[("idempotency-ref", "three")], &body).await;
        answered.assert_bare(204);
    }
}

#[actix_web::test]
async fn without_a_reference_or_with_an_empty_one_each_call_is_another() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for headers in [&[][..], &[("idempotency-ref", "")], &[("idempotency-ref", " ")]] {
        user.call(Method::POST, "/otp/SMS", headers, "").await.assert_bare(204);
    }
    assert_eq!(bench.messages(), 3);
}

#[actix_web::test]
async fn another_call_under_the_same_reference_is_refused() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let reference = [("idempotency-ref", "one")];
    user.call(Method::POST, "/otp/SMS", &reference, "").await.assert_bare(204);
    assert_eq!(user.call(Method::POST, "/push/AUTHY", &reference, "").await.fields(), []);
    let code = bench.code();
    assert_eq!(
        user.call(Method::POST, "/otp/SMS/verify", &reference, &verification(&code)).await.fields(),
        []
    );
    let other = [("idempotency-ref", "two")];
    user.call(Method::POST, "/otp/SMS/verify", &other, &verification(&code)).await.assert_bare(204);
    let another_code = verification(&wrong(&code, 0));
    assert_eq!(user.call(Method::POST, "/otp/SMS/verify", &other, &another_code).await.fields(), []);
    assert!(bench.pushes().is_empty());
}

#[actix_web::test]
async fn a_call_that_failed_frees_its_reference() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    let (reference, code) = ([("idempotency-ref", "one")], bench.code());
    for guess in [wrong(&code, 0), wrong(&code, 1), wrong(&code, 1)] {
        let answered = user.call(Method::POST, "/otp/SMS/verify", &reference, &verification(&guess)).await;
        assert_eq!(answered.conflict(), "VERIFICATION_CODE_INVALID");
    }
    user.call(Method::POST, "/otp/SMS/verify", &reference, &verification(&code)).await.assert_bare(204);
}

#[actix_web::test]
async fn a_reference_is_of_one_user_at_one_programme_and_good_for_a_day() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let reference = [("idempotency-ref", "one")];
    served.user(bench.token(USER)).call(Method::POST, "/otp/SMS", &reference, "").await.assert_bare(204);
    let mut stranger = served.user(bench.token(crate::bench::STRANGER));
    stranger.api_key = crate::bench::OTHER_API_KEY;
    stranger.call(Method::POST, "/push/AUTHY", &reference, "").await.assert_bare(204);
    bench.advance(24 * 3600 - 1);
    served.user(bench.token(USER)).call(Method::POST, "/otp/SMS", &reference, "").await.assert_bare(204);
    assert_eq!(bench.messages(), 1);
}

#[actix_web::test]
async fn fifty_of_the_same_call_at_once_send_one_message() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let call = || user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", "one")], "");
    let answers = join_all((0..50).map(|_| call())).await;
    assert!(answers.iter().any(|answer| answer.status == 204));
    for answer in answers.iter().filter(|answer| answer.status != 204) {
        assert_eq!(answer.conflict(), "REQUEST_UNDER_WAY");
    }
    assert_eq!(bench.messages(), 1);
}

/// Where every call is under way.
struct UnderWay(MemoryStore);

#[async_trait]
impl IdempotencyStore for UnderWay {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        // Somebody else begins it first.
        self.0.begin_call(key, fingerprint, now, lease).await?;
        self.0.begin_call(key, fingerprint, now, lease).await
    }

    async fn finish_call(
        &self,
        _: &IdempotencyKey,
        _: &[u8; 32],
        _: StoredAnswer,
    ) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn free_call(&self, _: &IdempotencyKey, _: &[u8; 32], _: bool) -> Result<(), AdapterError> {
        Ok(())
    }
}

#[actix_web::test]
async fn a_call_that_is_under_way_is_not_made_again() {
    let bench = Bench::new().keeping_calls_in(Arc::new(UnderWay(MemoryStore::default())));
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let answered = user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", "one")], "").await;
    assert_eq!(answered.conflict(), "REQUEST_UNDER_WAY");
    assert_eq!(bench.messages(), 0);
}

/// Those whose enrolments end in an error, as where they leave no line in an audit log that has to have one.
struct Erring {
    factors: Arc<dyn Factors>,
    /// Whether the error comes before anything is done.
    at_once: bool,
}

impl Erring {
    fn error() -> AdapterError {
        AdapterError::Remote("the audit log can't be written".to_owned())
    }
}

#[async_trait]
impl Factors for Erring {
    async fn list(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.factors.list(user).await
    }

    async fn enrol_otp(&self, user: &User, call: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        if !self.at_once {
            self.factors.enrol_otp(user, call).await?;
        }
        Err(Self::error())
    }

    async fn verify_otp(&self, user: &User, code: &SecretString) -> Result<Verification, AdapterError> {
        self.factors.verify_otp(user, code).await
    }

    async fn enrol_push(
        &self,
        user: &User,
        channel: FactorChannel,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        if !self.at_once {
            self.factors.enrol_push(user, channel, call).await?;
        }
        Err(Self::error())
    }

    async fn unlink(&self, user: &User, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.factors.unlink(user, channel).await
    }
}

#[actix_web::test]
async fn a_message_that_left_before_an_error_is_not_sent_again_under_its_reference() {
    let bench = Bench::new().over(|factors| Arc::new(Erring { factors, at_once: false }));
    let served = bench.serve().await;
    let enrol = async |path: &str| {
        // Longer than a call may be under way, and shorter than tokens last.
        bench.advance(200);
        served.user(bench.token(USER)).call(Method::POST, path, &[("idempotency-ref", path)], "").await
    };
    for path in ["/otp/SMS", "/push/AUTHY"] {
        enrol(path).await.assert_bare(503);
        enrol(path).await.assert_bare(204);
    }
    assert_eq!((bench.messages(), bench.pushes().len()), (1, 1));
}

#[actix_web::test]
async fn an_enrolment_that_failed_before_it_did_anything_frees_its_reference() {
    let bench = Bench::new().over(|factors| Arc::new(Erring { factors, at_once: true }));
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for _ in 0..2 {
        user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", "one")], "").await.assert_bare(503);
    }
}

#[actix_web::test]
async fn two_references_contradict_each_other() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let headers = [("idempotency-ref", "one"), ("idempotency-ref", "two")];
    let answered = user.call(Method::POST, "/otp/SMS", &headers, "").await;
    assert_eq!(answered.fields(), [("idempotency-ref", "REGEX")]);
}
