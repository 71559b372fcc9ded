mod call;
mod calls;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};
use data_adapter_sca::Store;

use crate::timers::Timers;
use call::Call;

/// Times every call to a store, and knows from the last changes whether it can be written.
pub struct WatchedStore {
    inner: Arc<dyn Store>,
    timers: Timers<{ Call::COUNT }, 2>,
    /// When the last change was kept; `None` before the first, and after any call that failed since.
    kept_at: Mutex<Option<Instant>>,
}

impl WatchedStore {
    /// How long a change that was kept speaks for the store.
    const TRUSTED: Duration = Duration::from_secs(10);

    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, timers: Timers::new(), kept_at: Mutex::default() }
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
        if result.is_err() || call.is_change() {
            *self.kept_at.lock().unwrap_or_else(PoisonError::into_inner) = result.is_ok().then(Instant::now);
        }
        result
    }

    fn kept_lately(&self) -> bool {
        let kept_at = self.kept_at.lock().unwrap_or_else(PoisonError::into_inner);
        kept_at.is_some_and(|kept_at| kept_at.elapsed() < Self::TRUSTED)
    }
}

/// A store is ready when it keeps changes: a disk that is full still reads well. The changes of requests tell. Where there
/// were none for a while, or a call failed, one that changes nothing is tried.
#[async_trait]
impl Readiness for WatchedStore {
    async fn check(&self) -> Result<(), AdapterError> {
        if self.kept_lately() {
            return Ok(());
        }
        self.timed(Call::Probe, self.inner.probe()).await
    }
}

#[cfg(test)]
mod tests;
