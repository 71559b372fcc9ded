//! The audit log of this program: what it learns from the server and the store, and when it looks for a new file.

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_audit::{
    AuditContext, AuditEvent, AuditLog, AuditOutcome, AuditedAuthentication, AuditedConsent,
    AuditedOperations, AuditedSmsOtp, Auditor, BlockLookup, EventKind, Factor, Target,
};
use data_adapter_core::{AdapterError, Backend, Clock, SystemClock, UserId};
use data_adapter_sca::{AttemptStore, GatewayError, SmsGateway, SmsMessage, Store};
use data_adapter_server::current_request;
use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::AuditSettings;
use crate::failure::Failure;

/// Opens the audit log; `None` while it is off.
pub(crate) fn open(
    settings: &AuditSettings,
    store: &Arc<dyn Store>,
) -> Result<Option<Arc<Auditor>>, Failure> {
    let Some(target) = settings.target()? else { return Ok(None) };
    let log = AuditLog::open(&target, settings.sync, Arc::new(SystemClock)).map_err(|error| {
        Failure::Failed(match &target {
            Target::File(path) => format!("the audit log {} can't be opened: {error}", path.display()),
            Target::Stdout => format!("the audit log can't be written to standard output: {error}"),
        })
    })?;
    let blocks = StoredBlocks { attempts: Arc::clone(store) as _, clock: Arc::new(SystemClock) };
    Ok(Some(Arc::new(Auditor::new(log, Arc::new(context), Arc::new(blocks), settings.required))))
}

fn context() -> AuditContext {
    let context = current_request(|scope| AuditContext {
        caller: scope.caller().map(str::to_owned),
        request_id: Some(scope.id().to_owned()),
    });
    context.unwrap_or_default()
}

/// Records what goes in and out of a back end.
pub(crate) fn audited(backend: Backend, auditor: &Arc<Auditor>) -> Backend {
    let Backend { users, authentication, sms_otp, consent, operations } = backend;
    Backend {
        users,
        authentication: Arc::new(AuditedAuthentication::new(authentication, Arc::clone(auditor))),
        sms_otp: Arc::new(AuditedSmsOtp::new(sms_otp, Arc::clone(auditor))),
        consent: Arc::new(AuditedConsent::new(consent, Arc::clone(auditor))),
        operations: Arc::new(AuditedOperations::new(operations, Arc::clone(auditor))),
    }
}

/// Records each message that is really handed over, which the fake ones of the engine are not.
pub(crate) struct AuditedGateway {
    inner: Arc<dyn SmsGateway>,
    auditor: Arc<Auditor>,
}

impl AuditedGateway {
    pub(crate) fn new(inner: Arc<dyn SmsGateway>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl SmsGateway for AuditedGateway {
    async fn send(&self, message: &SmsMessage) -> Result<(), GatewayError> {
        let unrecorded = |error: AdapterError| GatewayError(error.to_string());
        let event = AuditEvent {
            message_id: Some(message.message.as_str().to_owned()),
            operation_id: Some(message.operation.as_str().to_owned()),
            ..AuditEvent::new(EventKind::CodeSent).sent_to(&message.to)
        };
        let mut step = self.auditor.begin(event).await.map_err(unrecorded)?;
        let result = self.inner.send(message).await;
        match &result {
            Ok(()) => step.came_to(AuditOutcome::Succeeded, None),
            Err(_) => step.came_to(AuditOutcome::Failed, Some("gateway")),
        }
        step.finish(&[]).await.map_err(unrecorded)?;
        result
    }
}

/// The blocks as the store keeps them.
struct StoredBlocks {
    attempts: Arc<dyn AttemptStore>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl BlockLookup for StoredBlocks {
    async fn blocked_until(&self, user: &UserId, factor: Factor) -> Result<Option<Timestamp>, AdapterError> {
        let factor = match factor {
            Factor::Code => data_adapter_sca::Factor::Code,
            Factor::Password => data_adapter_sca::Factor::Password,
        };
        self.attempts.blocked_until(user, factor, self.clock.now()).await
    }
}

/// Looks for a new file at each SIGHUP, for as long as it lives.
pub(crate) struct Reopening {
    hangups: Signal,
    auditor: Arc<Auditor>,
}

impl Reopening {
    /// From here on SIGHUP does not end the process.
    pub(crate) fn new(auditor: Arc<Auditor>) -> Result<Self, Failure> {
        let hangups = signal(SignalKind::hangup())
            .map_err(|error| Failure::Failed(format!("SIGHUP can't be waited for: {error}")))?;
        Ok(Self { hangups, auditor })
    }

    /// Goes on until the task is dropped.
    pub(crate) async fn run(mut self) {
        while self.hangups.recv().await.is_some() {
            match self.auditor.reopen().await {
                Ok(()) => tracing::info!("the audit log was reopened"),
                Err(error) => {
                    tracing::error!(%error, "no new audit file could be opened; the log goes on in the old one");
                }
            }
        }
    }
}
