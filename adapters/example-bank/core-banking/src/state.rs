use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What core banking keeps.
#[derive(Default)]
pub(crate) struct State {
    asked: Mutex<Vec<String>>,
    events: Mutex<Vec<Value>>,
    delay: watch::Sender<Duration>,
}

impl State {
    pub(crate) fn set_delay(&self, delay: Duration) {
        self.delay.send_replace(delay);
    }

    /// Waits as long as each answer takes now, also where that changes meanwhile.
    pub(crate) async fn wait(&self) {
        let (begun, mut delay) = (Instant::now(), self.delay.subscribe());
        loop {
            let end = begun + *delay.borrow_and_update();
            tokio::select! {
                () = sleep_until(end) => return,
                _ = delay.changed() => {}
            }
        }
    }

    pub(crate) fn record(&self, request: String) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is told again is nothing new.
    pub(crate) fn tell(&self, event: Value) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if !events.contains(&event) {
            events.push(event);
        }
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
