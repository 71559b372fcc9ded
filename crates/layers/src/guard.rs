use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, Capabilities, PasswordCheck};
use failsafe::backoff::{self, Constant};
use failsafe::failure_policy::{self, ConsecutiveFailures};
use failsafe::{Instrument, StateMachine};
use metrics::Gauge;
use tokio::sync::Semaphore;

use crate::guarded::Guarded;
use crate::timers::Timers;

/// How much is expected of a back end.
#[derive(Clone, Copy, Debug)]
pub struct GuardSettings {
    /// How long a call may take.
    pub deadline: Duration,
    /// How many calls may be under way at once.
    pub max_concurrent: usize,
    /// After so many failures in a row, calls are refused without asking.
    pub breaker_failures: u32,
    /// For how long. Then calls go through again, and the first failure refuses them anew.
    pub breaker_open: Duration,
}

/// Watches over the calls to one back end. What it refuses, it refuses at once, with [`AdapterError::Remote`].
pub struct Guard {
    backend: String,
    settings: GuardSettings,
    slots: Semaphore,
    breaker: StateMachine<ConsecutiveFailures<Constant>, Announcements>,
    timers: Timers<{ Call::COUNT }, 4>,
}

/// What a back end can be asked, in the words of the metrics.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    UserByUsername,
    UserById,
    Authenticate,
    CodeCreate,
    CodeVerify,
    CodeAndPasswordVerify,
    CodeSend,
    CodesEnd,
    ConsentInit,
    ConsentCreate,
    ConsentValidate,
    ConsentSave,
    Decorate,
    FormDataChanged,
    OperationChanged,
    LoginOperation,
    StepOptions,
    OperationMapping,
    CertificateOwner,
    CertificateVerify,
    FraudAssess,
}

impl Call {
    const COUNT: usize = Self::FraudAssess as usize + 1;

    fn name(self) -> &'static str {
        match self {
            Self::UserByUsername => "user_by_username",
            Self::UserById => "user_by_id",
            Self::Authenticate => "authenticate",
            Self::CodeCreate => "code_create",
            Self::CodeVerify => "code_verify",
            Self::CodeAndPasswordVerify => "code_and_password_verify",
            Self::CodeSend => "code_send",
            Self::CodesEnd => "codes_end",
            Self::ConsentInit => "consent_init",
            Self::ConsentCreate => "consent_create",
            Self::ConsentValidate => "consent_validate",
            Self::ConsentSave => "consent_save",
            Self::Decorate => "decorate",
            Self::FormDataChanged => "form_data_changed",
            Self::OperationChanged => "operation_changed",
            Self::LoginOperation => "login_operation",
            Self::StepOptions => "step_options",
            Self::OperationMapping => "operation_mapping",
            Self::CertificateOwner => "certificate_owner",
            Self::CertificateVerify => "certificate_verify",
            Self::FraudAssess => "fraud_assess",
        }
    }
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
            result if is_failure(result) => Self::Failed,
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
        let policy = failure_policy::consecutive_failures(
            settings.breaker_failures,
            backoff::constant(settings.breaker_open),
        );
        Arc::new(Self {
            backend: backend.to_owned(),
            settings,
            slots: Semaphore::new(settings.max_concurrent),
            breaker: StateMachine::new(policy, Announcements::new(backend)),
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

    /// Makes a call, unless it is refused.
    pub(crate) async fn call<T>(
        &self,
        call: Call,
        answer: impl Future<Output = Result<T, AdapterError>> + Send,
    ) -> Result<T, AdapterError> {
        let started = Instant::now();
        let (outcome, result) = match self.admit() {
            Err(refusal) => (Outcome::Refused, Err(refusal)),
            Ok(_slot) => {
                let result = self.within_deadline(answer).await;
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

    fn admit(&self) -> Result<tokio::sync::SemaphorePermit<'_>, AdapterError> {
        let backend = &self.backend;
        let full = || {
            let max = self.settings.max_concurrent;
            AdapterError::Remote(format!("`{backend}` has {max} calls under way already"))
        };
        // Before the breaker: what it lets through has to tell it how that went.
        let slot = self.slots.try_acquire().map_err(|_| full())?;
        if self.breaker.is_call_permitted() {
            return Ok(slot);
        }
        Err(AdapterError::Remote(format!("`{backend}` failed too often in a row and is not asked for now")))
    }

    async fn within_deadline<T>(
        &self,
        answer: impl Future<Output = Result<T, AdapterError>> + Send,
    ) -> Result<T, AdapterError> {
        let deadline = self.settings.deadline;
        let result = tokio::time::timeout(deadline, answer).await.unwrap_or_else(|_| {
            Err(AdapterError::Remote(format!("`{}` did not answer within {deadline:?}", self.backend)))
        });
        if is_failure(&result) {
            self.breaker.on_error();
        } else {
            self.breaker.on_success();
        }
        result
    }
}

/// Whether the back end is to blame. What it answers to a bad request is an answer, and that it knows nothing usable about one
/// user is no outage.
fn is_failure<T>(result: &Result<T, AdapterError>) -> bool {
    matches!(result, Err(AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Internal(_)))
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

#[cfg(test)]
mod tests;
