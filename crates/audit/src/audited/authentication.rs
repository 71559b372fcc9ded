use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Authentication, AuthenticationOutcome, Credentials, Restriction};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};

/// Records each authentication, whatever back end checks the password.
pub struct AuditedAuthentication {
    inner: Arc<dyn Authentication>,
    auditor: Arc<Auditor>,
}

impl AuditedAuthentication {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Authentication>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl Authentication for AuditedAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let event = AuditEvent::new(EventKind::Authentication)
            .of(Some(&credentials.user), credentials.organization.as_ref())
            .within(&credentials.operation);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.authenticate(credentials).await;
        match &result {
            Ok(AuthenticationOutcome::Succeeded { tolerated, .. }) => {
                step.came_to(AuditOutcome::Succeeded, tolerated.map(Restriction::name));
            }
            Ok(AuthenticationOutcome::Failed { remaining_attempts }) => {
                step.came_to(AuditOutcome::Failed, None);
                step.change(|event| event.remaining_attempts = *remaining_attempts);
            }
            Ok(AuthenticationOutcome::Restricted { restriction, remaining_attempts, .. }) => {
                step.came_to(AuditOutcome::Failed, Some(restriction.name()));
                step.change(|event| event.remaining_attempts = *remaining_attempts);
            }
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[(&credentials.user, Factor::Password)]).await?;
        result
    }
}
