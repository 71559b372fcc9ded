use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, CodeDelivery, User};
use data_adapter_sca::{
    CallUnderWay, EnrolledFactor, Enrolment, Factor, FactorChannel, Factors, Verification,
};
use secrecy::SecretString;

use super::BlockCounter;
use super::codes::Codes;

/// Counts the codes that prove factors among all others.
pub struct CountedFactors {
    inner: Arc<dyn Factors>,
    blocks: Arc<BlockCounter>,
    codes: Codes,
}

impl CountedFactors {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Factors>, blocks: Arc<BlockCounter>) -> Self {
        Self { inner, blocks, codes: Codes::new() }
    }
}

#[async_trait]
impl Factors for CountedFactors {
    async fn list(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.inner.list(user).await
    }

    async fn enrol_otp(&self, user: &User, call: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        let result = self.inner.enrol_otp(user, call).await;
        match &result {
            Ok(Enrolment::Sent) => self.codes.issued(CodeDelivery::Succeeded),
            Ok(Enrolment::NotDelivered) => self.codes.issued(CodeDelivery::Failed),
            Ok(Enrolment::Stopped(limit)) => self.codes.stopped(*limit),
            Ok(_) | Err(_) => {}
        }
        result
    }

    async fn verify_otp(&self, user: &User, code: &SecretString) -> Result<Verification, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.verify_otp(user, code).await;
        let Ok(verification) = &result else { return result };
        if let Some(counter) = self.codes.of_factor(*verification) {
            counter.increment(1);
        }
        if matches!(verification, Verification::Wrong | Verification::OneLeft | Verification::LimitExceeded) {
            self.blocks.failed(&user.id, Factor::Code, began).await;
        }
        result
    }

    async fn enrol_push(
        &self,
        user: &User,
        channel: FactorChannel,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        self.inner.enrol_push(user, channel, call).await
    }

    async fn unlink(&self, user: &User, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.inner.unlink(user, channel).await
    }
}
