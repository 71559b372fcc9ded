use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Authentication, AuthenticationOutcome, Credentials};
use data_adapter_sca::Factor;
use metrics::Counter;

use super::{BlockCounter, restrictions};

/// Counts passwords that were right, those that were not, and those of accounts that may not be used.
pub struct CountedAuthentication {
    inner: Arc<dyn Authentication>,
    blocks: Arc<BlockCounter>,
    verified: Counter,
    failed: Counter,
    restricted: Counter,
}

impl CountedAuthentication {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Authentication>, blocks: Arc<BlockCounter>) -> Self {
        let counter = |event| metrics::counter!("data_adapter_passwords_total", "event" => event);
        let (verified, failed) = (counter("verified"), counter("failed"));
        Self { inner, blocks, verified, failed, restricted: counter("restricted") }
    }
}

#[async_trait]
impl Authentication for CountedAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.authenticate(credentials).await;
        match &result {
            Ok(AuthenticationOutcome::Succeeded { tolerated, .. }) => {
                self.verified.increment(1);
                restrictions::tell_tolerated(*tolerated);
            }
            Ok(AuthenticationOutcome::Failed { .. }) | Err(AdapterError::AuthenticationFailed(_)) => {
                self.failed.increment(1);
                self.blocks.failed(&credentials.user, Factor::Password, began).await;
            }
            Ok(AuthenticationOutcome::Restricted { restriction, .. }) => {
                self.restricted.increment(1);
                restrictions::tell(*restriction);
                // It began no block; it takes as long to find that out.
                self.blocks.failed(&credentials.user, Factor::Password, began).await;
            }
            Err(_) => {}
        }
        result
    }
}
