use std::sync::Arc;
use std::time::Duration;

use data_adapter_server::Tracer;

use crate::config::Settings;
use crate::failure::Failure;

/// There is none.
pub(crate) enum Telemetry {}

impl Telemetry {
    pub(crate) fn start(_: &Settings) -> Result<Option<Self>, Failure> {
        Ok(None)
    }

    pub(crate) fn tracer(&self) -> Arc<dyn Tracer> {
        match *self {}
    }

    pub(crate) async fn stop(self, _: Duration) {
        match self {}
    }
}
