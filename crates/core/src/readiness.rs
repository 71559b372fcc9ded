use async_trait::async_trait;

use crate::AdapterError;

/// Tells whether the system behind can be reached.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Asks the system behind for something that costs it little and changes nothing. Called every few seconds; the caller
    /// sets a deadline.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it did not answer as it does to real requests: the network, or the credentials of
    /// this program.
    async fn check(&self) -> Result<(), AdapterError>;
}
