use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification,
    Credentials, IssuedCode, OperationId, Restriction, SmsOtp, UserId, VerificationOutcome,
};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};

/// Records the life of one-time codes, whoever makes them.
pub struct AuditedSmsOtp {
    inner: Arc<dyn SmsOtp>,
    auditor: Arc<Auditor>,
}

impl AuditedSmsOtp {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn SmsOtp>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }

    async fn guessed_at(&self, verification: &CodeVerification) -> UserId {
        self.auditor.guessed_at(&verification.message, verification.user.as_ref()).await
    }
}

fn verification_event(kind: EventKind, verification: &CodeVerification) -> AuditEvent {
    let event = AuditEvent::new(kind)
        .of(verification.user.as_ref(), verification.organization.as_ref())
        .within(&verification.operation)
        .bound_to(&verification.binding);
    AuditEvent { message_id: Some(verification.message.as_str().to_owned()), ..event }
}

/// Why a code was not accepted, and the guesses that are left.
fn explain(outcome: VerificationOutcome) -> (Option<&'static str>, Option<u32>) {
    match outcome {
        VerificationOutcome::Succeeded => (None, None),
        VerificationOutcome::Wrong { remaining_attempts } => (Some("wrong"), remaining_attempts),
        VerificationOutcome::Empty { remaining_attempts } => (Some("empty"), remaining_attempts),
        VerificationOutcome::UnknownMessage => (Some("unknown_message"), None),
        VerificationOutcome::Expired => (Some("expired"), None),
        VerificationOutcome::AlreadyUsed => (Some("already_used"), None),
        VerificationOutcome::AttemptsSpent => (Some("attempts_spent"), None),
    }
}

/// Sets what became of a new code. What a limit stopped was not made: the id is that of the code before, if there is one.
fn created(event: &mut AuditEvent, issued: &IssuedCode) {
    event.message_id = Some(issued.message.as_str().to_owned());
    delivered(event, issued.delivery);
}

fn delivered(event: &mut AuditEvent, delivery: CodeDelivery) {
    match delivery {
        CodeDelivery::Succeeded => {
            event.came_to(AuditOutcome::Succeeded, None);
            event.delivery = Some("succeeded");
        }
        CodeDelivery::Failed => {
            event.came_to(AuditOutcome::Succeeded, None);
            event.delivery = Some("failed");
        }
        CodeDelivery::Stopped(limit) => event.came_to(AuditOutcome::Failed, Some(limit.name())),
    }
}

#[async_trait]
impl SmsOtp for AuditedSmsOtp {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let event = AuditEvent::new(EventKind::CodeCreated)
            .of(request.user.as_ref(), request.organization.as_ref())
            .within(&request.operation)
            .bound_to(&request.binding);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.create(request).await;
        match &result {
            Ok(Some(issued)) => step.change(|event| created(event, issued)),
            Ok(None) => step.came_to(AuditOutcome::Failed, Some("unknown_user")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        let event = verification_event(EventKind::CodeVerification, verification);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.verify(verification).await;
        match &result {
            Ok(VerificationOutcome::Succeeded) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(outcome) => {
                let (reason, remaining_attempts) = explain(*outcome);
                step.came_to(AuditOutcome::Failed, reason);
                step.change(|event| event.remaining_attempts = remaining_attempts);
            }
            Err(error) => step.came_to_error(error),
        }
        if matches!(&result, Ok(outcome) if !outcome.succeeded()) {
            let suspect = self.guessed_at(verification).await;
            step.finish(&[(&suspect, Factor::Code)]).await?;
        } else {
            step.finish(&[]).await?;
        }
        result
    }

    /// Both factors are asked for blocks whichever was wrong: nothing, the time included, tells which.
    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let user = (!credentials.is_nobody).then_some(&credentials.user);
        let event = verification_event(EventKind::CodeAndPasswordVerification, verification)
            .of(user, credentials.organization.as_ref());
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.verify_with_password(verification, credentials).await;
        match &result {
            Ok(CodeAndPasswordOutcome::Succeeded { tolerated }) => {
                step.came_to(AuditOutcome::Succeeded, tolerated.map(Restriction::name));
            }
            Ok(CodeAndPasswordOutcome::Failed) => step.came_to(AuditOutcome::Failed, None),
            Ok(CodeAndPasswordOutcome::Restricted { restriction, .. }) => {
                step.came_to(AuditOutcome::Failed, Some(restriction.name()));
            }
            Err(error) => step.came_to_error(error),
        }
        if matches!(&result, Ok(outcome) if !outcome.succeeded()) {
            let suspect = self.guessed_at(verification).await;
            step.finish(&[(&suspect, Factor::Code), (&credentials.user, Factor::Password)]).await?;
        } else {
            step.finish(&[]).await?;
        }
        result
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        let event = AuditEvent::new(EventKind::CodeForwarded)
            .of(message.user.as_ref(), message.organization.as_ref())
            .within(&message.operation)
            .bound_to(&message.binding);
        let event = AuditEvent { message_id: Some(message.message.as_str().to_owned()), ..event };
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.send(message).await;
        match &result {
            Ok(Some(known)) => step.change(|event| delivered(event, *known)),
            Ok(None) => step.came_to(AuditOutcome::Failed, Some("unknown_user")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        self.inner.end_operation(operation).await
    }
}
