use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};

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
}
