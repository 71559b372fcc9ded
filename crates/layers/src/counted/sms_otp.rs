use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification,
    Credentials, IssuedCode, OperationId, SmsOtp, UserId, VerificationOutcome,
};
use data_adapter_sca::Factor;
use jiff::Timestamp;

use super::codes::Codes;
use super::{BlockCounter, restrictions};

/// Counts codes that were made, and what became of them.
pub struct CountedSmsOtp {
    inner: Arc<dyn SmsOtp>,
    blocks: Arc<BlockCounter>,
    counters: Codes,
}

impl CountedSmsOtp {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn SmsOtp>, blocks: Arc<BlockCounter>) -> Self {
        Self { inner, blocks, counters: Codes::new() }
    }

    /// A guess counts against the owner of the code, whomever it names. Nobody is asked for too, so that a fake takes as long as
    /// a code that was wrong.
    async fn guess_failed(&self, verification: &CodeVerification, began: Timestamp) {
        let owner = self.blocks.owner(&verification.message).await;
        let nobody = UserId::new(verification.message.as_str());
        let user = owner.as_ref().or(verification.user.as_ref()).unwrap_or(&nobody);
        self.blocks.failed(user, Factor::Code, began).await;
    }
}

#[async_trait]
impl SmsOtp for CountedSmsOtp {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let result = self.inner.create(request).await;
        if let Ok(Some(issued)) = &result {
            self.counters.issued(issued.delivery);
        }
        result
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.verify(verification).await;
        match &result {
            Ok(outcome) => self.counters.of(*outcome).increment(1),
            Err(AdapterError::SmsAuthorizationFailed(_)) => self.counters.failed.increment(1),
            Err(_) => {}
        }
        if matches!(result, Ok(VerificationOutcome::Wrong { .. } | VerificationOutcome::Empty { .. })) {
            self.guess_failed(verification, began).await;
        }
        result
    }

    /// Both factors are asked for blocks whichever was wrong: nothing, the time included, tells which.
    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.verify_with_password(verification, credentials).await;
        match &result {
            Ok(CodeAndPasswordOutcome::Succeeded { tolerated }) => {
                self.counters.verified.increment(1);
                restrictions::tell_tolerated(*tolerated);
                return result;
            }
            Ok(CodeAndPasswordOutcome::Restricted { restriction, .. }) => restrictions::tell(*restriction),
            Ok(CodeAndPasswordOutcome::Failed) => {}
            Err(_) => return result,
        }
        self.counters.failed.increment(1);
        self.guess_failed(verification, began).await;
        self.blocks.failed(&credentials.user, Factor::Password, began).await;
        result
    }

    /// The code is the front's: it was not created here, but may not have been delivered.
    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        let result = self.inner.send(message).await;
        match &result {
            Ok(Some(CodeDelivery::Failed)) => self.counters.undelivered.increment(1),
            Ok(Some(CodeDelivery::Stopped(limit))) => self.counters.stopped(*limit),
            Ok(Some(CodeDelivery::Succeeded) | None) | Err(_) => {}
        }
        result
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        self.inner.end_operation(operation).await
    }
}
