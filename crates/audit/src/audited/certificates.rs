use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, CertificateAuthentication, CertificateCredentials, CertificateQuery, User,
};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records each certificate that is checked for a user. A certificate in place of a username is a lookup, which is not
/// recorded.
pub struct AuditedCertificates {
    inner: Arc<dyn CertificateAuthentication>,
    auditor: Arc<Auditor>,
}

impl AuditedCertificates {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn CertificateAuthentication>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl CertificateAuthentication for AuditedCertificates {
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        self.inner.owner(query).await
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        let event = AuditEvent::new(EventKind::CertificateVerification)
            .of(Some(&credentials.user), credentials.organization.as_ref())
            .within(&credentials.operation);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.verify(credentials).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, None),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
