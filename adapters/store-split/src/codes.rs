//! What the half of the codes keeps.

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, Random, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptStore, Block, Challenge, ChallengeStore, Factor, Guess,
    GuessPolicy, Offer, OpenChallenge, Opened, RateKeys, RateStore, RateWindow, Rated, RatedKey, Renewal,
    Renewed, Step, Whose,
};
use jiff::{SignedDuration, Timestamp};

use crate::{NO_POLICY, SplitStore, is_used};

impl SplitStore {
    /// Uses a push up that was accepted: false where it was not, or was ended since.
    async fn use_up(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let open = self.codes.open_challenge(message, now, &NO_POLICY).await?;
        let is_accepted = open.is_some_and(|open| open.accepted);
        Ok(is_accepted && self.codes.consume(message, now).await?
            || is_used(&*self.codes, message, now).await?)
    }
}

#[async_trait]
impl ChallengeStore for SplitStore {
    fn new_message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        self.codes.new_message(whose, now, random)
    }

    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        self.codes.open(challenge, rates).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        self.codes.step(message).await
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        let guess = self.codes.guess(message, offer, now, policy).await?;
        let is_used = matches!(guess, Guess::Accepted | Guess::Used);
        Ok(if is_used && !self.stands(message, now).await? { Guess::Expired } else { guess })
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        Ok(self.codes.consume(message, now).await? && self.stands(message, now).await?)
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        self.codes.renew(message, renewal, limit, now).await
    }

    /// Whoever comes later brings an acceptance to its end that a crash left half done.
    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        let decided = self.codes.decide(message, accepted, now).await?;
        if !self.decides_factor(message).await? {
            return Ok(decided);
        }
        if decided && !accepted {
            return self.records.decide(message, false, now).await;
        }
        let is_active = self.use_up(message, now).await? && self.activate(message, now).await?;
        Ok(decided && is_active)
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        self.codes.end(message, now).await
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.codes.end_pushes(user).await
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        self.codes.open_challenge(message, now, policy).await
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        self.codes.open_challenges_of(user, now, policy).await
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        self.codes.end_operation(operation, now).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.codes.is_over(operation).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        self.codes.open_challenges(now).await
    }
}

#[async_trait]
impl AttemptStore for SplitStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        self.codes.admit_attempt(attempt, now, policy, lease).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.codes.attempt_succeeded(attempt, now).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.codes.attempt_failed(attempt, now, policy).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.codes.give_attempt_back(attempt).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.codes.clear_attempts(user, factor).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.codes.block(user, factor, now, policy).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        self.codes.blocked_until(user, factor, now).await
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        self.codes.blocks(now).await
    }
}

#[async_trait]
impl RateStore for SplitStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.codes.rate(keys, now).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        self.codes.windows(keys, most, now).await
    }
}
