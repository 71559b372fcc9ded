//! Whether requests can be answered: what stands behind is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, Readiness};
use futures::future::join_all;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// What has to be there for requests to be answered.
pub struct ReadyChecks {
    checks: Vec<(String, Arc<dyn Readiness>)>,
    deadline: Duration,
    is_stopping: AtomicBool,
    last: Mutex<Option<(Instant, Report)>>,
}

/// What they came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    pub(super) status: State,
    checks: BTreeMap<String, State>,
    /// Settings with a name that what stands behind does not know.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unknown: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    Ok,
    Down,
    Stopping,
}

impl ReadyChecks {
    /// How long an answer is given again, so that a flood of questions does not become one for what stands behind.
    const FRESH: Duration = Duration::from_secs(1);

    /// Asks each of `checks`, which are shown by their names, all at once. Who has not answered by `deadline` is down.
    #[must_use]
    pub fn new(checks: Vec<(String, Arc<dyn Readiness>)>, deadline: Duration) -> Self {
        Self { checks, deadline, is_stopping: AtomicBool::new(false), last: Mutex::default() }
    }

    /// From now on nothing is ready.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// One round at a time: those who ask during it share what it comes to.
    pub(super) async fn report(&self) -> Report {
        if self.is_stopping.load(Ordering::Relaxed) {
            return Report { status: State::Stopping, checks: BTreeMap::new(), unknown: BTreeSet::new() };
        }
        let mut last = self.last.lock().await;
        if let Some((at, report)) = last.as_ref()
            && at.elapsed() < Self::FRESH
        {
            return report.clone();
        }
        let before = last.take().map(|(_, report)| report);
        let report = self.ask(before.as_ref()).await;
        *last = Some((Instant::now(), report.clone()));
        report
    }

    async fn ask(&self, before: Option<&Report>) -> Report {
        let checks = self.checks.iter().map(|(name, check)| async move {
            let result =
                timeout(self.deadline, check.check()).await.unwrap_or_else(|_| Err(late(self.deadline)));
            tell(name, before.and_then(|report| report.checks.get(name)).copied(), result.as_ref().err());
            (name.clone(), if result.is_ok() { State::Ok } else { State::Down })
        });
        let checks: BTreeMap<_, _> = join_all(checks).await.into_iter().collect();
        let is_ready = checks.values().all(|state| *state == State::Ok);
        let unknown = self.checks.iter().flat_map(|(name, check)| {
            check.unknown_settings().into_iter().map(move |setting| format!("{name}.{setting}"))
        });
        let status = if is_ready { State::Ok } else { State::Down };
        Report { status, checks, unknown: unknown.collect() }
    }
}

fn late(deadline: Duration) -> AdapterError {
    AdapterError::Remote(format!("there was no answer within {deadline:?}"))
}

/// Why something is down is for the log only, once.
fn tell(check: &str, before: Option<State>, error: Option<&AdapterError>) {
    match (before, error) {
        (Some(State::Down), None) => tracing::info!(check, "it is ready again"),
        (Some(State::Down), Some(_)) | (_, None) => {}
        (_, Some(error)) => tracing::error!(check, %error, "it is not ready"),
    }
}

#[cfg(test)]
mod tests;
