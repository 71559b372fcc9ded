//! Requests to approve something, which is what a challenge is to whoever did not make it: they are listed, answered, renewed
//! and cancelled by their id, whichever API made them.

mod engine;
mod push;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Binding, CodeDelivery, Language, MessageId, OperationId, OperationName, OrganizationId,
    SendLimit, User, UserId,
};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::store::{ApprovalMethod, Asker};

pub use engine::{RequestEngine, RequestParts};

/// Who brings a code to its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeCarrier {
    /// We do, by SMS.
    Sms,
    /// Whoever asked.
    Caller,
}

/// A request to be made.
#[derive(Clone, Debug)]
pub struct NewScaRequest {
    /// Who has to approve it, as the back end knows them.
    pub user: User,
    /// How.
    pub method: ApprovalMethod,
    /// Who brings the code, where there is one.
    pub carrier: CodeCarrier,
    /// The operation that it is about.
    pub operation: OperationId,
    /// Its name, which chooses the text of the message.
    pub name: OperationName,
    /// What the code is bound to: amount, currency and payee of a payment.
    pub binding: Binding,
    /// What it is about in a few words; `None` to leave that to whoever shows it.
    pub title: Option<String>,
    /// More about it; `None` for nothing.
    pub description: Option<String>,
    /// The language of the message; `None` leaves it to the user's own.
    pub language: Option<Language>,
    /// Who asks, where nobody else may go on with it; `None` where any front may that may see the user.
    pub asker: Option<Asker>,
}

/// A request that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaRequest {
    /// Its id.
    pub message: MessageId,
    /// Who has to approve it.
    pub user: UserId,
    /// Their organization; `None` where it is not known.
    pub organization: Option<OrganizationId>,
    /// The operation that it is about.
    pub operation: OperationId,
    /// The name of the operation.
    pub name: OperationName,
    /// How it is approved.
    pub method: ApprovalMethod,
    /// What it is about in a few words; `None` where whoever made it said nothing of it.
    pub title: Option<String>,
    /// More about it; `None` where whoever made it said nothing of it.
    pub description: Option<String>,
    /// What the code is bound to: amount, currency and payee of a payment.
    pub binding: Binding,
    /// Who asked, where nobody else may go on with it; `None` where any front may that may see the user.
    pub asker: Option<Asker>,
    /// When it was made, or renewed.
    pub created_at: Timestamp,
    /// From when on it is too old.
    pub expires_at: Timestamp,
    /// How often it may be renewed.
    pub remaining_resends: u32,
    /// How many guesses it has left.
    pub remaining_guesses: u32,
}

/// A request that was made or renewed.
#[derive(Debug)]
pub struct IssuedRequest {
    /// The request.
    pub request: ScaRequest,
    /// The code, for whoever asked to bring it to the user; `None` where that is not for them to do.
    pub code: Option<SecretString>,
    /// Whether the message left. It is open in any case, and can be renewed.
    pub delivery: CodeDelivery,
}

/// What became of making a request.
#[derive(Debug)]
pub enum Issue {
    /// It was made.
    Issued(Box<IssuedRequest>),
    /// The user has no phone number that can be used, or no device; nothing was made.
    Unreachable,
    /// The user is blocked; nothing was made.
    Blocked,
    /// A limit of what may be sent is reached; nothing was made.
    Stopped(SendLimit),
}

/// What is shown for the approval of a request.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The code that the user typed; empty where there was none that could be read. It counts as a guess.
    Code(SecretString),
    /// Two factors, which whoever asks has checked.
    Factors,
    /// What the user decided on their device.
    Decision,
}

impl Proof {
    /// Whether it is a guess at a code.
    #[must_use]
    pub fn is_code(&self) -> bool {
        matches!(self, Self::Code(_))
    }
}

/// What became of approving a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// It is approved, and used up by this.
    Succeeded(Box<ScaRequest>),
    /// The code is wrong.
    Wrong(Box<ScaRequest>),
    /// The code is wrong, and was the last one: a right one comes too late.
    Exhausted(Box<ScaRequest>),
    /// The user was blocked before.
    Blocked,
    /// The user has not decided yet.
    Undecided(Box<ScaRequest>),
    /// There is no such request that is open, or it is approved in another way. A push that was rejected is not open, nor is
    /// a request without a guess left.
    Gone,
}

/// What became of renewing a request.
#[derive(Debug)]
pub enum Regeneration {
    /// It has a new code, or is asked again; the code before is wrong.
    Issued(Box<IssuedRequest>),
    /// The user has no phone number that can be used, or no device; nothing changed.
    Unreachable,
    /// It was renewed as often as it may be. The user is blocked from now on.
    Exhausted,
    /// The user was blocked before.
    Blocked,
    /// A limit of what may be sent is reached; nothing changed, and the code before stays good.
    Stopped(SendLimit),
    /// There is no such request of this user that is open, or it has no guess left.
    Gone,
}

/// The life of requests.
#[async_trait]
pub trait ScaRequests: Send + Sync {
    /// Makes a request, and lets its user know. It ends an older one of the same operation, name and user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] when the operation is over; [`AdapterError::Remote`] when it could not be kept.
    async fn create(&self, new: &NewScaRequest) -> Result<Issue, AdapterError>;

    /// A request that is open; `None` when there is none of this id, or it is over.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn find(&self, message: &MessageId) -> Result<Option<ScaRequest>, AdapterError>;

    /// The open requests of a user that can be approved, oldest first.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn pending(&self, user: &UserId) -> Result<Vec<ScaRequest>, AdapterError>;

    /// Approves a request and uses it up. A code counts as a guess before it is compared, together with those that other APIs
    /// are asked about.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could say: it counts for nothing then.
    async fn authorize(&self, message: &MessageId, proof: &Proof) -> Result<Authorization, AdapterError>;

    /// Ends a request: true when it was open.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be ended.
    async fn cancel(&self, message: &MessageId) -> Result<bool, AdapterError>;

    /// Makes a new code for a request of this user, or asks on their device again.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn regenerate(
        &self,
        message: &MessageId,
        user: &User,
        carrier: CodeCarrier,
        language: Option<&Language>,
    ) -> Result<Regeneration, AdapterError>;

    /// Whether a user may approve nothing now: their account is blocked, or their codes are.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn is_blocked(&self, user: &User) -> Result<bool, AdapterError>;
}
