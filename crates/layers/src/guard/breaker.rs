use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_adapter_core::{AdapterError, Subject};
use failsafe::backoff::{self, Constant};
use failsafe::failure_policy::{self, ConsecutiveFailures};
use failsafe::{Instrument, StateMachine};
use metrics::Gauge;

/// Gives a back end up that fails for many, and for nobody's sake alone.
///
/// A failure to reach it counts, whoever asked. Any other counts once for each subject, until a call is answered, to anybody:
/// a system that fails for one user and answers others goes on being asked.
pub(crate) struct Breaker {
    machine: StateMachine<ConsecutiveFailures<Constant>, Announcements>,
    /// Whom calls failed for since the last one that was answered, also while it was given up: who failed before says nothing new.
    failed: Mutex<HashSet<u64>>,
}

impl Breaker {
    /// So many are remembered; then it begins anew.
    const MOST_REMEMBERED: usize = 4096;

    pub(crate) fn new(backend: &str, failures: u32, open: Duration) -> Self {
        let policy = failure_policy::consecutive_failures(failures, backoff::constant(open));
        Self { machine: StateMachine::new(policy, Announcements::new(backend)), failed: Mutex::default() }
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
                if self.fails_first(subject) {
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
                self.failed().clear();
                self.machine.on_success();
            }
        }
    }

    /// Whether no call about this one failed since the last that was answered.
    fn fails_first(&self, subject: Subject) -> bool {
        let mut failed = self.failed();
        if failed.len() >= Self::MOST_REMEMBERED {
            failed.clear();
        }
        failed.insert(subject.id())
    }

    fn failed(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.failed().len()
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
        self.is_given_up.store(true, Ordering::Relaxed);
        self.is_open.set(1.0);
    }

    fn on_half_open(&self) {
        tracing::info!(backend = self.backend, "the back end is asked again");
    }

    /// Called at the beginning as well.
    fn on_closed(&self) {
        self.is_open.set(0.0);
        if self.is_given_up.swap(false, Ordering::Relaxed) {
            tracing::info!(backend = self.backend, "the back end answers");
        }
    }
}

impl Announcements {
    fn new(backend: &str) -> Self {
        let is_open = metrics::gauge!("data_adapter_backend_breaker_open", "backend" => backend.to_owned());
        Self { backend: backend.to_owned(), is_open, is_given_up: AtomicBool::new(false) }
    }
}
