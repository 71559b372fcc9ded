use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use jiff::{SignedDuration, Timestamp};

/// Which session is meant: each has one of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// Through whom the user came, such as the name of a partner.
    pub holder: String,
    /// Who.
    pub user: UserId,
}

/// Keeps which users are logged in, and when they last did anything.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session, or goes on with the one that there is.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError>;

    /// Goes on with a session: false where there is none, or nothing was done in it for `idle` before `now` (RTS on SCA, Art.
    /// 4(3)(d): at most five minutes). What lies further ahead than [`CLOCK_TOLERANCE`](super::CLOCK_TOLERANCE) is none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError>;

    /// Lets somebody in who shows a token that was issued at `issued_at`, and goes on with their session or opens one. False where
    /// neither the token was issued nor anything done in the session within `idle` before `now`, or the sessions of the user were
    /// [ended](Self::end_sessions) at `issued_at` or later. What lies further ahead than
    /// [`CLOCK_TOLERANCE`](super::CLOCK_TOLERANCE) is none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked: nobody may be let in then.
    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError>;

    /// Ends every session of a user, and says how many those were. Tokens that were issued until `issued_until` let nobody in from
    /// then on, for [`Retention::sessions`](super::Retention::sessions). Whoever ends sessions adds to the time how far the clock may
    /// be ahead that tokens are issued by, at most [`CLOCK_TOLERANCE`](super::CLOCK_TOLERANCE): a token that is there may say a later
    /// time than now.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when they could not be ended.
    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError>;
}
