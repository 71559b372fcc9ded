//! The SMS gateways of the configuration, and what they report.

use std::collections::BTreeMap;
use std::sync::Arc;

use data_adapter_audit::{AuditedDeliveries, Auditor};
use data_adapter_callbacks::SmsParts;
use data_adapter_core::{Clock, Readiness};
use data_adapter_sca::{ReceiptCallbacks, Receipts, SmsGateway, Store};
use data_adapter_sms::{Patience, Recorder, Route, RouteParts, Routes};
use data_adapter_sms_smpp::SmppGateway;

use crate::config::{MadeGateway, Settings, SmsAdapter};
use crate::failure::Failure;

/// Every gateway, none of which is called before [`start`](Self::start).
pub(crate) struct Gateways {
    routes: Arc<Routes>,
    recorder: Arc<Recorder>,
    sessions: Vec<Arc<SmppGateway>>,
    callbacks: BTreeMap<String, Arc<dyn ReceiptCallbacks>>,
}

impl Gateways {
    /// Those of the configuration. What they report is kept in `store`, with a line of it where there is an audit log.
    pub(crate) fn new(
        settings: &Settings,
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
        auditor: Option<&Arc<Auditor>>,
    ) -> Result<Self, Failure> {
        let deliveries = match auditor {
            Some(auditor) => {
                Arc::new(AuditedDeliveries::new(Arc::clone(store) as _, Arc::clone(auditor))) as _
            }
            None => Arc::clone(store) as _,
        };
        let recorder = Arc::new(Recorder::new(deliveries, Arc::clone(clock)));
        let made = settings.sms.gateways()?;
        let (mut sessions, mut callbacks) = (Vec::new(), BTreeMap::new());
        for MadeGateway { id, adapter, .. } in &made {
            match adapter {
                SmsAdapter::Smpp(session) => sessions.push(Arc::clone(session)),
                SmsAdapter::Http(_, receipts) => {
                    let receipts = receipts.iter().map(|receipts| (id.clone(), Arc::clone(receipts) as _));
                    callbacks.extend(receipts);
                }
            }
        }
        let patience = settings.sms.patience();
        let routes = made.into_iter().map(|gateway| route(gateway, patience)).collect();
        let routes = Routes::new(routes, settings.sms.deadline(), Arc::clone(&recorder));
        Ok(Self { routes: Arc::new(routes), recorder, sessions, callbacks })
    }

    /// What takes messages.
    pub(crate) fn gateway(&self) -> Arc<dyn SmsGateway> {
        Arc::clone(&self.routes) as _
    }

    /// What readiness warns of.
    pub(crate) fn checks(&self) -> Vec<(String, Arc<dyn Readiness>)> {
        self.routes.checks().into_iter().map(|(id, check)| (format!("sms.{id}"), check)).collect()
    }

    /// What is done with what gateways call back; `None` where none does.
    pub(crate) fn callbacks(&self) -> Option<SmsParts> {
        let receipts = Arc::clone(&self.recorder) as Arc<dyn Receipts>;
        (!self.callbacks.is_empty()).then(|| SmsParts { gateways: self.callbacks.clone(), receipts })
    }

    /// Begins the sessions that last, within a runtime.
    pub(crate) fn start(&self) {
        for session in &self.sessions {
            session.start(Arc::clone(&self.recorder) as Arc<dyn Receipts>);
        }
    }

    /// Ends them all at once, once no request is left.
    pub(crate) async fn stop(&self) {
        futures::future::join_all(self.sessions.iter().map(|session| session.stop())).await;
    }
}

fn route(made: MadeGateway, patience: Patience) -> Route {
    let MadeGateway { id, takes, max_concurrent, adapter } = made;
    // Whether a gateway over HTTP is there is known by the last messages alone: asking costs one.
    let (gateway, readiness): (Arc<dyn SmsGateway>, Option<Arc<dyn Readiness>>) = match adapter {
        SmsAdapter::Http(gateway, _) => (gateway, None),
        SmsAdapter::Smpp(session) => (Arc::clone(&session) as _, Some(session)),
    };
    Route::new(RouteParts { id, takes, gateway, readiness, max_concurrent, patience })
}
