use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, User};
use data_adapter_sca::{CallUnderWay, EnrolledFactor, Enrolment, FactorChannel, Factors, Verification};
use secrecy::SecretString;

use crate::auditor::{Auditor, Step};
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};

/// Records which factors users enrol, prove and unlink.
pub struct AuditedFactors {
    inner: Arc<dyn Factors>,
    auditor: Arc<Auditor>,
}

impl AuditedFactors {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Factors>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

fn event(kind: EventKind, user: &User, channel: FactorChannel) -> AuditEvent {
    let channel = match channel {
        FactorChannel::Sms => "sms",
        FactorChannel::Authy => "authy",
        FactorChannel::Biometric => "biometric",
    };
    let event = AuditEvent { channel: Some(channel), ..AuditEvent::new(kind) };
    event.of(Some(&user.id), Some(&user.organization))
}

async fn enrolled(
    mut step: Step<'_>,
    result: Result<Enrolment, AdapterError>,
) -> Result<Enrolment, AdapterError> {
    let reason = |enrolment| match enrolment {
        Enrolment::Sent => None,
        Enrolment::AlreadyRegistered => Some("already_registered"),
        Enrolment::NumberNotAvailable => Some("number_not_available"),
        Enrolment::NumberInvalid => Some("number_invalid"),
        Enrolment::CredentialsInactive => Some("credentials_inactive"),
        Enrolment::ChannelNotSupported => Some("channel_not_supported"),
        Enrolment::LimitExceeded => Some("limit_exceeded"),
        Enrolment::Stopped(limit) => Some(limit.name()),
        Enrolment::NotDelivered => Some("not_delivered"),
        Enrolment::NotReady => Some("not_ready"),
        Enrolment::CallOver => Some("call_over"),
    };
    match &result {
        Ok(Enrolment::Sent) => step.came_to(AuditOutcome::Succeeded, None),
        Ok(refused) => step.came_to(AuditOutcome::Failed, reason(*refused)),
        Err(error) => step.came_to_error(error),
    }
    step.finish(&[]).await?;
    result
}

/// Why a code proved nothing.
fn explain(verification: Verification) -> Option<&'static str> {
    match verification {
        Verification::Activated => None,
        Verification::Wrong => Some("wrong"),
        Verification::OneLeft => Some("one_left"),
        Verification::LimitExceeded => Some("attempts_spent"),
        Verification::Expired => Some("expired"),
        Verification::StateInvalid => Some("state_invalid"),
        Verification::AlreadyRegistered => Some("already_registered"),
    }
}

#[async_trait]
impl Factors for AuditedFactors {
    async fn list(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.inner.list(user).await
    }

    async fn enrol_otp(&self, user: &User, call: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        let event = event(EventKind::FactorEnrolment, user, FactorChannel::Sms);
        let step = self.auditor.begin(event).await?;
        enrolled(step, self.inner.enrol_otp(user, call).await).await
    }

    async fn verify_otp(&self, user: &User, code: &SecretString) -> Result<Verification, AdapterError> {
        let event = event(EventKind::FactorVerification, user, FactorChannel::Sms);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.verify_otp(user, code).await;
        match &result {
            Ok(Verification::Activated) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(refused) => step.came_to(AuditOutcome::Failed, explain(*refused)),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[(&user.id, Factor::Code)]).await?;
        result
    }

    async fn enrol_push(
        &self,
        user: &User,
        channel: FactorChannel,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        let step = self.auditor.begin(event(EventKind::FactorEnrolment, user, channel)).await?;
        enrolled(step, self.inner.enrol_push(user, channel, call).await).await
    }

    async fn unlink(&self, user: &User, channel: FactorChannel) -> Result<bool, AdapterError> {
        let mut step = self.auditor.announce(event(EventKind::FactorUnlinked, user, channel)).await?;
        let result = self.inner.unlink(user, channel).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("not_registered")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
