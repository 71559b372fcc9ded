use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, MessageId, OperationId, OperationName, PhoneNumber, Readiness as _, UserId,
};
use data_adapter_sca::{Receipt, Receipts, SmsMessage};
use data_adapter_sms_smpp::{SmppGateway, SmppSettings};
use tokio::time::{sleep, timeout};

use crate::smsc::{PATIENCE, Smsc};

/// Keeps the receipts that it is told of, unless it is broken.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) is_broken: AtomicBool,
    receipts: Mutex<Vec<Receipt>>,
}

#[async_trait]
impl Receipts for Kept {
    async fn received(&self, receipt: &Receipt) -> Result<bool, AdapterError> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(AdapterError::Internal("the disk is full".to_owned()));
        }
        self.receipts.lock().expect("nobody panicked").push(receipt.clone());
        Ok(true)
    }
}

impl Kept {
    pub(crate) fn taken(&self) -> Vec<Receipt> {
        std::mem::take(&mut self.receipts.lock().expect("nobody panicked"))
    }
}

/// How the SMSCs of the tests are bound to.
pub(crate) fn settings(smsc: &Smsc) -> SmppSettings {
    SmppSettings {
        url: format!("smpp://{}", smsc.address()),
        system_id: "bank".to_owned(),
        password: Some("s3cret".to_owned().into()),
        // Far more than an answer takes on any machine.
        timeout_ms: 20_000,
        ..SmppSettings::default()
    }
}

/// A gateway that binds, and what it was told of.
pub(crate) fn start(settings: &SmppSettings) -> (Arc<SmppGateway>, Arc<Kept>) {
    let gateway = SmppGateway::new("primary".to_owned(), settings).expect("settings that can be used");
    let kept = Arc::new(Kept::default());
    gateway.start(kept.clone());
    (gateway, kept)
}

/// Waits until it has bound, or has not, and says why.
pub(crate) async fn until(gateway: &SmppGateway, is_bound: bool) -> String {
    let wait = async {
        loop {
            match gateway.check().await {
                Ok(()) if is_bound => return String::new(),
                // At first nothing was tried yet.
                Err(why) if !is_bound && !why.to_string().contains("yet") => return why.to_string(),
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(PATIENCE, wait).await.expect("it happens")
}

/// A gateway that has bound.
pub(crate) async fn bound(settings: &SmppSettings) -> (Arc<SmppGateway>, Arc<Kept>) {
    let (gateway, kept) = start(settings);
    until(&gateway, true).await;
    (gateway, kept)
}

pub(crate) fn message(text: &str) -> SmsMessage {
    SmsMessage {
        message: MessageId::new("m"),
        operation: OperationId::new("o"),
        name: OperationName::new("login"),
        user: UserId::new("u"),
        organization: None,
        to: PhoneNumber::new("+420777123456"),
        sender: Some("Bank".to_owned()),
        text: text.to_owned().into(),
    }
}
