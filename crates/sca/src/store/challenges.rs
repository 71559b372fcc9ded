use std::fmt;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Binding, MessageId, OperationId, OperationName, OrganizationId, Random, UserId,
};
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use super::{AttemptPolicy, CLOCK_TOLERANCE, Over, RatedKey, Whose, message_id};

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

impl Step {
    /// Whose it is.
    #[must_use]
    pub fn whose(&self) -> Whose<'_> {
        self.user.as_ref().map_or(Whose::Nobody(&self.operation), Whose::User)
    }
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

/// A code as it would be kept, under one key of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedHash {
    /// The server key.
    pub key_id: String,
    /// The code and what it is said to approve, hashed under it.
    pub hash: CodeHash,
}

/// What somebody offers to answer a challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The code under each key of the server. Without any nothing is counted or compared.
    pub hashes: Vec<KeyedHash>,
    /// Whose code it is said to be; `None` where nobody says.
    pub user: Option<UserId>,
    /// Of which organization they are said to be; `None` where nobody says.
    pub organization: Option<OrganizationId>,
    /// Whether a right code is accepted. Otherwise it counts like a wrong one, and stays.
    pub accept: bool,
}

impl Offer {
    /// Whether the code, and all that it is said to be of, is right for `challenge`; `None` when none of the hashes is under its key.
    /// It takes as long whether it is or not.
    #[must_use]
    pub fn fits(&self, challenge: &Challenge) -> Option<bool> {
        let own = self.hashes.iter().find(|offered| offered.key_id == challenge.key_id)?;
        let is_same = bool::from(own.hash.0.ct_eq(&challenge.code_hash.0));
        Some(
            is_same
                & challenge.step.user.is_some()
                & same_if_named(self.user.as_ref(), challenge.step.user.as_ref())
                & same_if_named(self.organization.as_ref(), challenge.organization.as_ref()),
        )
    }
}

fn same_if_named<T: PartialEq>(named: Option<&T>, known: Option<&T>) -> bool {
    named.is_none() || known.is_none() || named == known
}

/// A guess that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedGuess {
    /// Whether the code is right, and was not accepted. During a block none is.
    pub fits: bool,
    /// Tries left in this step after this one.
    pub remaining: u32,
    /// Whether the user's codes were blocked before this guess. A blocked guess is wrong whatever was typed.
    pub blocked: bool,
    /// Whether this guess started a block.
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

/// What became of a guess.
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
    /// Nobody can say whether it is right: its hash is under the server key of this name, which was not offered; nothing was counted.
    OtherKey(String),
    /// It counts: it is wrong, or right and not accepted.
    Counted(CountedGuess),
    /// It is right, and the challenge is used up.
    Accepted,
}

/// Keeps challenges and the guesses at them.
#[async_trait]
pub trait ChallengeStore: Send + Sync {
    /// The id of a new challenge of somebody, as [`message_id`] makes them. A store that keeps things in several places may hide
    /// in its random bits where this one is.
    fn new_message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        let _ = whose;
        message_id(now, random.bytes())
    }

    /// Keeps `challenge` and ends the open one of the same step, unless its operation is over or a limit of `rates` is reached,
    /// which are counted together with it as [`RateStore::rate`](super::RateStore::rate) does. Guesses that the step has spent stay
    /// spent.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError>;

    /// What a challenge approves, open or not; `None` when there is no such challenge.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError>;

    /// Takes one guess: counts it, compares it, and uses the challenge up where it is right, all in one change. Of any number of
    /// guesses at the same moment no more than the budget are compared, and one is accepted at most.
    ///
    /// A guess that is not accepted counts against the step and against the challenge's user. A block that is over, or a count
    /// older than [`AttemptPolicy::forget_after`], starts again at this guess; the one that reaches the limit starts the block. During a
    /// block a guess is wrong, and counts against the step only. A right one that is accepted clears what the step and the user
    /// have spent, and makes the [factor](super::FactorStore) active that it decides.
    ///
    /// What [is over](Challenge::is_over) is ended by this: it stays over when the clock goes back.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: nothing may be said of the code then.
    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError>;

    /// Uses up a challenge that is approved without a code: true for exactly one caller, and only while it is open and not
    /// [over](Challenge::is_over), which ends it. A push is used up only once it was accepted, and a code by a
    /// [guess](Self::guess) only. Clears what the step has spent, not what the user has: it says nothing of guesses.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be used up: nothing is approved then.
    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError>;

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

    /// Ends the pushes of a user that are open.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError>;

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
