use std::fmt;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use jiff::Timestamp;

use super::{CallUnderWay, Challenge};

/// How a user is reached for an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactorChannel {
    /// By SMS, with a one-time code.
    Sms,
    /// By a push to the user's Authy app.
    Authy,
    /// By a push to a device that recognises its user.
    Biometric,
}

/// How far a factor has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactorStatus {
    /// The user has not proved it yet.
    Pending,
    /// The user has proved it.
    Active,
    /// The user rejected it, or it was proved for a number that is not theirs any more.
    Inactive,
}

/// The keyed hash of the phone number that a factor is proved for. Its `Debug` does not show the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct TargetHash {
    /// The server key of the hash.
    pub key_id: String,
    /// The number in E.164, as far as it is kept.
    pub hash: [u8; 32],
}

impl fmt::Debug for TargetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TargetHash({}, [redacted])", self.key_id)
    }
}

/// A factor to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFactor {
    /// How the user is reached by it.
    pub channel: FactorChannel,
    /// The number that it is to be proved for; `None` where there is none.
    pub target: Option<TargetHash>,
    /// What decides it, and whose it is. It is not a fake for nobody, and its operation is one of its own: its id is that of
    /// the message.
    pub challenge: Challenge,
    /// The call that asks for it, whose effect this is; `None` where it has no reference. It gets its answer with it.
    pub call: Option<CallUnderWay>,
}

/// What became of enrolling a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// It is pending.
    Pending,
    /// An active one stays, or the operation of the challenge is over; nothing was kept.
    Refused,
    /// The call that asks for it had its effect before, or is none that began; nothing was kept.
    CallOver,
}

/// A factor of a user, who has one of each channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolledFactor {
    /// Whose.
    pub user: UserId,
    /// How the user is reached by it.
    pub channel: FactorChannel,
    /// How far it has come.
    pub status: FactorStatus,
    /// When it was enrolled last.
    pub enrolled_at: Timestamp,
    /// The number that it is proved for; `None` where there is none.
    pub target: Option<TargetHash>,
    /// The challenge that decides it; `None` once it is decided, or was [given up](FactorStore::give_up).
    pub message: Option<MessageId>,
}

/// Keeps the factors of users. [`ChallengeStore::consume`](super::ChallengeStore::consume) and
/// [`ChallengeStore::decide`](super::ChallengeStore::decide) decide them.
#[async_trait]
pub trait FactorStore: Send + Sync {
    /// Keeps a factor as pending, with its challenge, in place of one of this channel that is not active, whose challenge is
    /// ended; and with it the answer of its call, which is [`Enrolled::Pending`] once, however often the call was begun.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: the user must not be asked then.
    async fn enrol(&self, factor: NewFactor) -> Result<Enrolled, AdapterError>;

    /// The factors of a user, in the order of enrolment. One that is enrolled again stays where it is.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError>;

    /// Ends the challenge that decides a factor, no tries at which are left: the factor stays as it is, and nothing decides it until
    /// it is enrolled again. True for exactly one caller, and false where the challenge decides none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError>;

    /// Makes a factor inactive, and ends its challenge: true for exactly one caller, and only where its target is this one and it
    /// is not inactive.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError>;

    /// Keeps the number of a factor as another hash, where it is kept as `older` still, whatever its status: true for exactly one
    /// caller.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError>;

    /// Forgets a factor, and ends its challenge: true for exactly one caller, and false where the user has none of this channel.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError>;
}
