use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Device, DeviceStore, NewDevice};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records which devices users may be asked on.
pub struct AuditedDevices {
    inner: Arc<dyn DeviceStore>,
    auditor: Arc<Auditor>,
}

impl AuditedDevices {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn DeviceStore>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl DeviceStore for AuditedDevices {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        let event = AuditEvent::new(EventKind::DeviceRegistered).of(Some(&device.user), None);
        let mut step = self.auditor.announce(event).await?;
        let result = self.inner.register_device(device).await;
        match &result {
            Ok(device) => {
                step.came_to(AuditOutcome::Succeeded, None);
                step.change(|event| event.device = Some(device.id));
            }
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        self.inner.devices(user).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        let event = AuditEvent::new(EventKind::DeviceDeregistered).of(Some(user), None);
        let mut step = self.auditor.announce(AuditEvent { device: Some(id), ..event }).await?;
        let result = self.inner.deregister_device(user, id).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("unknown_device")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
