use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{CallContext, Readiness};
use data_adapter_sca::{GatewayError, HandedOver, SmsGateway, SmsMessage};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::record::Recorder;
use crate::route::Route;

/// Several gateways, in the order in which they are asked.
pub struct Routes {
    routes: Vec<Arc<Route>>,
    deadline: Duration,
    recorder: Arc<Recorder>,
}

impl Routes {
    /// All of `routes` together have `deadline` to take a message. `recorder` keeps which of them did.
    #[must_use]
    pub fn new(routes: Vec<Route>, deadline: Duration, recorder: Arc<Recorder>) -> Self {
        Self { routes: routes.into_iter().map(Arc::new).collect(), deadline, recorder }
    }

    /// Whether each gateway takes messages, by its id.
    #[must_use]
    pub fn checks(&self) -> Vec<(String, Arc<dyn Readiness>)> {
        self.routes.iter().map(|route| (route.id().to_owned(), Arc::clone(route) as _)).collect()
    }

    /// Those that take a message, the one that fits best first, and those that fit alike in their order.
    fn candidates(&self, message: &SmsMessage) -> Vec<Arc<Route>> {
        let fitting = self.routes.iter().filter_map(|route| Some((route.takes().fit(message)?, route)));
        let mut fitting: Vec<_> = fitting.collect();
        fitting.sort_by_key(|(fit, _)| *fit);
        fitting.into_iter().map(|(_, route)| Arc::clone(route)).collect()
    }
}

#[async_trait]
impl SmsGateway for Routes {
    /// What began ends, whether its caller is still there or not: a message that is half handed over would be one of which nobody
    /// knows.
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        let candidates = self.candidates(message);
        if candidates.is_empty() {
            return Err(GatewayError::Refused("no gateway is for this number and organization".to_owned()));
        }
        let ends = Instant::now() + self.deadline;
        let attempt = Attempt { message: message.clone(), ends, recorder: Arc::clone(&self.recorder) };
        let handing_over = attempt.go(candidates);
        let sending = tokio::spawn(CallContext::carry(handing_over).in_current_span());
        sending.await.unwrap_or_else(|_| Err(GatewayError::Unknown("handing it over ended early".to_owned())))
    }
}

/// A message that is being handed over.
struct Attempt {
    message: SmsMessage,
    ends: Instant,
    recorder: Arc<Recorder>,
}

impl Attempt {
    /// Asks one gateway after the other, those that failed lately after all others.
    async fn go(self, candidates: Vec<Arc<Route>>) -> Result<HandedOver, GatewayError> {
        let mut skipped = Vec::new();
        let mut last = None;
        for route in candidates {
            if !route.health.admits() {
                route.skip();
                skipped.push(route);
                continue;
            }
            match self.ask(&route).await {
                Err(GatewayError::Unavailable(why)) => last = Some(why),
                known => return known,
            }
        }
        for route in skipped {
            match self.ask(&route).await {
                Err(GatewayError::Unavailable(why)) => last = Some(why),
                known => return known,
            }
        }
        Err(GatewayError::Unavailable(last.unwrap_or_default()))
    }

    async fn ask(&self, route: &Route) -> Result<HandedOver, GatewayError> {
        let left = self.ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(GatewayError::Unavailable("no time was left to ask it".to_owned()));
        }
        let result = route.send(&self.message, left).await;
        match &result {
            Ok(handed) => self.recorder.taken(&self.message, route.id(), handed).await,
            Err(error @ GatewayError::Unavailable(_)) => {
                tracing::warn!(gateway = route.id(), message_id = %self.message.message, %error, "another one is asked, if there is one");
            }
            Err(error @ (GatewayError::Refused(_) | GatewayError::Unknown(_))) => {
                tracing::warn!(gateway = route.id(), message_id = %self.message.message, %error, "no other one is asked");
            }
        }
        result
    }
}

#[cfg(test)]
mod tests;
