use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Language, MessageId, User, UserId};
use data_adapter_sca::{
    ApprovalMethod, Authorization, CodeCarrier, Factor, Issue, IssuedRequest, NewScaRequest, Proof,
    Regeneration, ScaRequest, ScaRequests,
};

use super::BlockCounter;
use super::codes::Codes;

/// Counts the codes of requests among all others.
pub struct CountedScaRequests {
    inner: Arc<dyn ScaRequests>,
    blocks: Arc<BlockCounter>,
    codes: Codes,
}

impl CountedScaRequests {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn ScaRequests>, blocks: Arc<BlockCounter>) -> Self {
        Self { inner, blocks, codes: Codes::new() }
    }

    fn issued(&self, issued: &IssuedRequest) {
        if issued.request.method == ApprovalMethod::Otp {
            self.codes.issued(issued.delivery);
        }
    }
}

#[async_trait]
impl ScaRequests for CountedScaRequests {
    async fn create(&self, new: &NewScaRequest) -> Result<Issue, AdapterError> {
        let result = self.inner.create(new).await;
        match &result {
            Ok(Issue::Issued(issued)) => self.issued(issued),
            Ok(Issue::Stopped(limit)) => self.codes.stopped(*limit),
            Ok(Issue::Unreachable | Issue::Blocked) | Err(_) => {}
        }
        result
    }

    async fn find(&self, message: &MessageId) -> Result<Option<ScaRequest>, AdapterError> {
        self.inner.find(message).await
    }

    async fn pending(&self, user: &UserId) -> Result<Vec<ScaRequest>, AdapterError> {
        self.inner.pending(user).await
    }

    async fn authorize(&self, message: &MessageId, proof: &Proof) -> Result<Authorization, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.authorize(message, proof).await;
        let Ok(authorization) = &result else { return result };
        if let Some(counter) = self.codes.of_authorization(authorization).filter(|_| proof.is_code()) {
            counter.increment(1);
        }
        if let Authorization::Wrong(request) | Authorization::Exhausted(request) = authorization {
            self.blocks.failed(&request.user, Factor::Code, began).await;
        }
        result
    }

    async fn cancel(&self, message: &MessageId) -> Result<bool, AdapterError> {
        self.inner.cancel(message).await
    }

    async fn regenerate(
        &self,
        message: &MessageId,
        user: &User,
        carrier: CodeCarrier,
        language: Option<&Language>,
    ) -> Result<Regeneration, AdapterError> {
        let began = self.blocks.now();
        let result = self.inner.regenerate(message, user, carrier, language).await;
        match &result {
            Ok(Regeneration::Issued(issued)) => self.issued(issued),
            Ok(Regeneration::Stopped(limit)) => self.codes.stopped(*limit),
            Ok(Regeneration::Exhausted) => self.blocks.failed(&user.id, Factor::Code, began).await,
            Ok(_) | Err(_) => {}
        }
        result
    }

    async fn is_blocked(&self, user: &User) -> Result<bool, AdapterError> {
        self.inner.is_blocked(user).await
    }
}
