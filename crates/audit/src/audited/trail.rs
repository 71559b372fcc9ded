use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{AuditTrail, TrailPage, TrailSearch};

use super::administration::seen;
use crate::auditor::Auditor;
use crate::event::{AuditEvent, EventKind};

/// Records who looks for what in the audit log itself.
pub struct AuditedTrail {
    inner: Arc<dyn AuditTrail>,
    auditor: Arc<Auditor>,
}

impl AuditedTrail {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn AuditTrail>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl AuditTrail for AuditedTrail {
    async fn lines(&self, search: &TrailSearch) -> Result<Option<TrailPage>, AdapterError> {
        let event = AuditEvent {
            view: Some("audit"),
            operation_id: search.operation.clone(),
            ..AuditEvent::new(EventKind::Viewed).of(search.user.as_ref(), None)
        };
        let step = self.auditor.begin(event).await?;
        seen(step, self.inner.lines(search).await).await
    }
}
