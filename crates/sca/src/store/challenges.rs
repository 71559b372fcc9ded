use std::fmt;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, OperationName, OrganizationId, UserId};
use jiff::Timestamp;

use super::{AttemptPolicy, CLOCK_TOLERANCE};

/// The keyed hash of a code and of what it is bound to. Its `Debug` shows nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeHash(pub [u8; 32]);

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash([redacted])")
    }
}

/// What a code approves: one step of one operation, by one user. Guesses are counted per step.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    /// The operation.
    pub operation: OperationId,
    /// Its name in this step.
    pub name: OperationName,
    /// Who approves; `None` for a fake.
    pub user: Option<UserId>,
}

/// A code that waits for its answer. A fake is one whose hash is random, so that no code fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its id.
    pub message: MessageId,
    /// What the code approves.
    pub step: Step,
    /// The user's organization; `None` where it is not known.
    pub organization: Option<OrganizationId>,
    /// The code, as far as it is kept.
    pub code_hash: CodeHash,
    /// The server key of the hash.
    pub key_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is too old.
    pub expires_at: Timestamp,
}

impl Challenge {
    /// Whether it is too old, or begins further ahead than [`CLOCK_TOLERANCE`]: it was made by a clock that was wrong, and would
    /// last too long by one that is right.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now || self.created_at.duration_since(now) > CLOCK_TOLERANCE
    }
}

/// How many guesses are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessPolicy {
    /// At one step, over all of its codes, until one is right or [`AttemptPolicy::forget_after`] has passed.
    pub tries_per_step: u32,
    /// In a row, over all challenges of a user.
    pub failures: AttemptPolicy,
}

/// A guess that was counted and may be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedGuess {
    /// What to compare with.
    pub challenge: Challenge,
    /// Tries left in this step after this one.
    pub remaining: u32,
    /// Whether the user's codes were blocked before this guess. A blocked guess is wrong whatever was typed.
    pub blocked: bool,
}

/// What became of counting a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// There is no such challenge; nothing was counted.
    Unknown,
    /// It is too old, was replaced, or its operation is over; nothing was counted.
    Expired,
    /// It was used before; nothing was counted.
    Used,
    /// The step has no tries left; nothing was counted.
    Spent,
    /// It counts.
    Counted(Box<CountedGuess>),
}

/// Keeps challenges and the guesses at them.
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// Keeps `challenge` and ends the open one of the same step. Guesses that the step has spent stay spent. False when its
    /// operation is over: nothing was kept then.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn open(&self, challenge: Challenge) -> Result<bool, AdapterError>;

    /// Whose challenge it is; `None` when there is no such challenge, or it is a fake for nobody.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn owner(&self, message: &MessageId) -> Result<Option<UserId>, AdapterError>;

    /// Counts one guess, against the step and against the challenge's user, before anyone compares: of any number of
    /// guesses at the same moment, no more than the budget come back as [`Guess::Counted`].
    ///
    /// A block that is over, or a count older than [`AttemptPolicy::forget_after`], starts again at this guess. The
    /// guess that reaches the limit is still admitted, and starts the block. A guess during a block counts against the
    /// step only.
    ///
    /// What [is over](Challenge::is_over) is ended by this: it stays over when the clock goes back.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be counted: nobody may compare then.
    async fn guess(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError>;

    /// Takes a counted guess back that turned out to be none, because nobody could say whether it was right: the step and the
    /// user get their try back, and a block that it started is lifted.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be taken back.
    async fn take_guess_back(&self, guess: &CountedGuess, policy: &GuessPolicy) -> Result<(), AdapterError>;

    /// Uses the challenge up: true for exactly one caller, and only while it is open and not [over](Challenge::is_over), which
    /// ends it. Clears what the step and the user have spent.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be used up: the code must not be accepted then.
    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError>;

    /// Ends an operation with every open challenge of it, and says how many those were. It stays over for
    /// [`Retention::ended_operations`](super::Retention::ended_operations) from the first time on.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be ended.
    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError>;

    /// Whether an operation is over.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError>;

    /// Every challenge that is open and not [over](Challenge::is_over) at `now`, oldest first, for an operator.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError>;
}
