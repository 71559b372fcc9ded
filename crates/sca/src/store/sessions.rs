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

    /// Ends every session of a user, and says how many those were.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when they could not be ended.
    async fn end_sessions(&self, user: &UserId) -> Result<u64, AdapterError>;
}
