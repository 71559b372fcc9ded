use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_sca::{GatewayError, PushGateway, PushMessage};

/// A gateway that keeps the pushes that it is given, for a test to read.
#[derive(Debug, Default)]
pub struct RecordingPush {
    pushes: Mutex<Vec<PushMessage>>,
    refuses: AtomicBool,
}

impl RecordingPush {
    /// Every push that it took, oldest first.
    #[must_use]
    pub fn pushes(&self) -> Vec<PushMessage> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on it refuses every push, or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }
}

#[async_trait]
impl PushGateway for RecordingPush {
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(GatewayError::Unavailable("the test told it to refuse".to_owned()));
        }
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner).push(push.clone());
        Ok(())
    }
}
