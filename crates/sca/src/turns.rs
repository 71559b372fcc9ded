use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use data_adapter_core::AdapterError;
use tokio::sync::{Mutex, MutexGuard};

/// One check at a time per user: an attempt counts as a failure until it succeeds, and right answers of one user at the
/// same moment must not block each other.
pub(crate) struct Turns {
    locks: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Turns {
    /// Users share a lock when their ids fall on the same one, which costs time and nothing else.
    const LOCKS: usize = 1024;
    /// Longer than any queue that still makes sense to a person who waits.
    const DEADLINE: Duration = Duration::from_secs(10);

    pub(crate) fn new() -> Self {
        Self { locks: (0..Self::LOCKS).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }

    /// Waits for the turn of a user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when too many wait already.
    pub(crate) async fn wait(&self, user: &str) -> Result<MutexGuard<'_, ()>, AdapterError> {
        let number = self.hasher.hash_one(user) % Self::LOCKS as u64;
        let index = usize::try_from(number).expect("it is less than the number of locks");
        let turn = tokio::time::timeout(Self::DEADLINE, self.locks[index].lock()).await;
        turn.map_err(|_| AdapterError::Remote("too many checks of one user wait for each other".to_owned()))
    }
}
