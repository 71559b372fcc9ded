//! What providers call back, where there is one.

use std::sync::Arc;

use data_adapter_callbacks::{Callbacks, CallbacksParts, document};
use data_adapter_server::Api;

use super::{ApiName, Behind, Document};
use crate::config::Settings;

pub(super) fn apis(behind: &Behind) -> Vec<Arc<dyn Api>> {
    let (Some(push), Some(requests)) = (&behind.push_callbacks, &behind.requests) else { return Vec::new() };
    vec![Arc::new(Callbacks::new(CallbacksParts {
        push: Arc::clone(push),
        decisions: Arc::clone(&requests.decisions),
        calls: Arc::clone(&behind.store) as _,
        clock: Arc::clone(&behind.clock),
    }))]
}

pub(super) fn documents(settings: &Settings) -> Vec<Document> {
    if !settings.push.has_provider() {
        return Vec::new();
    }
    vec![Document {
        api: ApiName::Callbacks,
        dialect: None,
        file: Callbacks::DOCUMENT,
        path: Callbacks::PATH.to_owned(),
        asks_callers: true,
        write: Box::new(document),
    }]
}
