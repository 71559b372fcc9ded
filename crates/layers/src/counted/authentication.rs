use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Authentication, AuthenticationOutcome, Credentials};
use data_adapter_sca::Factor;
use metrics::Counter;

use super::BlockCounter;

/// Counts passwords that were right, and those that were not.
pub struct CountedAuthentication {
    inner: Arc<dyn Authentication>,
    blocks: Arc<BlockCounter>,
    verified: Counter,
    failed: Counter,
}

impl CountedAuthentication {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Authentication>, blocks: Arc<BlockCounter>) -> Self {
        let counter = |event| metrics::counter!("data_adapter_passwords_total", "event" => event);
        Self { inner, blocks, verified: counter("verified"), failed: counter("failed") }
    }
}

#[async_trait]
impl Authentication for CountedAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.authenticate(credentials).await;
        match &result {
            Ok(AuthenticationOutcome::Succeeded(_)) => self.verified.increment(1),
            Ok(AuthenticationOutcome::Failed { .. }) | Err(AdapterError::AuthenticationFailed(_)) => {
                self.failed.increment(1);
                self.blocks.failed(&credentials.user, Factor::Password, began).await;
            }
            Err(_) => {}
        }
        result
    }
}
