use std::time::Duration;

use async_trait::async_trait;

use crate::AdapterError;

/// Why something does not do what it is there for, as far as whoever looks after it can do something about it. The log says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It did not answer in time.
    Late,
    /// It can't be reached, or does not let this program in.
    Unreachable,
    /// It was reached, and can't do what it is asked for.
    Failing,
}

/// How a part of the system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHealth {
    /// What it is called, such as `store`, `backends.NAME` or `sms.ID`.
    pub name: String,
    /// Whether nothing is ready without it.
    pub is_needed: bool,
    /// For how long it has been as it is, as far as this process has seen.
    pub lasts: Duration,
    /// What is wrong with it; `None` where nothing is.
    pub trouble: Option<Trouble>,
    /// Settings with a name that it does not know, by their keys in its section.
    pub unknown_settings: Vec<String>,
}

/// Tells how the parts of the system are.
#[async_trait]
pub trait SystemHealth: Send + Sync {
    /// How each part is.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn health(&self) -> Result<Vec<PartHealth>, AdapterError>;
}
