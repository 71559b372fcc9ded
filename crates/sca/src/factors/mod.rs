//! Additional factors: what a user proves once, so that they can be reached by it for every approval.

mod engine;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, SendLimit, User};
use secrecy::SecretString;

use crate::store::{CallUnderWay, EnrolledFactor, FactorChannel};

pub use engine::{FactorEngine, FactorParts};

/// The name of the operation that an enrolment is. Its challenges are nobody's business but their user's: they are no requests
/// ([`ScaRequests`](crate::ScaRequests)).
pub const ENROLMENT: &str = "enrol_factor";

/// What became of asking a user to prove a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolment {
    /// They were asked, as far as is known; or are blocked and were not, which nobody is told. A message of which the gateway did not
    /// say whether it took it counts as sent: it must not be sent again.
    Sent,
    /// The factor is active already.
    AlreadyRegistered,
    /// The user has no phone number.
    NumberNotAvailable,
    /// The user's phone number is none that can be used.
    NumberInvalid,
    /// The user's account may not be used.
    CredentialsInactive,
    /// No factor of this channel is enrolled here.
    ChannelNotSupported,
    /// It was tried too often for now.
    LimitExceeded,
    /// A limit of what may be sent is reached. Nothing changed.
    Stopped(SendLimit),
    /// The gateway did not take the message. The factor is pending, and can be enrolled again.
    NotDelivered,
    /// There is nobody who sends pushes.
    NotReady,
    /// The call that asks for it had its effect in the meantime, by somebody who made it as well. Nobody was asked.
    CallOver,
}

/// What became of a code that is to prove a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is right, and the factor active.
    Activated,
    /// It is wrong.
    Wrong,
    /// It is wrong, and one try is left.
    OneLeft,
    /// It is wrong, and was the last try, or the user is blocked from now on.
    LimitExceeded,
    /// It is too old.
    Expired,
    /// There is nothing to prove: nothing was enrolled, no tries are left, or the number is another one now. The same is told of
    /// every code of a user who is blocked.
    StateInvalid,
    /// The factor is active already.
    AlreadyRegistered,
}

/// The life of a user's factors.
#[async_trait]
pub trait Factors: Send + Sync {
    /// The factors of a user, in the order of enrolment. One that was proved for another number than the user has now is
    /// inactive.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn list(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError>;

    /// Sends a code to the user's phone number. It takes the place of an earlier one, with tries of its own. A `call` gets its
    /// answer before anything is sent, so that it never sends twice; one that fails after that has to be freed.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn enrol_otp(&self, user: &User, call: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError>;

    /// Activates the factor that a code proves. It counts as a guess before it is compared, together with all others at codes of
    /// this user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could say: it counts for nothing then.
    async fn verify_otp(&self, user: &User, code: &SecretString) -> Result<Verification, AdapterError>;

    /// Asks the user on their device. What they decide there decides the factor. As for `call`, see [`enrol_otp`](Self::enrol_otp).
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn enrol_push(
        &self,
        user: &User,
        channel: FactorChannel,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError>;

    /// Forgets a factor: false where the user has none of this channel.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn unlink(&self, user: &User, channel: FactorChannel) -> Result<bool, AdapterError>;
}
