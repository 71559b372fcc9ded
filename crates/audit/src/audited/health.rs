use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, PartHealth, SystemHealth};

use super::administration::seen;
use crate::auditor::Auditor;
use crate::event::{AuditEvent, EventKind};

/// Records who looks how the parts of the system are.
pub struct AuditedHealth {
    inner: Arc<dyn SystemHealth>,
    auditor: Arc<Auditor>,
}

impl AuditedHealth {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn SystemHealth>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl SystemHealth for AuditedHealth {
    async fn health(&self) -> Result<Vec<PartHealth>, AdapterError> {
        let event = AuditEvent { view: Some("health"), ..AuditEvent::new(EventKind::Viewed) };
        let step = self.auditor.begin(event).await?;
        seen(step, self.inner.health().await).await
    }
}
