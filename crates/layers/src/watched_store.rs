mod call;
mod calls;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};
use data_adapter_sca::{Maintenance as _, Store};

use crate::timers::Timers;
use call::Call;

/// Times every call to a store, and tells whether it keeps changes.
pub struct WatchedStore {
    inner: Arc<dyn Store>,
    timers: Timers<{ Call::COUNT }, 2>,
}

impl WatchedStore {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, timers: Timers::new() }
    }

    async fn timed<T>(
        &self,
        call: Call,
        answer: impl Future<Output = Result<T, AdapterError>> + Send,
    ) -> Result<T, AdapterError> {
        let started = Instant::now();
        let result = answer.await;
        let outcome = if result.is_ok() { "ok" } else { "error" };
        self.timers.record(
            call as usize,
            usize::from(result.is_err()),
            started,
            || metrics::histogram!("data_adapter_store_seconds", "call" => call.name(), "outcome" => outcome),
        );
        result
    }
}

/// A store is ready when it keeps changes: a disk that is full still reads well. So one is tried that leaves nothing, also
/// right after those of requests: they do not speak for what happened to the store since.
#[async_trait]
impl Readiness for WatchedStore {
    async fn check(&self) -> Result<(), AdapterError> {
        self.probe().await
    }
}

#[cfg(test)]
mod tests;
