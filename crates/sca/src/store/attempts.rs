use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use jiff::{SignedDuration, Timestamp};

/// What a user has to get right. Each is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// One-time codes.
    Code,
    /// The password.
    Password,
    /// The password of a partner, who is no user: counted under their name.
    Partner,
}

/// How many failures in a row are allowed (RTS on SCA, Art. 4(3)(b): at most five within a given period).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptPolicy {
    /// The failure that starts a block.
    pub limit: u32,
    /// How long a block lasts.
    pub block_for: SignedDuration,
    /// The given period: failures are forgotten this long after the last one.
    pub forget_after: SignedDuration,
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It may, and is counted as a failure until it is cleared.
    Admitted,
    /// The user is blocked; nothing was counted.
    Blocked,
}

/// A user who is blocked for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Who.
    pub user: UserId,
    /// What they got wrong too often.
    pub factor: Factor,
    /// How many failures are counted. A block that was [ordered](AttemptStore::block) counts as if all that are allowed had been made.
    pub failures: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// Keeps how often users failed in a row, over all of their challenges.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// Counts one attempt as a failure, before it is made. The one that reaches the limit is still admitted, and starts
    /// the block; a block that is over, or a count older than [`AttemptPolicy::forget_after`], starts again. A block that would
    /// last longer from `now` than [`AttemptPolicy::block_for`], since the clock went back, is shortened to that.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be counted: it must not be made then.
    async fn count_attempt(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<Attempt, AdapterError>;

    /// Takes one counted attempt back that turned out to be none, because nobody could say whether it was right. A block
    /// that it started is lifted.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be taken back.
    async fn take_attempt_back(
        &self,
        user: &UserId,
        factor: Factor,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError>;

    /// Leaves a counted attempt counted, and does for it what [`take_attempt_back`](Self::take_attempt_back) does otherwise,
    /// so that the time of an answer does not tell which of the two became of it.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked: the attempt counts all the same.
    async fn keep_attempt(&self, user: &UserId, factor: Factor) -> Result<(), AdapterError>;

    /// Forgets the failures of a user and lifts their block: after a success, or for an operator. True when there was
    /// anything to forget.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError>;

    /// Blocks a user from `now` on for [`AttemptPolicy::block_for`], whatever they have failed. A block that lasts longer stays,
    /// and so does this one when attempts of before are taken back.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError>;

    /// When the block of a user ends; `None` when there is none at `now`.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError>;

    /// Every block at `now`, by user and factor.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError>;
}
