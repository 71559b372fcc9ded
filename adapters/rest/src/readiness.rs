use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness, Step};

use crate::RestBackend;
use crate::refusal::Refusal;

#[async_trait]
impl Readiness for RestBackend {
    /// Asks for the service status, with the credentials of every other request.
    async fn check(&self) -> Result<(), AdapterError> {
        match self.upstream.status().await {
            Ok(()) => Ok(()),
            Err(Refusal::Error(error @ (AdapterError::Unreachable(_) | AdapterError::Remote(_)))) => {
                Err(error)
            }
            Err(refusal) => Err(AdapterError::Remote(refusal.to_string())),
        }
    }

    /// To the proxy, where there is one.
    async fn steps(&self) -> Vec<Step> {
        let mut steps = self.upstream.steps().await;
        if steps.iter().all(|step| step.outcome().is_ok()) {
            let outcome = self.check().await;
            let outcome = outcome.map(|()| "it answers as it should".to_owned());
            steps.push(Step::new("TLS and service status", outcome.map_err(|error| error.to_string())));
        }
        steps
    }
}
