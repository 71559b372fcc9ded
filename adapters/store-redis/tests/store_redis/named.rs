//! A store whose challenges are called as the contract suite calls them, over one that says itself what its challenges are called.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, SystemRandom, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptStore, Block, BlockDurations, Challenge, ChallengeStore,
    CodeStore, Factor, Guess, GuessPolicy, Maintenance, Offer, OpenChallenge, Opened, RateKeys, RateStore,
    RateWindow, Rated, RatedKey, Renewal, Renewed, Retention, Step,
};
use jiff::{SignedDuration, Timestamp};

/// Both names of each challenge.
#[derive(Default)]
struct Names {
    inner: HashMap<MessageId, MessageId>,
    outer: HashMap<MessageId, MessageId>,
}

/// A store whose challenges have names.
pub(crate) struct Named {
    inner: Arc<dyn CodeStore>,
    names: Mutex<Names>,
}

impl Named {
    pub(crate) fn new(inner: Arc<dyn CodeStore>) -> Self {
        Self { inner, names: Mutex::default() }
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the store calls it; what it does not know keeps its name.
    fn inner(&self, name: &MessageId) -> MessageId {
        self.names().inner.get(name).unwrap_or(name).clone()
    }

    fn outer(&self, message: &MessageId) -> MessageId {
        self.names().outer.get(message).unwrap_or(message).clone()
    }

    fn named(&self, challenge: Challenge) -> Challenge {
        Challenge { message: self.outer(&challenge.message), ..challenge }
    }

    fn told(&self, open: OpenChallenge) -> OpenChallenge {
        OpenChallenge { challenge: self.named(open.challenge), ..open }
    }

    /// A challenge as the store calls it, which is known by its name from now on.
    fn new_name(&self, challenge: Challenge) -> Challenge {
        let name = challenge.message;
        let message = self.inner.new_message(challenge.step.whose(), challenge.created_at, &SystemRandom);
        let mut names = self.names();
        names.inner.insert(name.clone(), message.clone());
        names.outer.insert(message.clone(), name);
        Challenge { message, ..challenge }
    }
}

#[async_trait]
impl ChallengeStore for Named {
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        let opened = self.inner.open(self.new_name(challenge), rates).await?;
        Ok(match opened {
            Opened::Limited { over, open } => {
                Opened::Limited { over, open: open.map(|message| self.outer(&message)) }
            }
            Opened::Opened | Opened::OperationOver => opened,
        })
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        self.inner.step(&self.inner(message)).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        self.inner.guess(&self.inner(message), offer, now, policy).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.inner.consume(&self.inner(message), now).await
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        self.inner.renew(&self.inner(message), renewal, limit, now).await
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        self.inner.decide(&self.inner(message), accepted, now).await
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.inner.end(&self.inner(message), now).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.inner.end_pushes(user).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        let open = self.inner.open_challenge(&self.inner(message), now, policy).await?;
        Ok(open.map(|open| self.told(open)))
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        let open = self.inner.open_challenges_of(user, now, policy).await?.into_iter();
        let mut open: Vec<_> = open.map(|open| self.told(open)).collect();
        open.sort_by(|a, b| by_age(&a.challenge, &b.challenge));
        Ok(open)
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        self.inner.end_operation(operation, now).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.inner.is_over(operation).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        let open = self.inner.open_challenges(now).await?.into_iter();
        let mut open: Vec<_> = open.map(|challenge| self.named(challenge)).collect();
        open.sort_by(by_age);
        Ok(open)
    }
}

fn by_age(a: &Challenge, b: &Challenge) -> std::cmp::Ordering {
    (a.created_at, &a.message).cmp(&(b.created_at, &b.message))
}

#[async_trait]
impl AttemptStore for Named {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        self.inner.admit_attempt(attempt, now, policy, lease).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.inner.attempt_succeeded(attempt, now).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.inner.attempt_failed(attempt, now, policy).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.inner.give_attempt_back(attempt).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.inner.clear_attempts(user, factor).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.inner.block(user, factor, now, policy).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        self.inner.blocked_until(user, factor, now).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        self.inner.blocks(now).await
    }
}

#[async_trait]
impl RateStore for Named {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.inner.rate(keys, now).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        self.inner.windows(keys, most, now).await
    }
}

#[async_trait]
impl Maintenance for Named {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        self.inner.purge(now, retention).await
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        self.inner.rewind(now, blocks).await
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        self.inner.probe().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
