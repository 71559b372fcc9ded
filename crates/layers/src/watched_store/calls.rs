use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, Random, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptStore, Begun, Block, BlockDurations, Challenge, ChallengeStore,
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, Delivery, DeliveryStore, Device, DeviceStore,
    Enrolled, EnrolledFactor, ErasedConsents, Factor, FactorChannel, FactorStore, Guess, GuessPolicy,
    IdempotencyKey, IdempotencyStore, KeptConsent, Maintenance, NewDelivery, NewDevice, NewFactor, Offer,
    OpenChallenge, Opened, RateKeys, RateStore, RateWindow, Rated, RatedKey, Receipt, Receipted, Renewal,
    Renewed, Retention, SessionKey, SessionStore, ShownForm, Step, StoredAnswer, TargetHash, TokenStore,
    Whose,
};
use jiff::{SignedDuration, Timestamp};

use super::WatchedStore;
use super::call::Call;

#[async_trait]
impl ChallengeStore for WatchedStore {
    fn new_message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        self.inner.new_message(whose, now, random)
    }

    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        self.timed(Call::Open, self.inner.open(challenge, rates)).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        self.timed(Call::Step, self.inner.step(message)).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        self.timed(Call::Guess, self.inner.guess(message, offer, now, policy)).await
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.timed(Call::Consume, self.inner.consume(message, now)).await
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        self.timed(Call::EndOperation, self.inner.end_operation(operation, now)).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.timed(Call::IsOver, self.inner.is_over(operation)).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.timed(Call::EndPushes, self.inner.end_pushes(user)).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        self.timed(Call::OpenChallenges, self.inner.open_challenges(now)).await
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        self.timed(Call::Renew, self.inner.renew(message, renewal, limit, now)).await
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        self.timed(Call::Decide, self.inner.decide(message, accepted, now)).await
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.timed(Call::End, self.inner.end(message, now)).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        self.timed(Call::OpenChallenge, self.inner.open_challenge(message, now, policy)).await
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        self.timed(Call::OpenChallengesOf, self.inner.open_challenges_of(user, now, policy)).await
    }
}

#[async_trait]
impl AttemptStore for WatchedStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        self.timed(Call::AdmitAttempt, self.inner.admit_attempt(attempt, now, policy, lease)).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.timed(Call::AttemptSucceeded, self.inner.attempt_succeeded(attempt, now)).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.timed(Call::AttemptFailed, self.inner.attempt_failed(attempt, now, policy)).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.timed(Call::GiveAttemptBack, self.inner.give_attempt_back(attempt)).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.timed(Call::ClearAttempts, self.inner.clear_attempts(user, factor)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        self.timed(Call::BlockedUntil, self.inner.blocked_until(user, factor, now)).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        self.timed(Call::Blocks, self.inner.blocks(now)).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.timed(Call::Block, self.inner.block(user, factor, now, policy)).await
    }
}

#[async_trait]
impl ConsentStore for WatchedStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.timed(Call::RememberShown, self.inner.remember_shown(shown)).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        self.timed(Call::Shown, self.inner.shown(operation, user)).await
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        self.timed(Call::AddConsent, self.inner.add_consent(record)).await
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        self.timed(Call::LatestConsent, self.inner.latest_consent(purpose)).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        self.timed(Call::Consents, self.inner.consents(user)).await
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        self.timed(Call::WithdrawConsents, self.inner.withdraw_consents(user, filter, now)).await
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        self.timed(Call::EraseConsents, self.inner.erase_consents(user)).await
    }
}

#[async_trait]
impl DeviceStore for WatchedStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        self.timed(Call::RegisterDevice, self.inner.register_device(device)).await
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        self.timed(Call::Devices, self.inner.devices(user)).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        self.timed(Call::DeregisterDevice, self.inner.deregister_device(user, id)).await
    }
}

#[async_trait]
impl TokenStore for WatchedStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        self.timed(Call::RevokeToken, self.inner.revoke_token(id, expires_at)).await
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        self.timed(Call::IsTokenRevoked, self.inner.is_token_revoked(id)).await
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        self.timed(Call::NextNumber, self.inner.next_number(token)).await
    }
}

#[async_trait]
impl SessionStore for WatchedStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        self.timed(Call::OpenSession, self.inner.open_session(session, now)).await
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.timed(Call::TouchSession, self.inner.touch_session(session, now, idle)).await
    }

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.timed(Call::AdmitSession, self.inner.admit_session(session, issued_at, now, idle)).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        self.timed(Call::EndSessions, self.inner.end_sessions(user, issued_until)).await
    }
}

#[async_trait]
impl FactorStore for WatchedStore {
    async fn enrol(&self, factor: NewFactor) -> Result<Enrolled, AdapterError> {
        self.timed(Call::Enrol, self.inner.enrol(factor)).await
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.timed(Call::Factors, self.inner.factors(user)).await
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        self.timed(Call::GiveUp, self.inner.give_up(message)).await
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.timed(Call::Deactivate, self.inner.deactivate(user, channel, target)).await
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.timed(Call::Rehash, self.inner.rehash(user, channel, older, newer)).await
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.timed(Call::Unlink, self.inner.unlink(user, channel)).await
    }
}

#[async_trait]
impl IdempotencyStore for WatchedStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        self.timed(Call::Begin, self.inner.begin_call(key, fingerprint, now, lease)).await
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        self.timed(Call::Finish, self.inner.finish_call(key, fingerprint, answer)).await
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        self.timed(Call::Free, self.inner.free_call(key, fingerprint, undone)).await
    }
}

#[async_trait]
impl RateStore for WatchedStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.timed(Call::Rate, self.inner.rate(keys, now)).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        self.timed(Call::Windows, self.inner.windows(keys, most, now)).await
    }
}

#[async_trait]
impl DeliveryStore for WatchedStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        self.timed(Call::HandOver, self.inner.hand_over(delivery, now)).await
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        self.timed(Call::KeepReceipt, self.inner.keep_receipt(receipt, now)).await
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        self.timed(Call::Deliveries, self.inner.deliveries(messages)).await
    }
}

#[async_trait]
impl Maintenance for WatchedStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        self.timed(Call::Purge, self.inner.purge(now, retention)).await
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        self.timed(Call::Rewind, self.inner.rewind(now, blocks)).await
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        self.timed(Call::Probe, self.inner.probe()).await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
