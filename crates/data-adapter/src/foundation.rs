//! What lasts as long as the process, whatever is read again.

use std::sync::Arc;

use data_adapter_audit::{AuditedDeliveries, Auditor};
use data_adapter_core::{Clock, Random, SystemClock, SystemRandom};
use data_adapter_layers::WatchedStore;
use data_adapter_push_sandbox::SandboxPushes;
use data_adapter_sca::{CodeStore, Pace, Store};
use data_adapter_server::{Metrics, Tracer};
use data_adapter_sms::Recorder;
use data_adapter_sms_sandbox::SandboxGateway;
use zeroize::Zeroizing;

/// What everything else stands on. Only what would be lost belongs here: whatever follows from the settings is made anew.
pub(crate) struct Foundation {
    pub(crate) store: Arc<WatchedStore>,
    /// The half of it with codes and counters, where that is elsewhere.
    pub(crate) codes: Option<Arc<dyn CodeStore>>,
    /// `None` while there is no audit log.
    pub(crate) auditor: Option<Arc<Auditor>>,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) tracer: Option<Arc<dyn Tracer>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    /// The messages that the sandbox shows.
    pub(crate) inbox: Arc<SandboxGateway>,
    /// The pushes that the sandbox shows.
    pub(crate) pushes: Arc<SandboxPushes>,
    pub(crate) keys: SandboxKeys,
    /// How long gateways take, which fakes take as well.
    pub(crate) pace: Arc<Pace>,
    /// Keeps what became of messages. Sessions with an SMSC go on telling it.
    pub(crate) recorder: Arc<Recorder>,
}

/// A key of the sandbox, which makes one where the settings have none.
pub(crate) type SandboxKey = Zeroizing<[u8; 32]>;

/// The keys that the sandbox made at the start, so that codes and tokens outlive a reload.
pub(crate) struct SandboxKeys {
    pub(crate) codes: SandboxKey,
    pub(crate) partner_tokens: SandboxKey,
    pub(crate) user_tokens: SandboxKey,
}

impl SandboxKeys {
    pub(crate) fn new(random: &dyn Random) -> Self {
        let key = || Zeroizing::new(random.bytes());
        Self { codes: key(), partner_tokens: key(), user_tokens: key() }
    }
}

impl Foundation {
    /// Over a store that was opened before, and so was the audit log. Only what is made after
    /// [`Metrics::install`] is counted.
    pub(crate) fn new(store: Arc<dyn Store>, auditor: Option<Arc<Auditor>>) -> Self {
        let store = Arc::new(WatchedStore::new(store));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let deliveries = match &auditor {
            Some(auditor) => {
                Arc::new(AuditedDeliveries::new(Arc::clone(&store) as _, Arc::clone(auditor))) as _
            }
            None => Arc::clone(&store) as _,
        };
        Self {
            store,
            codes: None,
            auditor,
            metrics: None,
            tracer: None,
            inbox: Arc::new(SandboxGateway::new(Arc::clone(&clock))),
            pushes: Arc::new(SandboxPushes::new(Arc::clone(&clock))),
            keys: SandboxKeys::new(random.as_ref()),
            pace: Arc::default(),
            recorder: Arc::new(Recorder::new(deliveries, Arc::clone(&clock))),
            clock,
            random,
        }
    }
}
