//! What is kept of messages that gateways took.

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Clock};
use data_adapter_sca::{
    DeliveryStatus, DeliveryStore, HandedOver, NewDelivery, Receipt, Receipted, Receipts, SmsMessage,
};

/// Keeps which gateway took a message, and what became of it.
pub struct Recorder {
    deliveries: Arc<dyn DeliveryStore>,
    clock: Arc<dyn Clock>,
}

impl Recorder {
    /// Keeps it in `deliveries`.
    #[must_use]
    pub fn new(deliveries: Arc<dyn DeliveryStore>, clock: Arc<dyn Clock>) -> Self {
        Self { deliveries, clock }
    }

    /// Keeps that a gateway took a message. The user has it by now, or will: where this can't be kept, only its receipts are lost.
    pub(crate) async fn taken(&self, message: &SmsMessage, gateway: &str, handed: &HandedOver) {
        let delivery = NewDelivery {
            message: message.message.clone(),
            gateway: gateway.to_owned(),
            references: handed.references.clone(),
        };
        if let Err(error) = self.deliveries.hand_over(&delivery, self.clock.now()).await {
            tracing::warn!(message_id = %message.message, gateway, %error, "nobody will know what became of a message");
        }
    }
}

#[async_trait]
impl Receipts for Recorder {
    async fn received(&self, receipt: &Receipt) -> Result<bool, AdapterError> {
        let receipt = Receipt { reason: receipt.reason.as_deref().and_then(short), ..receipt.clone() };
        let kept = self.deliveries.keep_receipt(&receipt, self.clock.now()).await?;
        let event = match (&kept, receipt.status) {
            (Receipted::NoMessage, _) => "no_message",
            (Receipted::Known, _) => "known",
            (Receipted::Changed(_) | Receipted::Part, DeliveryStatus::Delivered) => "delivered",
            (Receipted::Changed(_) | Receipted::Part, _) => "undelivered",
        };
        let labels = [("gateway", receipt.gateway), ("event", event.to_owned())];
        metrics::counter!("data_adapter_sms_receipts_total", &labels).increment(1);
        Ok(matches!(kept, Receipted::Changed(_) | Receipted::Part))
    }
}

/// A code as gateways have it, or two with a blank between them; `None` for anything else, such as a sentence, or whatever has
/// as many digits as a phone number or a one-time code.
fn short(reason: &str) -> Option<String> {
    const LONGEST: usize = 32;
    const DIGITS: usize = 5;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.: ".contains(&byte);
    let count = |is: fn(&u8) -> bool| reason.bytes().filter(is).count();
    let is_code = (1..=LONGEST).contains(&reason.len())
        && reason.bytes().all(plain)
        && count(u8::is_ascii_digit) <= DIGITS
        && count(|byte| *byte == b' ') <= 1;
    is_code.then(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_short_code_or_not_kept() {
        for code in ["UNDELIV", "UNDELIV 011", "30005", "EC_ABSENT_SUBSCRIBER", "000"] {
            assert_eq!(short(code).as_deref(), Some(code));
        }
        for other in [
            "",
            "420606123456",
            "no route to +420606123456",
            "Your code is 1",
            "code 123456",
            &"A".repeat(33),
            "é",
        ] {
            assert_eq!(short(other), None, "{other}");
        }
    }
}
