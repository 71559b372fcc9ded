use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

/// What core banking keeps.
#[derive(Default)]
pub(crate) struct State {
    asked: Mutex<Vec<String>>,
    events: Mutex<Vec<Value>>,
    delay_ms: AtomicU64,
}

impl State {
    pub(crate) fn set_delay(&self, delay: Duration) {
        let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.delay_ms.store(delay, Ordering::Relaxed);
    }

    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms.load(Ordering::Relaxed))
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
