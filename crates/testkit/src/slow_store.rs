use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, UserId};
use data_adapter_sca::{
    Attempt, AttemptPolicy, AttemptStore, Block, BlockDurations, Challenge, ChallengeStore, ConsentRecord,
    ConsentStore, Factor, Guess, GuessPolicy, Retention, ShownForm, Store,
};
use jiff::Timestamp;

/// Lets other tasks run before and after each call, as a store on the other side of a network does. Over a store that
/// never waits, what an engine does between two calls would hardly ever meet what another request does.
pub(crate) struct SlowStore(pub(crate) Arc<dyn Store>);

async fn slowly<T>(call: impl Future<Output = T>) -> T {
    tokio::task::yield_now().await;
    let answer = call.await;
    tokio::task::yield_now().await;
    answer
}

#[async_trait]
impl ChallengeStore for SlowStore {
    async fn open(&self, challenge: Challenge) -> Result<(), AdapterError> {
        slowly(self.0.open(challenge)).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        slowly(self.0.guess(message, now, policy)).await
    }

    async fn owner(&self, message: &MessageId) -> Result<Option<UserId>, AdapterError> {
        slowly(self.0.owner(message)).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        slowly(self.0.consume(message, now)).await
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<u64, AdapterError> {
        slowly(self.0.end_operation(operation)).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        slowly(self.0.open_challenges(now)).await
    }
}

#[async_trait]
impl AttemptStore for SlowStore {
    async fn count_attempt(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<Attempt, AdapterError> {
        slowly(self.0.count_attempt(user, factor, now, policy)).await
    }

    async fn take_attempt_back(
        &self,
        user: &UserId,
        factor: Factor,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        slowly(self.0.take_attempt_back(user, factor, policy)).await
    }

    async fn keep_attempt(&self, user: &UserId, factor: Factor) -> Result<(), AdapterError> {
        slowly(self.0.keep_attempt(user, factor)).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        slowly(self.0.clear_attempts(user, factor)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        slowly(self.0.blocked_until(user, factor, now)).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        slowly(self.0.blocks(now)).await
    }
}

#[async_trait]
impl ConsentStore for SlowStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        slowly(self.0.remember_shown(shown)).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        slowly(self.0.shown(operation, user)).await
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        slowly(self.0.add_consent(record)).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<ConsentRecord>, AdapterError> {
        slowly(self.0.consents(user)).await
    }
}

#[async_trait]
impl Store for SlowStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        slowly(self.0.purge(now, retention)).await
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        slowly(self.0.rewind(now, blocks)).await
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        slowly(self.0.probe()).await
    }
}
