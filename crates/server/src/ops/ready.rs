//! Whether requests can be answered: what stands behind is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, PartHealth, Readiness, SystemHealth, Trouble};
use futures::future::join_all;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// What has to be there for requests to be answered.
pub struct ReadyChecks {
    checks: Vec<Check>,
    deadline: Duration,
    last: Mutex<Option<(Instant, Report)>>,
}

/// Something that is asked.
struct Check {
    name: String,
    readiness: Arc<dyn Readiness>,
    /// Whether nothing is ready without it.
    is_needed: bool,
}

/// What they came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    pub(super) status: State,
    checks: BTreeMap<String, Seen>,
    /// Settings with a name that what stands behind does not know.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unknown: BTreeSet<String>,
}

/// How one of them was seen. Whoever asks without saying who they are learns its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "State")]
struct Seen {
    state: State,
    since: Instant,
    trouble: Option<Trouble>,
}

impl From<Seen> for State {
    fn from(seen: Seen) -> Self {
        seen.state
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    Ok,
    /// It is down, and requests are answered all the same.
    Warning,
    Down,
    Stopping,
}

impl Report {
    /// What is said while the server stops: nobody is asked.
    pub(super) fn stopping() -> Self {
        Self { status: State::Stopping, checks: BTreeMap::new(), unknown: BTreeSet::new() }
    }
}

impl ReadyChecks {
    /// How long an answer is given again, so that a flood of questions does not become one for what stands behind.
    const FRESH: Duration = Duration::from_secs(1);

    /// Asks each of `checks`, which are shown by their names, all at once. Who has not answered by `deadline` is down.
    #[must_use]
    pub fn new(checks: Vec<(String, Arc<dyn Readiness>)>, deadline: Duration) -> Self {
        let checks = checks.into_iter().map(|(name, readiness)| Check { name, readiness, is_needed: true });
        Self { checks: checks.collect(), deadline, last: Mutex::default() }
    }

    /// Asks these as well. One that is down is a warning, and takes nothing down.
    #[must_use]
    pub fn with_warnings(mut self, checks: Vec<(String, Arc<dyn Readiness>)>) -> Self {
        let checks = checks.into_iter().map(|(name, readiness)| Check { name, readiness, is_needed: false });
        self.checks.extend(checks);
        self
    }

    /// One round at a time: those who ask during it share what it comes to.
    pub(super) async fn report(&self) -> Report {
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
        let checks = self.checks.iter().map(|check| async move {
            let before = before.and_then(|report| report.checks.get(&check.name));
            (check.name.clone(), self.look_at(check, before).await)
        });
        let checks: BTreeMap<_, _> = join_all(checks).await.into_iter().collect();
        let is_ready = checks.values().all(|seen| seen.state != State::Down);
        let unknown = self.checks.iter().flat_map(|Check { name, readiness, .. }| {
            readiness.unknown_settings().into_iter().map(move |setting| format!("{name}.{setting}"))
        });
        let status = if is_ready { State::Ok } else { State::Down };
        Report { status, checks, unknown: unknown.collect() }
    }

    async fn look_at(&self, check: &Check, before: Option<&Seen>) -> Seen {
        let result = timeout(self.deadline, check.readiness.check()).await;
        let is_late = result.is_err();
        let result = result.unwrap_or_else(|_| Err(late(self.deadline)));
        tell(check, before.map(|seen| seen.state), result.as_ref().err());
        let trouble = result.err().map(|error| trouble(&error, is_late));
        let state = match trouble {
            None => State::Ok,
            Some(_) if check.is_needed => State::Down,
            Some(_) => State::Warning,
        };
        let same = before.filter(|seen| seen.state == state);
        Seen { state, since: same.map_or_else(Instant::now, |seen| seen.since), trouble }
    }
}

/// Asked as [`report`](ReadyChecks::report) is, once a second at most.
#[async_trait]
impl SystemHealth for ReadyChecks {
    async fn health(&self) -> Result<Vec<PartHealth>, AdapterError> {
        let report = self.report().await;
        let health = |check: &Check| {
            let seen = report.checks.get(&check.name)?;
            Some(PartHealth {
                name: check.name.clone(),
                is_needed: check.is_needed,
                lasts: seen.since.elapsed(),
                trouble: seen.trouble,
                unknown_settings: check.readiness.unknown_settings(),
            })
        };
        Ok(self.checks.iter().filter_map(health).collect())
    }
}

fn trouble(error: &AdapterError, is_late: bool) -> Trouble {
    match error {
        _ if is_late => Trouble::Late,
        AdapterError::Unreachable(_) => Trouble::Unreachable,
        AdapterError::Remote(_)
        | AdapterError::Unanswerable(_)
        | AdapterError::InvalidOperationContext(_)
        | AdapterError::InvalidConsentData(_)
        | AdapterError::InvalidInput(_)
        | AdapterError::AuthenticationFailed(_)
        | AdapterError::SmsAuthorizationFailed(_)
        | AdapterError::Internal(_) => Trouble::Failing,
    }
}

fn late(deadline: Duration) -> AdapterError {
    AdapterError::Remote(format!("there was no answer within {deadline:?}"))
}

/// Why something is down is for the log only, once.
fn tell(check: &Check, before: Option<State>, error: Option<&AdapterError>) {
    let name = &check.name;
    match (before, error) {
        (Some(State::Down | State::Warning), None) => tracing::info!(check = name, "it is ready again"),
        (Some(State::Down | State::Warning), Some(_)) | (_, None) => {}
        (_, Some(error)) if check.is_needed => tracing::error!(check = name, %error, "it is not ready"),
        (_, Some(error)) => tracing::warn!(check = name, %error, "it is not ready"),
    }
}

#[cfg(test)]
mod tests;
