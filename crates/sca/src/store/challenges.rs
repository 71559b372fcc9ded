use std::fmt;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Binding, MessageId, OperationId, OperationName, OrganizationId, UserId,
};
use jiff::Timestamp;

use super::{AttemptPolicy, CLOCK_TOLERANCE, Over, RatedKey};

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

/// How a challenge is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApprovalMethod {
    /// With factors that whoever asked has checked. There is no code.
    ClientManaged,
    /// With a one-time code.
    Otp,
    /// On a device of the user, which is asked there. There is no code.
    Push,
}

/// What people are told of a challenge, as it was when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// What it is about in a few words; `None` where whoever asked said nothing of it.
    pub title: Option<String>,
    /// More about it; `None` where whoever asked said nothing of it.
    pub description: Option<String>,
    /// What the code is bound to, such as amount and payee.
    pub binding: Binding,
    /// Who asked for it, where nobody else may go on with it; `None` where any front may that may see the user.
    pub asker: Option<Asker>,
}

/// Who asked for a challenge, and may alone go on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Its name, such as that of a partner.
    pub name: String,
    /// Whether its user has a session there once it is approved: it is the second factor of a login.
    pub opens_session: bool,
}

impl Presentation {
    /// Of what anybody may go on with, and of which nothing is said but what the code is bound to.
    #[must_use]
    pub fn of(binding: Binding) -> Self {
        Self { title: None, description: None, binding, asker: None }
    }
}

/// A code that waits for its answer, or a question without one. A fake is one whose hash is random, so that no code fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Its id.
    pub message: MessageId,
    /// What the code approves.
    pub step: Step,
    /// How it is answered. Where that is not by a code, the hash is random, and nobody guesses.
    pub method: ApprovalMethod,
    /// What people are told of it.
    pub presentation: Presentation,
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
    /// Whether this guess started a block, which a right code lifts.
    pub starts_block: bool,
}

/// A challenge that is open, with what was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenChallenge {
    /// The challenge.
    pub challenge: Challenge,
    /// How often it was [renewed](ChallengeStore::renew).
    pub renewals: u32,
    /// Guesses that its step has spent.
    pub guesses: u32,
    /// Whether a push was accepted. One that was rejected is not open.
    pub accepted: bool,
}

/// What became of keeping a new challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is open.
    Opened,
    /// Its operation is over; nothing was kept or counted.
    OperationOver,
    /// It is over a limit; nothing was kept or counted.
    Limited {
        /// Which.
        over: Over,
        /// The challenge of the same step that is open and stays so; `None` where there is none.
        open: Option<MessageId>,
    },
}

/// What takes the place of the code of a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The new code, as far as it is kept.
    pub code_hash: CodeHash,
    /// The server key of the hash.
    pub key_id: String,
    /// From when on the new code is too old.
    pub expires_at: Timestamp,
}

/// What became of renewing a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// It has a new code, and the one before is wrong.
    Renewed {
        /// How often it was renewed, this time included.
        renewals: u32,
    },
    /// It was renewed as often as it may be; nothing changed.
    Spent,
    /// There is no such challenge that is open, or it was accepted already; nothing changed.
    Gone,
}

/// What became of using a challenge up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumed {
    /// It is used up.
    Used,
    /// It is open, and has another code by now, which took the place of the one that was compared; nothing changed.
    OtherCode,
    /// There is no such challenge that is open, or it is a push that was not accepted; nothing changed.
    Gone,
}

/// What became of counting a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// There is no such challenge, or it has no code; nothing was counted.
    Unknown,
    /// It was used before; nothing was counted.
    Used,
    /// The step has no tries left, whether it is too old by now or not; nothing was counted.
    Spent,
    /// It is too old, was replaced, or its operation is over; nothing was counted.
    Expired,
    /// It counts.
    Counted(Box<CountedGuess>),
}

/// Keeps challenges and the guesses at them.
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// Keeps `challenge` and ends the open one of the same step, unless its operation is over or a limit of `rates` is reached,
    /// which are counted together with it as [`RateStore::rate`](super::RateStore::rate) does. Guesses that the step has spent stay
    /// spent.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError>;

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

    /// Uses the challenge up: [`Consumed::Used`] for exactly one caller, and only while it is open and not
    /// [over](Challenge::is_over), which ends it. Where it is approved by a code, that has to be `code` still, the one that was
    /// compared: it may have been [renewed](Self::renew) since. A push is used up only once it was accepted. Clears what the step
    /// has spent and, where it was a code, what the user has: what is approved without one says nothing of guesses. Makes the
    /// [factor](super::FactorStore) active that it decides.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be used up: the code must not be accepted then.
    async fn consume(
        &self,
        message: &MessageId,
        code: &CodeHash,
        now: Timestamp,
    ) -> Result<Consumed, AdapterError>;

    /// Gives a challenge another code, while it is open and not [over](Challenge::is_over), which ends it, at most `limit` times.
    /// It begins at `now` again; guesses that are spent stay spent.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done: no code may be sent then.
    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError>;

    /// Keeps what a person decided on a push: true for exactly one caller, and only while it is open, not
    /// [over](Challenge::is_over), which ends it, and undecided. One that is rejected is ended. Where it decides a
    /// [factor](super::FactorStore), that is active or inactive from now on, and the push is used up or ended.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn decide(&self, message: &MessageId, accepted: bool, now: Timestamp)
    -> Result<bool, AdapterError>;

    /// Ends a challenge for good: true for exactly one caller, and only while it was open and not [over](Challenge::is_over).
    /// Guesses that are spent stay spent.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be ended.
    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError>;

    /// A challenge that is open and not [over](Challenge::is_over) at `now`; `None` where it is not.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError>;

    /// Those of a user, oldest first.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError>;

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
