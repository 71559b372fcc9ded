use std::time::Duration;

use data_adapter_core::{AdapterError, Subject};
use data_adapter_shares::{Refusal, Share, Shares, Sizes};

/// One check at a time per user: an attempt counts as a failure until it succeeds, and right answers of one user at the
/// same moment must not block each other. Nobody waits for another user.
pub(crate) struct Turns(Shares);

impl Turns {
    /// Longer than any queue that still makes sense to a person who waits.
    const DEADLINE: Duration = Duration::from_secs(10);

    pub(crate) fn new() -> Self {
        Self(Shares::new(Sizes::turns()))
    }

    /// Waits for the turn of a user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Unanswerable`] when too many wait already, at once, or for too long.
    pub(crate) async fn wait(&self, user: &str) -> Result<Share, AdapterError> {
        let turn = self.0.acquire(Subject::new(("turn", user)));
        let turn = tokio::time::timeout(Self::DEADLINE, turn).await.unwrap_or(Err(Refusal::Subject));
        turn.map_err(|refusal| AdapterError::Unanswerable(refusal.to_string()))
    }
}
