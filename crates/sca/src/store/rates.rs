use async_trait::async_trait;
use data_adapter_core::AdapterError;
use jiff::{SignedDuration, Timestamp};

/// How often something may be done within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// So often.
    pub limit: u32,
    /// Within this time, which begins with the first.
    pub window: SignedDuration,
}

/// What became of counting a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rated {
    /// It is within all limits, and counts against each.
    Admitted,
    /// It is over one; nothing was counted.
    Over {
        /// Which. Where it is over several, the one that lasts longest.
        limit: RateLimit,
        /// When its window is over.
        resets_in: SignedDuration,
    },
}

/// Counts how often things are done.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// Counts one call of `key` against all limits or, where one is reached, against none: of any number of calls at the same
    /// moment, no more than the limit are admitted. A window that is over, or that begins further ahead than
    /// [`CLOCK_TOLERANCE`](super::CLOCK_TOLERANCE), begins anew with this call. No two limits are equal.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be counted: it must not be made then.
    async fn rate(&self, key: &str, limits: &[RateLimit], now: Timestamp) -> Result<Rated, AdapterError>;
}
