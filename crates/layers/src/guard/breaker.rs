use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, Subject};
use failsafe::backoff::{self, Constant};
use failsafe::failure_policy::{self, ConsecutiveFailures};
use failsafe::{Instrument, StateMachine};
use metrics::Gauge;

use super::evidence::Evidence;

/// Gives a back end up that fails for many, and for nobody's sake alone.
///
/// A failure to reach it counts, whoever asked. Any other counts as far as it is [`Evidence`]: a system that fails for one user
/// and answers others goes on being asked.
pub(crate) struct Breaker {
    machine: StateMachine<ConsecutiveFailures<Constant>, Announcements>,
    evidence: Mutex<Evidence>,
}

impl Breaker {
    pub(crate) fn new(backend: &str, failures: u32, open: Duration) -> Self {
        let policy = failure_policy::consecutive_failures(failures, backoff::constant(open));
        Self { machine: StateMachine::new(policy, Announcements::new(backend)), evidence: Mutex::default() }
    }

    /// Whether the back end may be asked.
    pub(crate) fn is_closed(&self) -> bool {
        self.machine.is_call_permitted()
    }

    /// Takes note of what became of a call.
    pub(crate) fn note<T>(&self, subject: Subject, result: &Result<T, AdapterError>) {
        match result {
            Err(AdapterError::Unreachable(_)) => self.machine.on_error(),
            Err(AdapterError::Remote(_) | AdapterError::Internal(_)) => {
                if self.evidence().failed(subject.id(), Instant::now()) {
                    self.machine.on_error();
                }
            }
            Ok(_)
            | Err(
                AdapterError::Unanswerable(_)
                | AdapterError::InvalidOperationContext(_)
                | AdapterError::InvalidConsentData(_)
                | AdapterError::InvalidInput(_)
                | AdapterError::AuthenticationFailed(_)
                | AdapterError::SmsAuthorizationFailed(_),
            ) => {
                self.evidence().answered(subject.id(), Instant::now());
                self.machine.on_success();
            }
        }
    }

    fn evidence(&self) -> MutexGuard<'_, Evidence> {
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.evidence().remembered()
    }
}

/// Tells when a back end is given up and when it is asked again.
struct Announcements {
    backend: String,
    is_open: Gauge,
    is_given_up: AtomicBool,
}

impl Instrument for Announcements {
    fn on_call_rejected(&self) {}

    fn on_open(&self) {
        let backend = &self.backend;
        tracing::error!(backend, "the back end failed too often in a row; it is not asked for now");
        if !self.is_given_up.swap(true, Ordering::Relaxed) {
            self.is_open.increment(1.0);
        }
    }

    fn on_half_open(&self) {
        tracing::info!(backend = self.backend, "the back end is asked again");
    }

    /// Called at the beginning as well.
    fn on_closed(&self) {
        if self.is_given_up.swap(false, Ordering::Relaxed) {
            self.is_open.decrement(1.0);
            tracing::info!(backend = self.backend, "the back end answers");
        }
    }
}

impl Announcements {
    fn new(backend: &str) -> Self {
        let is_open = metrics::gauge!("data_adapter_backend_breaker_open", "backend" => backend.to_owned());
        // So that there is one to see.
        is_open.increment(0.0);
        Self { backend: backend.to_owned(), is_open, is_given_up: AtomicBool::new(false) }
    }
}

/// The gauge is shared with whoever takes its place.
impl Drop for Announcements {
    fn drop(&mut self) {
        if self.is_given_up.load(Ordering::Relaxed) {
            self.is_open.decrement(1.0);
        }
    }
}
