use async_trait::async_trait;
use data_adapter_core::{AdapterError, Random, UserId};
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

/// An attempt that is checked outside of the store, such as a password that a directory is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its id, which no other one has. Whoever makes the attempt chooses it, so that it can be given back even when the answer of the
    /// store was lost.
    pub id: String,
    /// Whose.
    pub user: UserId,
    /// At what.
    pub factor: Factor,
}

impl Attempt {
    /// One of a user, with an id of its own.
    #[must_use]
    pub fn new(user: &UserId, factor: Factor, random: &dyn Random) -> Self {
        let id = format!("{:032x}", u128::from_be_bytes(random.bytes()));
        Self { id, user: user.clone(), factor }
    }
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is under way until somebody says what it came to.
    Admitted,
    /// Those that are under way may be all that are left; nothing was kept. It may be asked for again when one of them has ended.
    Busy,
    /// The user is blocked; nothing was kept.
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

/// Keeps how often users failed in a row, over all of their challenges, and which attempts are under way.
///
/// An attempt is a reservation: failures and attempts under way are together never more than the limit. So any number of right
/// attempts at the same moment block nobody, and of wrong ones never more than the limit are made. What this comes to is said in
/// one place, [`AttemptRecord`](super::AttemptRecord): a store keeps one for each user and factor, and goes by it.
#[async_trait]
pub trait AttemptStore: Send + Sync {
    /// Admits an attempt, which has to end with one of the three calls below. Where none of them came within `lease`, since whoever
    /// made it died, it is a failure of that time. A block that is over, or failures older than [`AttemptPolicy::forget_after`], are
    /// forgotten by this. A block that would last longer from `now` than [`AttemptPolicy::block_for`], since the clock went back,
    /// is shortened to that.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: it must not be made then.
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError>;

    /// Ends an attempt that was right: forgets the failures of its user and lifts their block. Other attempts stay under way.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: it must not count as right then.
    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError>;

    /// Ends an attempt that was wrong: a failure, and the one that reaches the limit starts the block. One that was not admitted
    /// counts for nothing; the store has as much to do, so that the time of an answer does not tell.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: it counts all the same, once its lease is over.
    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError>;

    /// Ends an attempt that turned out to be none, because nobody could say whether it was right. Nothing stays of it.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be given back.
    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError>;

    /// Forgets the failures of a user with those that are under way, and lifts their block, for an operator. True when there was
    /// anything to forget.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError>;

    /// Blocks a user from `now` on for [`AttemptPolicy::block_for`], whatever they have failed. A block that lasts longer stays,
    /// and so does this one when attempts of before fail or are given back.
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

    /// When the block of a user ends; `None` when there is none at `now`. Attempts whose lease is over count from the next one on.
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
