use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Decoration, FormDataChange, OperationChange, OperationParty, Operations, SmsOtp,
};

/// Ends the open codes of an operation when the operation ends, whatever back end follows operations.
pub struct EndingOperations {
    inner: Arc<dyn Operations>,
    sms_otp: Arc<dyn SmsOtp>,
}

impl EndingOperations {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Operations>, sms_otp: Arc<dyn SmsOtp>) -> Self {
        Self { inner, sms_otp }
    }
}

#[async_trait]
impl Operations for EndingOperations {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.inner.decorate(party).await
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        self.inner.form_data_changed(change).await
    }

    /// The codes end first: when the back end can't be told, they must not stay open.
    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        self.sms_otp.end_operation(&change.party.operation.id).await?;
        self.inner.operation_changed(change).await
    }
}
