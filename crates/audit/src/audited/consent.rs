use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Consent, ConsentForm, ConsentNeed, ConsentRequest, ConsentSubmission, ConsentValidation,
    RememberedConsent,
};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records each consent that is to be kept, whoever keeps it, and each that stands for another one.
pub struct AuditedConsent {
    inner: Arc<dyn Consent>,
    auditor: Arc<Auditor>,
}

impl AuditedConsent {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Consent>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

/// A line about the consent that a request is for.
fn about(kind: EventKind, request: &ConsentRequest) -> AuditEvent {
    let event = AuditEvent::new(kind).of(Some(&request.user), request.organization.as_ref());
    AuditEvent {
        client: request.client.as_ref().map(|client| client.id.clone()),
        scopes: request.client.as_ref().map(|client| client.scopes.iter().cloned().collect()),
        ..event.within(&request.operation)
    }
}

fn relied_on(request: &ConsentRequest, consent: &RememberedConsent) -> AuditEvent {
    AuditEvent {
        form: Some(consent.form.to_string()),
        form_version: Some(consent.version.clone()),
        given_at: Some(format!("{:.3}", consent.given_at)),
        ..about(EventKind::ConsentRemembered, request)
    }
}

#[async_trait]
impl Consent for AuditedConsent {
    /// Relies on nothing that leaves no line where lines are required.
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        let need = self.inner.init(request).await?;
        if let ConsentNeed::Remembered(consent) = &need {
            let mut step = self.auditor.begin(relied_on(request, consent)).await?;
            step.came_to(AuditOutcome::Succeeded, None);
            step.finish(&[]).await?;
        }
        Ok(need)
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        self.inner.create(request).await
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        self.inner.validate(submission).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let request = &submission.request;
        let event = about(EventKind::Consent, request);
        let options = Some(submission.choices.iter().map(Into::into).collect());
        let mut step = self.auditor.announce(AuditEvent { options, ..event }).await?;
        let result = self.inner.save(submission).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("not_kept")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
