use data_adapter_core::{AccountStatus, Extras, OrganizationId, User};
use data_adapter_sca::{CallUnderWay, EnrolledFactor, Enrolment, FactorChannel, Factors, Verification};
use secrecy::SecretString;

use super::*;
use crate::AuditedFactors;

/// Answers everything in one way.
struct Always(Enrolment, Verification, bool);

#[async_trait]
impl Factors for Always {
    async fn list(&self, _: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        Ok(Vec::new())
    }

    async fn enrol_otp(&self, _: &User, _: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        Ok(self.0)
    }

    async fn verify_otp(&self, _: &User, _: &SecretString) -> Result<Verification, AdapterError> {
        Ok(self.1)
    }

    async fn enrol_push(
        &self,
        _: &User,
        _: FactorChannel,
        _: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        Ok(self.0)
    }

    async fn unlink(&self, _: &User, _: FactorChannel) -> Result<bool, AdapterError> {
        Ok(self.2)
    }
}

fn user() -> User {
    User {
        id: UserId::new("71"),
        organization: OrganizationId::new("RETAIL"),
        given_name: None,
        family_name: None,
        phone: None,
        language: None,
        status: AccountStatus::Active,
        extras: Extras::default(),
    }
}

/// The lines of one of each, as event, outcome, reason and channel.
async fn lines(behind: Always, required: bool, until: Option<Timestamp>) -> Vec<[String; 4]> {
    let bench = Bench::new();
    let factors = AuditedFactors::new(Arc::new(behind), bench.auditor(required, until));
    factors.list(&user()).await.unwrap();
    factors.enrol_otp(&user(), None).await.unwrap();
    factors.verify_otp(&user(), &CODE.into()).await.unwrap();
    factors.enrol_push(&user(), FactorChannel::Authy, None).await.unwrap();
    factors.unlink(&user(), FactorChannel::Biometric).await.unwrap();
    drop(factors);
    let lines = bench.lines();
    assert!(lines.iter().all(|line| line["user"] == "71"), "{lines:?}");
    let texts = |line: &Value| {
        ["event", "outcome", "reason", "channel"].map(|name| line[name].as_str().unwrap_or("").to_owned())
    };
    lines.iter().map(texts).collect()
}

#[tokio::test]
async fn what_is_done_to_factors_leaves_a_line_each() {
    let done = Always(Enrolment::Sent, Verification::Activated, true);
    let expected = [
        ["factor_enrolment", "succeeded", "", "sms"],
        ["factor_verification", "succeeded", "", "sms"],
        ["factor_enrolment", "succeeded", "", "authy"],
        ["factor_unlinked", "succeeded", "", "biometric"],
    ];
    assert_eq!(lines(done, false, None).await, expected);
}

#[tokio::test]
async fn what_is_not_done_to_factors_says_why() {
    let refused = Always(Enrolment::LimitExceeded, Verification::OneLeft, false);
    let expected = [
        ["factor_enrolment", "failed", "limit_exceeded", "sms"],
        ["factor_verification", "failed", "one_left", "sms"],
        ["factor_enrolment", "failed", "limit_exceeded", "authy"],
        ["factor_unlinked", "requested", "", "biometric"],
        ["factor_unlinked", "failed", "not_registered", "biometric"],
    ];
    assert_eq!(lines(refused, true, None).await, expected);
}

#[tokio::test]
async fn a_wrong_code_of_a_factor_tells_of_the_block_that_it_started() {
    let until = "2026-01-01T12:30:00Z".parse().unwrap();
    let spent = Always(Enrolment::Sent, Verification::LimitExceeded, true);
    let lines = lines(spent, false, Some(until)).await;
    assert_eq!(lines[1], ["factor_verification", "failed", "attempts_spent", "sms"]);
    assert_eq!(lines[2][..2], ["blocked", "succeeded"]);
}
