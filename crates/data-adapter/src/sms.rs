//! The SMS gateways of the configuration, and what they report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use data_adapter_callbacks::SmsParts;
use data_adapter_core::Readiness;
use data_adapter_sca::{ReceiptCallbacks, Receipts, SmsGateway};
use data_adapter_sms::{Patience, Recorder, Route, RouteParts, Routes};
use data_adapter_sms_smpp::SmppGateway;
use futures::future::join_all;
use tokio::time::timeout;

use crate::config::{Digest, MadeGateway, Settings, SmsAdapter};
use crate::failure::Failure;

/// Every gateway, none of which is called before [`start`](Self::start).
pub(crate) struct Gateways {
    routes: Arc<Routes>,
    recorder: Arc<Recorder>,
    sessions: Vec<Session>,
    callbacks: BTreeMap<String, Arc<dyn ReceiptCallbacks>>,
}

/// A session with an SMSC that lasts.
struct Session {
    gateway: Arc<SmppGateway>,
    /// By which it is told whether another one would be the same.
    digest: Digest,
    is_new: bool,
}

impl Gateways {
    /// Those of the configuration, which tell `recorder` what becomes of messages. A session of those `before` goes on where its
    /// settings are the same. One that has no place here any more ends after the last request that uses it.
    pub(crate) fn new(
        settings: &Settings,
        recorder: &Arc<Recorder>,
        before: Option<&Self>,
    ) -> Result<Self, Failure> {
        let mut made = settings.sms.gateways()?;
        let (mut sessions, mut callbacks) = (Vec::new(), BTreeMap::new());
        for (index, MadeGateway { id, adapter, .. }) in made.iter_mut().enumerate() {
            match adapter {
                SmsAdapter::Smpp(gateway) => {
                    let digest = settings.written().smpp(index);
                    let same = before.and_then(|before| before.session(&digest));
                    let is_new = same.is_none();
                    if let Some(same) = same {
                        *gateway = same;
                    }
                    sessions.push(Session { gateway: Arc::clone(gateway), digest, is_new });
                }
                SmsAdapter::Http(_, receipts) => {
                    let receipts = receipts.iter().map(|receipts| (id.clone(), Arc::clone(receipts) as _));
                    callbacks.extend(receipts);
                }
            }
        }
        let patience = settings.sms.patience();
        let routes = made.into_iter().map(|gateway| route(gateway, patience)).collect();
        let routes = Routes::new(routes, settings.sms.deadline(), Arc::clone(recorder));
        Ok(Self { routes: Arc::new(routes), recorder: Arc::clone(recorder), sessions, callbacks })
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

    fn session(&self, digest: &Digest) -> Option<Arc<SmppGateway>> {
        let same = self.sessions.iter().find(|session| session.digest == *digest);
        same.map(|session| Arc::clone(&session.gateway))
    }

    /// Begins the sessions that last and have not begun, within a runtime.
    pub(crate) fn start(&self) {
        for Session { gateway, .. } in &self.sessions {
            gateway.start(Arc::clone(&self.recorder) as Arc<dyn Receipts>);
        }
    }

    /// Waits until all new sessions are bound, but no longer than makes sense: an SMSC may be down, or take no other bind while the session
    /// lasts that this one is to follow.
    pub(crate) async fn bound(&self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let new = self.sessions.iter().filter(|session| session.is_new);
        let bound = join_all(new.map(|Session { gateway, .. }| gateway.bound()));
        if timeout(PATIENCE, bound).await.is_err() {
            tracing::warn!("not every SMSC is bound to yet");
        }
    }

    /// Ends them all at once, once no request is left.
    pub(crate) async fn stop(&self) {
        join_all(self.sessions.iter().map(|Session { gateway, .. }| gateway.stop())).await;
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
