use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};
use data_adapter_sca::{GatewayError, HandedOver, SmsGateway, SmsMessage};
use metrics::Counter;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::health::{Health, Patience};
use crate::takes::Takes;

/// What a route is made of.
pub struct RouteParts {
    /// The id of the gateway in the configuration. The log, the metrics and the store call it by that.
    pub id: String,
    /// Which messages it takes.
    pub takes: Takes,
    /// Who takes them.
    pub gateway: Arc<dyn SmsGateway>,
    /// Whether it could take one now, as far as is seen without one; `None` where only messages tell.
    pub readiness: Option<Arc<dyn Readiness>>,
    /// How many messages may be under way to it at once. One more is not handed over to it.
    pub max_concurrent: usize,
    /// How long its failures are put up with.
    pub patience: Patience,
}

/// One gateway, watched.
pub struct Route {
    parts: RouteParts,
    slots: Semaphore,
    pub(crate) health: Health,
    skipped: Counter,
}

impl Route {
    /// Watches a gateway.
    #[must_use]
    pub fn new(parts: RouteParts) -> Self {
        Self {
            slots: Semaphore::new(parts.max_concurrent),
            health: Health::new(&parts.id, parts.patience),
            skipped: metrics::counter!("data_adapter_sms_skipped_total", "gateway" => parts.id.clone()),
            parts,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.parts.id
    }

    pub(crate) fn takes(&self) -> &Takes {
        &self.parts.takes
    }

    /// Counts a message that goes to others first.
    pub(crate) fn skip(&self) {
        self.skipped.increment(1);
    }

    /// Hands a message over, within `left`.
    pub(crate) async fn send(
        &self,
        message: &SmsMessage,
        left: Duration,
    ) -> Result<HandedOver, GatewayError> {
        let started = Instant::now();
        let (outcome, result) = match self.slots.try_acquire() {
            Err(_) => ("busy", Err(self.busy())),
            Ok(_slot) => {
                let result = timeout(left, self.parts.gateway.send(message)).await;
                let result = result.unwrap_or_else(|_| Err(late(left)));
                self.health.note(&result);
                (outcome(&result), result)
            }
        };
        let labels = [("gateway", self.parts.id.clone()), ("outcome", outcome.to_owned())];
        metrics::histogram!("data_adapter_sms_send_seconds", &labels).record(started.elapsed());
        result.map(|handed| HandedOver { gateway: Some(self.parts.id.clone()), ..handed })
    }

    /// A gateway that is busy is not down.
    fn busy(&self) -> GatewayError {
        let most = self.parts.max_concurrent;
        GatewayError::Unavailable(format!("{most} messages are under way to it, which are all that may be"))
    }
}

/// It may have the message.
fn late(left: Duration) -> GatewayError {
    GatewayError::Unknown(format!("it did not answer within the {left:?} that were left"))
}

fn outcome(result: &Result<HandedOver, GatewayError>) -> &'static str {
    match result {
        Ok(_) => "taken",
        Err(GatewayError::Unavailable(_)) => "unavailable",
        Err(GatewayError::Refused(_)) => "refused",
        Err(GatewayError::Unknown(_)) => "unknown",
    }
}

#[async_trait]
impl Readiness for Route {
    async fn check(&self) -> Result<(), AdapterError> {
        if let Some(readiness) = &self.parts.readiness {
            readiness.check().await?;
        }
        if self.health.is_down() {
            return Err(AdapterError::Remote("it failed for the last messages".to_owned()));
        }
        Ok(())
    }
}
