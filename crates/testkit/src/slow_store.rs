use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, Random, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptStore, Begun, Block, BlockDurations, Challenge, ChallengeStore,
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, Delivery, DeliveryStore, Device, DeviceStore,
    Enrolled, EnrolledFactor, ErasedConsents, Factor, FactorChannel, FactorStore, Guess, GuessPolicy,
    IdempotencyKey, IdempotencyStore, KeptConsent, Maintenance, NewDelivery, NewDevice, NewFactor, Offer,
    OpenChallenge, Opened, RateKeys, RateStore, RateWindow, Rated, RatedKey, Receipt, Receipted, Renewal,
    Renewed, Retention, SessionKey, SessionStore, ShownForm, Step, Store, StoredAnswer, TargetHash,
    TokenStore, Whose,
};
use jiff::{SignedDuration, Timestamp};

/// Lets other tasks run before and after each call, as a store on the other side of a network does. Over a store that
/// never waits, what an engine does between two calls would hardly ever meet what another request does.
pub struct SlowStore {
    inner: Arc<dyn Store>,
    uses_up: bool,
    calls: Arc<AtomicUsize>,
    faults: Option<Arc<Faults>>,
}

/// From when on stores fail. Those that share it fail together, as all that a process calls does when it dies.
pub struct Faults {
    calls: AtomicUsize,
    first: usize,
    is_kept: bool,
}

impl Faults {
    /// From the call of this number on, from 0; `is_kept` says whether that one is made, and only its answer lost.
    #[must_use]
    pub fn from(first: usize, is_kept: bool) -> Self {
        Self { calls: AtomicUsize::new(0), first, is_kept }
    }

    /// Whether there were so many calls.
    #[must_use]
    pub fn have_begun(&self) -> bool {
        self.calls.load(Ordering::SeqCst) > self.first
    }

    async fn meet<T>(&self, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        if number < self.first {
            return call.await;
        }
        if number == self.first && self.is_kept {
            call.await?;
        }
        Err(AdapterError::Remote("the test says so".to_owned()))
    }
}

type Answer<T> = Result<T, AdapterError>;

impl SlowStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, uses_up: true, calls: Arc::default(), faults: None }
    }

    /// One that fails sooner or later.
    #[must_use]
    pub fn that_fails(inner: Arc<dyn Store>, faults: &Arc<Faults>) -> Self {
        Self { faults: Some(Arc::clone(faults)), ..Self::new(inner) }
    }

    /// One that can't use anything up, as on a disk that is full.
    pub(crate) fn that_uses_nothing_up(inner: Arc<dyn Store>) -> Self {
        Self { uses_up: false, ..Self::new(inner) }
    }

    /// How many calls it has had.
    pub(crate) fn calls(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.calls)
    }

    async fn slowly<T>(&self, call: impl Future<Output = Answer<T>>) -> Answer<T> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let answer = match &self.faults {
            Some(faults) => faults.meet(call).await,
            None => call.await,
        };
        tokio::task::yield_now().await;
        answer
    }
}

#[async_trait]
impl ChallengeStore for SlowStore {
    fn new_message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        self.inner.new_message(whose, now, random)
    }

    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        self.slowly(self.inner.open(challenge, rates)).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        if !self.uses_up {
            return Err(AdapterError::Remote("the test says so".to_owned()));
        }
        self.slowly(self.inner.guess(message, offer, now, policy)).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        self.slowly(self.inner.step(message)).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        if !self.uses_up {
            return Err(AdapterError::Remote("the test says so".to_owned()));
        }
        self.slowly(self.inner.consume(message, now)).await
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        self.slowly(self.inner.end_operation(operation, now)).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.slowly(self.inner.is_over(operation)).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.slowly(self.inner.end_pushes(user)).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        self.slowly(self.inner.open_challenges(now)).await
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        self.slowly(self.inner.renew(message, renewal, limit, now)).await
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        self.slowly(self.inner.decide(message, accepted, now)).await
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.slowly(self.inner.end(message, now)).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        self.slowly(self.inner.open_challenge(message, now, policy)).await
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        self.slowly(self.inner.open_challenges_of(user, now, policy)).await
    }
}

#[async_trait]
impl AttemptStore for SlowStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        self.slowly(self.inner.admit_attempt(attempt, now, policy, lease)).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.slowly(self.inner.attempt_succeeded(attempt, now)).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.slowly(self.inner.attempt_failed(attempt, now, policy)).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.slowly(self.inner.give_attempt_back(attempt)).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.slowly(self.inner.clear_attempts(user, factor)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        self.slowly(self.inner.blocked_until(user, factor, now)).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        self.slowly(self.inner.blocks(now)).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.slowly(self.inner.block(user, factor, now, policy)).await
    }
}

#[async_trait]
impl ConsentStore for SlowStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.slowly(self.inner.remember_shown(shown)).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        self.slowly(self.inner.shown(operation, user)).await
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        self.slowly(self.inner.add_consent(record)).await
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        self.slowly(self.inner.latest_consent(purpose)).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        self.slowly(self.inner.consents(user)).await
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        self.slowly(self.inner.withdraw_consents(user, filter, now)).await
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        self.slowly(self.inner.erase_consents(user)).await
    }
}

#[async_trait]
impl DeviceStore for SlowStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        self.slowly(self.inner.register_device(device)).await
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        self.slowly(self.inner.devices(user)).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        self.slowly(self.inner.deregister_device(user, id)).await
    }
}

#[async_trait]
impl TokenStore for SlowStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        self.slowly(self.inner.revoke_token(id, expires_at)).await
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        self.slowly(self.inner.is_token_revoked(id)).await
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        self.slowly(self.inner.next_number(token)).await
    }
}

#[async_trait]
impl SessionStore for SlowStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        self.slowly(self.inner.open_session(session, now)).await
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.slowly(self.inner.touch_session(session, now, idle)).await
    }

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.slowly(self.inner.admit_session(session, issued_at, now, idle)).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        self.slowly(self.inner.end_sessions(user, issued_until)).await
    }
}

#[async_trait]
impl FactorStore for SlowStore {
    async fn enrol(&self, factor: NewFactor) -> Result<Enrolled, AdapterError> {
        self.slowly(self.inner.enrol(factor)).await
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.slowly(self.inner.factors(user)).await
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        self.slowly(self.inner.give_up(message)).await
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.slowly(self.inner.deactivate(user, channel, target)).await
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.slowly(self.inner.rehash(user, channel, older, newer)).await
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.slowly(self.inner.unlink(user, channel)).await
    }
}

#[async_trait]
impl IdempotencyStore for SlowStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        self.slowly(self.inner.begin_call(key, fingerprint, now, lease)).await
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        self.slowly(self.inner.finish_call(key, fingerprint, answer)).await
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        self.slowly(self.inner.free_call(key, fingerprint, undone)).await
    }
}

#[async_trait]
impl RateStore for SlowStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.slowly(self.inner.rate(keys, now)).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        self.slowly(self.inner.windows(keys, most, now)).await
    }
}

#[async_trait]
impl DeliveryStore for SlowStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        self.slowly(self.inner.hand_over(delivery, now)).await
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        self.slowly(self.inner.keep_receipt(receipt, now)).await
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        self.slowly(self.inner.deliveries(messages)).await
    }
}

#[async_trait]
impl Maintenance for SlowStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        self.slowly(self.inner.purge(now, retention)).await
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        self.slowly(self.inner.rewind(now, blocks)).await
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        self.slowly(self.inner.probe()).await
    }
}
