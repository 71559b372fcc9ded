use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness, Step};
use data_adapter_sca::{GatewayError, HandedOver, Receipts, SmsGateway, SmsMessage};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::composer::Composer;
use crate::connector::Connector;
use crate::link::Link;
use crate::message_id::{ReceiptIds, is_id};
use crate::settings::{SmppSettings, SmppSettingsError};
use crate::supervisor::Supervisor;

/// A message leaves within this part of the deadline, or never, so that there is time for another gateway.
const PART_TO_BEGIN: u32 = 3;
/// How long the end of the session is waited for beyond the answers that are missing.
const STOP: Duration = Duration::from_secs(2);

/// An SMSC. It is bound to from [`start`](Self::start) on, until [`stop`](Self::stop) or until this is dropped.
pub struct SmppGateway {
    id: String,
    composer: Composer,
    connector: Arc<Connector>,
    link: Arc<Link>,
    receipt_ids: ReceiptIds,
    timeout: Duration,
    stop: watch::Sender<bool>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
}

impl SmppGateway {
    /// Makes ready to bind to an SMSC, which may be down now. `id` is what the configuration calls it.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why.
    pub fn new(id: String, settings: &SmppSettings) -> Result<Arc<Self>, SmppSettingsError> {
        settings.check_numbers()?;
        Ok(Arc::new(Self {
            id,
            composer: Composer::new(settings)?,
            connector: Arc::new(Connector::new(settings)?),
            link: Arc::new(Link::new(settings.window, Duration::from_millis(settings.pause_ms))),
            receipt_ids: settings.receipt_ids,
            timeout: settings.timeout(),
            stop: watch::Sender::new(false),
            supervisor: Mutex::default(),
        }))
    }

    /// Binds, and binds again whenever the session breaks, as a task of the runtime that this is called in. `receipts` is told
    /// what the SMSC reports. Once only: later calls do nothing.
    pub fn start(self: &Arc<Self>, receipts: Arc<dyn Receipts>) {
        let mut running = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return;
        }
        let supervisor = Supervisor {
            gateway: self.id.clone(),
            connector: Arc::clone(&self.connector),
            link: Arc::clone(&self.link),
            receipt_ids: self.receipt_ids,
            receipts,
        };
        *running = Some(tokio::spawn(supervisor.run(self.stop.subscribe())));
    }

    /// Waits until there is a session.
    pub async fn bound(&self) {
        self.link.until_bound().await;
    }

    /// Sends nothing any more, waits for the answers that are missing, and unbinds.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let running = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            drop(timeout(self.timeout + STOP, running).await);
        }
    }
}

#[async_trait]
impl SmsGateway for SmppGateway {
    /// Sends the parts one by one, so that a message of which the first is refused is refused whole.
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        let parts = self.composer.submits(message)?;
        let now = Instant::now();
        let (begin, deadline) = (now + self.timeout / PART_TO_BEGIN, now + self.timeout);
        let count = parts.len();
        let mut references = Vec::with_capacity(count);
        for (taken, part) in parts.into_iter().enumerate() {
            let begin = if taken == 0 { begin } else { deadline };
            match self.link.submit(part, begin, deadline).await {
                Ok(reference) => references.push(reference),
                Err(error) if taken == 0 => return Err(error),
                Err(error) => {
                    return Err(GatewayError::Unknown(format!(
                        "{taken} of {count} parts were taken: {error}"
                    )));
                }
            }
        }
        let references = references.into_iter().map(|id| self.receipt_ids.of_answer(&id));
        let references = references.filter(|id| is_id(id)).collect();
        Ok(HandedOver { gateway: Some(self.id.clone()), references })
    }
}

#[async_trait]
impl Readiness for SmppGateway {
    async fn check(&self) -> Result<(), AdapterError> {
        self.link.is_bound().map_err(AdapterError::Unreachable)
    }

    async fn steps(&self) -> Vec<Step> {
        self.connector.steps(self.link.is_bound().is_ok()).await
    }
}
