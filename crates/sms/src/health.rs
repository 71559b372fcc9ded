use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_adapter_sca::{GatewayError, HandedOver};
use metrics::Gauge;
use tokio::time::Instant;

/// How long failures of a gateway are put up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After so many messages in a row that it did not take, or of which nobody knows, it is asked after the others.
    pub failures: u32,
    /// For how long. Then one message tries it at its place again.
    pub pause: Duration,
}

/// Whether a gateway takes messages, by what became of the last ones.
pub(crate) struct Health {
    gateway: String,
    patience: Patience,
    state: Mutex<State>,
    is_down: Gauge,
}

#[derive(Default)]
struct State {
    failures: u32,
    /// Until when it is asked after the others.
    pauses_until: Option<Instant>,
}

impl Health {
    /// For how long after its pause a gateway is still said to be down that no message has tried since.
    const REMEMBERED: Duration = Duration::from_secs(600);

    pub(crate) fn new(gateway: &str, patience: Patience) -> Self {
        let is_down = metrics::gauge!("data_adapter_sms_gateway_down", "gateway" => gateway.to_owned());
        is_down.increment(0.0);
        Self { gateway: gateway.to_owned(), patience, state: Mutex::default(), is_down }
    }

    /// Whether a message may ask it at its place. After a pause that is one message, and the pause goes on for all others until
    /// it is known what became of that one.
    pub(crate) fn admits(&self) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        match state.pauses_until {
            Some(until) if now < until => false,
            Some(_) => {
                state.pauses_until = Some(now + self.patience.pause);
                true
            }
            None => true,
        }
    }

    /// Whether its last messages failed, as far as is remembered.
    pub(crate) fn is_down(&self) -> bool {
        self.state().pauses_until.is_some_and(|until| Instant::now() < until + Self::REMEMBERED)
    }

    /// Takes note of what became of a message. One that was refused was answered.
    pub(crate) fn note(&self, result: &Result<HandedOver, GatewayError>) {
        let gateway = &self.gateway;
        let mut state = self.state();
        match result {
            Ok(_) | Err(GatewayError::Refused(_)) => {
                if state.pauses_until.is_some() {
                    tracing::info!(gateway, "the SMS gateway takes messages again");
                    self.is_down.decrement(1.0);
                }
                *state = State::default();
            }
            Err(GatewayError::Unavailable(_) | GatewayError::Unknown(_)) => {
                state.failures = state.failures.saturating_add(1);
                if state.failures < self.patience.failures {
                    return;
                }
                if state.pauses_until.is_none() {
                    tracing::error!(
                        gateway,
                        "the SMS gateway failed too often in a row; others go first for now"
                    );
                    self.is_down.increment(1.0);
                }
                state.pauses_until = Some(Instant::now() + self.patience.pause);
            }
        }
    }

    /// Nothing is half done in it when a thread panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gauge is shared with whoever takes its place.
impl Drop for Health {
    fn drop(&mut self) {
        if self.state().pauses_until.is_some() {
            self.is_down.decrement(1.0);
        }
    }
}
