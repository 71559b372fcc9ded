//! What providers of pushes and gateways of SMS call back, where there are some.

use std::sync::Arc;

use data_adapter_callbacks::{Callbacks, CallbacksParts, Offered, PushParts, document};
use data_adapter_server::Api;

use super::{ApiName, Behind, Document};
use crate::config::Settings;

pub(super) fn apis(behind: &Behind) -> Vec<Arc<dyn Api>> {
    let push = behind.push_callbacks.as_ref().zip(behind.requests.as_ref());
    let push = push.map(|(callbacks, requests)| PushParts {
        callbacks: Arc::clone(callbacks),
        decisions: Arc::clone(&requests.decisions),
        calls: Arc::clone(&behind.store) as _,
    });
    let sms = behind.sms_callbacks.clone();
    if push.is_none() && sms.is_none() {
        return Vec::new();
    }
    vec![Arc::new(Callbacks::new(CallbacksParts { push, sms, clock: Arc::clone(&behind.clock) }))]
}

pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    let offered = Offered { push: settings.push.has_provider(), sms: settings.sms.has_callbacks() };
    if !offered.push && !offered.sms {
        return Vec::new();
    }
    vec![Document {
        api: ApiName::Callbacks,
        dialect: None,
        file: Callbacks::DOCUMENT,
        path: Callbacks::PATH.to_owned(),
        asks_callers: true,
        write: Box::new(move |place| document(place, offered)),
    }]
}
