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

/// Something that is done, with its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatedKey {
    /// What is counted, such as the calls of a user.
    pub key: String,
    /// The limits that hold for it, no two of them equal; none where it is not limited.
    pub limits: Vec<RateLimit>,
    /// Whether it counts. What does not is held to the limits all the same.
    pub counts: bool,
}

impl RatedKey {
    /// What counts.
    #[must_use]
    pub fn counted(key: String, limits: &[RateLimit]) -> Self {
        Self { key, limits: limits.to_vec(), counts: true }
    }

    /// What is only held to the limits.
    #[must_use]
    pub fn looked_at(key: String, limits: &[RateLimit]) -> Self {
        Self { key, limits: limits.to_vec(), counts: false }
    }
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over {
    /// Of which key, by its place in the list.
    pub key: usize,
    /// Which. Where it is over several, the one that lasts longest.
    pub limit: RateLimit,
    /// When its window is over.
    pub resets_in: SignedDuration,
}

/// What became of counting a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rated {
    /// It is within all limits, and counts against those of each key that counts.
    Admitted,
    /// It is over one; nothing was counted.
    Over(Over),
}

/// Which keys are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RateKeys {
    /// The one of this name.
    One(String),
    /// All whose names begin so.
    Beginning(String),
}

/// A window that is running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateWindow {
    /// What is counted.
    pub key: String,
    /// The limit that it was counted against.
    pub limit: RateLimit,
    /// How many calls count so far.
    pub calls: u32,
    /// When it is over.
    pub resets_in: SignedDuration,
}

/// Counts how often things are done.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// Counts one call of every key that counts against all of its limits or, where one of any key is reached, against none: of
    /// any number of calls at the same moment, no more than the limit are admitted. A window that is over, or that begins further
    /// ahead than [`CLOCK_TOLERANCE`](super::CLOCK_TOLERANCE), begins anew with this call. No key is there twice.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be counted: it must not be made then.
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError>;

    /// The windows that run at `now`, by the bytes of their keys, then by their lengths and limits: the first `most` of them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError>;
}
