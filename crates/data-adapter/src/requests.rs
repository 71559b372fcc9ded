//! Requests to approve something, for the APIs that make, list and answer them.

use std::sync::Arc;

use data_adapter_audit::{
    AuditedDevices, AuditedPushDecisions, AuditedScaRequests, AuditedSessions, Auditor,
};
use data_adapter_layers::{BlockCounter, CountedScaRequests};
use data_adapter_sca::{
    DeviceStore, OtpEngine, PushDecisions, PushGateway, RequestEngine, RequestParts, ScaRequests,
    SessionStore, Store,
};

/// Requests, and what users decide on their devices.
pub(crate) struct Requests {
    pub(crate) requests: Arc<dyn ScaRequests>,
    pub(crate) decisions: Arc<dyn PushDecisions>,
}

impl Requests {
    /// Over the engine that makes codes. From the outside in: record, count, do.
    pub(crate) fn new(
        otp: Arc<OtpEngine>,
        push: Arc<dyn PushGateway>,
        resends: u32,
        blocks: &Arc<BlockCounter>,
        auditor: Option<&Arc<Auditor>>,
    ) -> Self {
        let engine = Arc::new(RequestEngine::new(RequestParts { otp, push, resends }));
        let requests: Arc<dyn ScaRequests> =
            Arc::new(CountedScaRequests::new(Arc::clone(&engine) as _, Arc::clone(blocks)));
        let Some(auditor) = auditor else { return Self { requests, decisions: engine } };
        let decisions = AuditedPushDecisions::new(engine, Arc::clone(&requests), Arc::clone(auditor));
        let requests = AuditedScaRequests::new(requests, Arc::clone(auditor));
        Self { requests: Arc::new(requests), decisions: Arc::new(decisions) }
    }
}

/// The devices of users, recorded where there is an audit log.
pub(crate) fn devices(store: &Arc<dyn Store>, auditor: Option<&Arc<Auditor>>) -> Arc<dyn DeviceStore> {
    match auditor {
        Some(auditor) => Arc::new(AuditedDevices::new(Arc::clone(store) as _, Arc::clone(auditor))),
        None => Arc::clone(store) as _,
    }
}

/// The sessions of users, recorded where there is an audit log.
pub(crate) fn sessions(store: &Arc<dyn Store>, auditor: Option<&Arc<Auditor>>) -> Arc<dyn SessionStore> {
    match auditor {
        Some(auditor) => Arc::new(AuditedSessions::new(Arc::clone(store) as _, Arc::clone(auditor))),
        None => Arc::clone(store) as _,
    }
}
