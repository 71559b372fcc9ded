mod breaker;
mod call;
mod evidence;

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, Capabilities, PasswordCheck, Subject};
use data_adapter_shares::{Refusal, Share, Shares, Sizes};
use tokio::time::timeout;

use crate::guarded::Guarded;
use crate::timers::Timers;
use breaker::Breaker;
pub(crate) use call::Call;

/// How much is expected of a back end.
#[derive(Clone, Copy, Debug)]
pub struct GuardSettings {
    /// How long a call may take.
    pub deadline: Duration,
    /// How many calls may be under way at once; of one organization at most three quarters of them, and a quarter about one
    /// user.
    pub max_concurrent: usize,
    /// After so many failures in a row, calls are refused without asking: failures to reach it, or for so many users whom it has
    /// answered before. Others count where it has answered nobody for ten minutes.
    pub breaker_failures: u32,
    /// For how long. Then calls go through again, and the first failure refuses them anew.
    pub breaker_open: Duration,
}

impl GuardSettings {
    /// How long somebody waits for a call at most: until it is let through, and until it is answered.
    #[must_use]
    pub fn longest_call(&self) -> Duration {
        self.deadline * 2
    }
}

/// Watches over the calls to one back end. What it refuses, it refuses with [`AdapterError::Remote`]: at once, or when too many
/// calls about the same user wait for each other.
pub struct Guard {
    backend: String,
    settings: GuardSettings,
    shares: Shares,
    breaker: Breaker,
    timers: Timers<{ Call::COUNT }, 4>,
}

/// What became of a call.
#[derive(Clone, Copy)]
enum Outcome {
    Answered,
    Failed,
    Refused,
    Unanswerable,
}

impl Outcome {
    fn of<T>(result: &Result<T, AdapterError>) -> Self {
        match result {
            Err(AdapterError::Unanswerable(_)) => Self::Unanswerable,
            Err(AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Internal(_)) => {
                Self::Failed
            }
            _ => Self::Answered,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Unanswerable => "unanswerable",
        }
    }
}

impl Guard {
    /// Watches over the back end with this name, which the log and the metrics call it by.
    #[must_use]
    pub fn new(backend: &str, settings: GuardSettings) -> Arc<Self> {
        Arc::new(Self {
            backend: backend.to_owned(),
            settings,
            shares: Shares::new(Sizes::of(settings.max_concurrent)),
            breaker: Breaker::new(backend, settings.breaker_failures, settings.breaker_open),
            timers: Timers::new(),
        })
    }

    /// Puts itself before each capability. Whether the back end is ready can always be asked: that is how it shows that it
    /// is back.
    #[must_use]
    pub fn around(self: &Arc<Self>, capabilities: Capabilities) -> Capabilities {
        let Capabilities {
            users,
            authentication,
            sms_otp,
            consent,
            operations,
            setup,
            certificates,
            anti_fraud,
            readiness,
        } = capabilities;
        Capabilities {
            users: users.map(|users| Guarded::new(users, self) as _),
            authentication: authentication.map(|check| match check {
                PasswordCheck::Bare(bare) => PasswordCheck::Bare(Guarded::new(bare, self)),
                PasswordCheck::Complete(complete) => PasswordCheck::Complete(Guarded::new(complete, self)),
            }),
            sms_otp: sms_otp.map(|sms_otp| Guarded::new(sms_otp, self) as _),
            consent: consent.map(|consent| Guarded::new(consent, self) as _),
            operations: operations.map(|operations| Guarded::new(operations, self) as _),
            setup: setup.map(|setup| Guarded::new(setup, self) as _),
            certificates: certificates.map(|certificates| Guarded::new(certificates, self) as _),
            anti_fraud: anti_fraud.map(|anti_fraud| Guarded::new(anti_fraud, self) as _),
            readiness,
        }
    }

    /// Makes a call about somebody, unless it is refused.
    pub(crate) async fn call<T>(
        &self,
        call: Call,
        subject: Subject,
        answer: impl Future<Output = Result<T, AdapterError>> + Send,
    ) -> Result<T, AdapterError> {
        let started = Instant::now();
        let (outcome, result) = match self.admit(subject).await {
            Err(refusal) => (Outcome::Refused, Err(refusal)),
            Ok(_share) => {
                let result = self.within_deadline(subject.scope(answer)).await;
                self.breaker.note(subject, &result);
                (Outcome::of(&result), result)
            }
        };
        self.timers.record(call as usize, outcome as usize, started, || {
            let labels = [
                ("backend", self.backend.clone()),
                ("call", call.name().into()),
                ("outcome", outcome.name().into()),
            ];
            metrics::histogram!("data_adapter_backend_call_seconds", &labels)
        });
        result
    }

    async fn admit(&self, subject: Subject) -> Result<Share, AdapterError> {
        let GuardSettings { deadline, max_concurrent: max, .. } = self.settings;
        let backend = &self.backend;
        // Before the breaker: what it lets through has to tell it how that went.
        let share = timeout(deadline, self.shares.enter(subject)).await;
        let share = share.unwrap_or(Err(Refusal::Subject)).map_err(|refusal| {
            AdapterError::Remote(format!("`{backend}` has {max} calls under way at most: {refusal}"))
        })?;
        if self.breaker.is_closed() {
            return Ok(share);
        }
        Err(AdapterError::Remote(format!("`{backend}` failed too often in a row and is not asked for now")))
    }

    async fn within_deadline<T>(
        &self,
        answer: impl Future<Output = Result<T, AdapterError>> + Send,
    ) -> Result<T, AdapterError> {
        let deadline = self.settings.deadline;
        timeout(deadline, answer).await.unwrap_or_else(|_| {
            Err(AdapterError::Remote(format!("`{}` did not answer within {deadline:?}", self.backend)))
        })
    }
}

#[cfg(test)]
mod tests;
