//! The audit log of this program: what it learns from the server and the store, and when it looks for a new file.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_audit::{
    AuditContext, AuditEvent, AuditLog, AuditOutcome, AuditedAntiFraud, AuditedAuthentication,
    AuditedCertificates, AuditedConsent, AuditedOperations, AuditedSmsOtp, Auditor, BlockLookup, EventKind,
    Factor, Refusal, RefusalReason, Target, UserBlock,
};
use data_adapter_core::{AdapterError, Backend, CallContext, Clock, MessageId, SystemClock, UserId};
use data_adapter_protocol::security::LogoutReason;
use data_adapter_sca::{Block, BlockDurations, GatewayError, HandedOver, SmsGateway, SmsMessage, Store};
use data_adapter_security::{IssuedToken, PartnerAccess, PartnerLogin, Partners, Token};
use data_adapter_server::{CertificateFault, Denial, DenialWatcher};
use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::Settings;
use crate::failure::Failure;
use crate::housekeeping::Keeping;

/// Opens the audit log; `None` while it is off.
pub(crate) async fn open(
    settings: &Settings,
    store: &Arc<dyn Store>,
    keeping: watch::Receiver<Keeping>,
) -> Result<Option<Arc<Auditor>>, Failure> {
    let Some(target) = settings.audit.target()? else { return Ok(None) };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let log = AuditLog::open(&target, settings.audit.sync, Arc::clone(&clock))
        .map_err(|error| unusable(&target, &error))?;
    let blocks = StoredBlocks { store: Arc::clone(store), clock, keeping };
    let auditor = Auditor::new(log, Arc::new(context), Arc::new(blocks), settings.audit.required);
    let file = match &target {
        Target::File(path) if path.is_file() => Some(path.as_path()),
        Target::File(_) | Target::Stdout => None,
    };
    auditor.recall(file).await.map_err(|error| unusable(&target, &error))?;
    Ok(Some(Arc::new(auditor)))
}

fn unusable(target: &Target, error: &std::io::Error) -> Failure {
    Failure::Failed(match target {
        Target::File(path) => format!("the audit log {} can't be opened: {error}", path.display()),
        Target::Stdout => format!("the audit log can't be written to standard output: {error}"),
    })
}

fn context() -> AuditContext {
    let context = CallContext::current().map(|call| AuditContext {
        caller: call.caller().map(str::to_owned),
        request_id: Some(call.request_id().to_owned()),
        peer: call.peer(),
    });
    context.unwrap_or_default()
}

/// Records what goes in and out of a back end.
pub(crate) fn audited(backend: Backend, auditor: &Arc<Auditor>) -> Backend {
    let Backend { users, authentication, sms_otp, consent, operations, setup, certificates, anti_fraud } =
        backend;
    Backend {
        users,
        setup,
        certificates: Arc::new(AuditedCertificates::new(certificates, Arc::clone(auditor))),
        anti_fraud: Arc::new(AuditedAntiFraud::new(anti_fraud, Arc::clone(auditor))),
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
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError> {
        let event = AuditEvent {
            message_id: Some(message.message.as_str().to_owned()),
            operation_id: Some(message.operation.as_str().to_owned()),
            operation_name: Some(message.name.as_str().to_owned()),
            ..AuditEvent::new(EventKind::CodeSent)
                .of(Some(&message.user), message.organization.as_ref())
                .sent_to(&message.to)
        };
        let unrecorded = |error: AdapterError| error.to_string();
        let begun = self.auditor.begin(event).await;
        let mut step = begun.map_err(|error| GatewayError::Unavailable(unrecorded(error)))?;
        let result = self.inner.send(message).await;
        match &result {
            Ok(handed) => {
                step.change(|event| event.gateway.clone_from(&handed.gateway));
                step.came_to(AuditOutcome::Succeeded, None);
            }
            Err(error) => step.came_to(AuditOutcome::Failed, Some(gateway_reason(error))),
        }
        let finished = step.finish(&[]).await;
        finished.map_err(|error| GatewayError::Unknown(unrecorded(error)))?;
        result
    }
}

/// Why a message is not known to be with its gateway, in one word.
fn gateway_reason(error: &GatewayError) -> &'static str {
    match error {
        GatewayError::Unavailable(_) => "gateway_unavailable",
        GatewayError::Refused(_) => "gateway_refused",
        GatewayError::Unknown(_) => "gateway_unknown",
    }
}

/// Records which partners log in and out, by their names, which are counted as those of users. A name that no partner has may be
/// a password that was typed in the wrong place, and is not written.
pub(crate) struct AuditedPartners {
    inner: Arc<dyn PartnerAccess>,
    partners: Arc<Partners>,
    auditor: Arc<Auditor>,
}

impl AuditedPartners {
    pub(crate) fn new(inner: Arc<dyn PartnerAccess>, partners: Arc<Partners>, auditor: Arc<Auditor>) -> Self {
        Self { inner, partners, auditor }
    }
}

#[async_trait]
impl PartnerAccess for AuditedPartners {
    async fn log_in(&self, login: &PartnerLogin) -> Result<Option<IssuedToken>, AdapterError> {
        let partner = self.partners.has(&login.username).then(|| UserId::new(&login.username));
        let event = AuditEvent::new(EventKind::PartnerLogin).of(partner.as_ref(), None);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.log_in(login).await;
        match &result {
            Ok(Some(_)) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(None) => step.came_to(AuditOutcome::Failed, None),
            Err(error) => step.came_to_error(error),
        }
        // Nobody is asked about as well, so that it takes as long.
        let suspect = partner.unwrap_or_else(|| UserId::new(""));
        step.finish(&[(&suspect, Factor::Partner)]).await?;
        result
    }

    async fn log_out(&self, token: &Token, reason: LogoutReason) -> Result<bool, AdapterError> {
        let partner = UserId::new(&token.partner);
        let event = AuditEvent::new(EventKind::PartnerLogout).of(Some(&partner), None);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.log_out(token, reason).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, Some(logout(reason))),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("already_revoked")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}

/// Why a token was given back, in one word.
fn logout(reason: LogoutReason) -> &'static str {
    match reason {
        LogoutReason::None => "not_given",
        LogoutReason::Manually => "manually",
        LogoutReason::SessionTimeout => "session_timeout",
        LogoutReason::AnotherDevice => "another_device",
        LogoutReason::LostConnection => "lost_connection",
        LogoutReason::ForceClose => "force_close",
        LogoutReason::LoginDisabled => "login_disabled",
    }
}

/// Records who is turned away.
pub(crate) struct AuditedDenials(pub(crate) Arc<Auditor>);

impl DenialWatcher for AuditedDenials {
    fn denied(&self, denial: Denial, peer: Option<IpAddr>, path: Option<&str>) {
        let (reason, caller) = match denial {
            Denial::Unauthorized => (RefusalReason::Unauthorized, None),
            Denial::Forbidden => (RefusalReason::Forbidden, context().caller),
            Denial::Invalid => (RefusalReason::Invalid, context().caller),
        };
        self.0.refused(Refusal { reason, caller, peer, path: path.map(str::to_owned) });
    }

    fn refused(&self, fault: CertificateFault, peer: Option<IpAddr>) {
        let reason = RefusalReason::Certificate(reason(fault));
        self.0.refused(Refusal { reason, caller: None, peer, path: None });
    }
}

fn reason(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::UnknownIssuer => "certificate_unknown_issuer",
        CertificateFault::SelfSigned => "certificate_self_signed",
        CertificateFault::Expired => "certificate_expired",
        CertificateFault::NotForClients => "certificate_not_for_clients",
        CertificateFault::Unusable => "certificate_unusable",
    }
}

/// The blocks as the store keeps them.
struct StoredBlocks {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keeping: watch::Receiver<Keeping>,
}

impl StoredBlocks {
    fn block(&self, block: Block) -> UserBlock {
        let BlockDurations { code, password } = self.keeping.borrow().blocks;
        let (factor, lasted) = match block.factor {
            data_adapter_sca::Factor::Code => (Factor::Code, code),
            data_adapter_sca::Factor::Password => (Factor::Password, password),
            data_adapter_sca::Factor::Partner => (Factor::Partner, password),
        };
        let since = block.until.checked_sub(lasted).unwrap_or(Timestamp::MIN);
        UserBlock { user: block.user, factor, since, until: block.until }
    }
}

#[async_trait]
impl BlockLookup for StoredBlocks {
    async fn blocked_until(&self, user: &UserId, factor: Factor) -> Result<Option<Timestamp>, AdapterError> {
        let factor = match factor {
            Factor::Code => data_adapter_sca::Factor::Code,
            Factor::Password => data_adapter_sca::Factor::Password,
            Factor::Partner => data_adapter_sca::Factor::Partner,
        };
        self.store.blocked_until(user, factor, self.clock.now()).await
    }

    async fn owner(&self, message: &MessageId) -> Result<Option<UserId>, AdapterError> {
        Ok(self.store.step(message).await?.and_then(|step| step.user))
    }

    async fn blocks(&self) -> Result<Vec<UserBlock>, AdapterError> {
        let blocks = self.store.blocks(self.clock.now()).await?;
        Ok(blocks.into_iter().map(|block| self.block(block)).collect())
    }
}

/// Tells what no request tells, until the task is dropped.
pub(crate) async fn catch_up(auditor: Arc<Auditor>) {
    // Longer than any request takes.
    const EVERY: Duration = Duration::from_secs(60);
    let mut interval = tokio::time::interval(EVERY);
    loop {
        interval.tick().await;
        auditor.catch_up(SystemClock.now()).await;
    }
}

/// The SIGHUPs that came. From the first moment on they do not end the process.
pub(crate) struct Hangups(Signal);

impl Hangups {
    pub(crate) fn new() -> Result<Self, Failure> {
        let signals = signal(SignalKind::hangup());
        signals.map(Self).map_err(|error| Failure::Failed(format!("SIGHUP can't be waited for: {error}")))
    }

    /// Waits for the next one, or for all that came since the last.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Looks for a new audit file.
pub(crate) async fn reopen(auditor: &Auditor) {
    match auditor.reopen().await {
        Ok(()) => tracing::info!("the audit log was reopened"),
        Err(error) if error.is_late() => {
            tracing::error!(%error, "the audit log could not be reopened in time; it may still be, once it is written again");
        }
        Err(error) => {
            tracing::error!(%error, "no new audit file could be opened; the log goes on in the old one");
        }
    }
}
