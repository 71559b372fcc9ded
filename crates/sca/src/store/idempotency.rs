use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use jiff::{SignedDuration, Timestamp};

/// Which call is meant: what its caller named it, among those of one user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Through whom it came, such as the id of a programme.
    pub scope: String,
    /// On whose behalf.
    pub user: UserId,
    /// What the caller named it.
    pub reference: String,
}

/// What a call was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The status of HTTP.
    pub status: u16,
    /// The body; empty where there was none.
    pub body: Vec<u8>,
    /// What the body is; `None` where there was none.
    pub content_type: Option<String>,
}

/// A call that is under way, with what it is answered once it has had its effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallUnderWay {
    /// Which.
    pub key: IdempotencyKey,
    /// The hash of all that it asks for.
    pub fingerprint: [u8; 32],
    /// What it is answered.
    pub answer: StoredAnswer,
}

/// What is known of a call that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it may go on, and is under way from now on.
    New,
    /// The same call was answered before.
    Stored(StoredAnswer),
    /// Another call has this key.
    OtherCall,
    /// The same call is under way.
    UnderWay,
}

/// Keeps which calls were made, so that one that is repeated has no second effect.
///
/// A call is under way from when it began until it is finished or freed, or its lease is over. Where its effect was kept together
/// with its answer ([`NewFactor::call`](super::NewFactor::call)), that is what it is answered once it is under way no more, whether
/// whoever made it lived to finish it or not.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Begins a call: [`Begun::New`] for exactly one caller, until it is [freed](Self::free_call), or had no effect that was kept with
    /// its answer within `lease`, which is more than nothing. Calls are the same where their `fingerprint` is, which is a hash of all
    /// that they ask for.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: the call must not go on then.
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError>;

    /// Keeps the answer of a call that was neither finished nor freed, for
    /// [`Retention::idempotency`](super::Retention::idempotency) from when it began. Nothing changes where it was.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: the call is under way until its lease is over.
    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError>;

    /// Forgets a call that was neither finished nor freed. Where an effect of it was kept with its answer, only if that was `undone`
    /// after all: else it is under way until its lease is over. Nothing changes where it was finished or freed.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done: the call is under way until its lease is over.
    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError>;
}
