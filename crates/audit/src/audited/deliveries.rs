use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use data_adapter_sca::{Delivery, DeliveryStatus, DeliveryStore, NewDelivery, Receipt, Receipted};
use jiff::Timestamp;

use crate::auditor::{Auditor, Step};
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records what became of messages, as often as it changes.
pub struct AuditedDeliveries {
    inner: Arc<dyn DeliveryStore>,
    auditor: Arc<Auditor>,
}

impl AuditedDeliveries {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn DeliveryStore>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }

    /// Writes the line of what is known of a message from now on.
    async fn tell(&self, mut step: Step<'_>, delivery: &Delivery) -> Result<(), AdapterError> {
        let owner = self.auditor.owner(&delivery.message).await;
        step.change(|event| {
            event.user = owner.map(|user| user.to_string());
            event.message_id = Some(delivery.message.to_string());
            event.gateway = Some(delivery.gateway.clone());
            event.gateway_reason.clone_from(&delivery.reason);
        });
        match delivery.status {
            DeliveryStatus::Delivered => step.came_to(AuditOutcome::Succeeded, None),
            DeliveryStatus::Undelivered => step.came_to(AuditOutcome::Failed, Some("undelivered")),
            // The phone has the part that was lost after all, and of others nobody knows yet.
            DeliveryStatus::HandedOver => {
                step.forget();
                return Ok(());
            }
        }
        step.finish(&[]).await
    }
}

#[async_trait]
impl DeliveryStore for AuditedDeliveries {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        let known = self.inner.hand_over(delivery, now).await?;
        if known.status != DeliveryStatus::HandedOver {
            let step = self.auditor.begin(AuditEvent::new(EventKind::CodeDelivery)).await?;
            self.tell(step, &known).await?;
        }
        Ok(known)
    }

    /// Where lines are required and none can be written, nothing is kept, and the gateway reports it again.
    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        let mut step = self.auditor.begin(AuditEvent::new(EventKind::CodeDelivery)).await?;
        let result = self.inner.keep_receipt(receipt, now).await;
        match &result {
            Ok(Receipted::Changed(delivery)) => self.tell(step, delivery).await?,
            Ok(Receipted::Part | Receipted::Known | Receipted::NoMessage) => step.forget(),
            Err(error) => {
                step.came_to_error(error);
                step.change(|event| event.gateway = Some(receipt.gateway.clone()));
                step.finish(&[]).await?;
            }
        }
        result
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        self.inner.deliveries(messages).await
    }
}
