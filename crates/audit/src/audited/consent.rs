use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Consent, ConsentForm, ConsentRequest, ConsentSubmission, ConsentValidation,
};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records each consent that is to be kept, whoever keeps it.
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

#[async_trait]
impl Consent for AuditedConsent {
    async fn init(&self, request: &ConsentRequest) -> Result<Option<ConsentForm>, AdapterError> {
        self.inner.init(request).await
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        self.inner.create(request).await
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        self.inner.validate(submission).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let request = &submission.request;
        let event = AuditEvent::new(EventKind::Consent)
            .of(Some(&request.user), request.organization.as_ref())
            .within(&request.operation);
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
