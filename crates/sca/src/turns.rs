use std::hash::{BuildHasher as _, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// One check at a time per user: an attempt counts as a failure until it succeeds, and right answers of one user at the
/// same moment must not block each other.
pub(crate) struct Turns {
    locks: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Turns {
    /// More than ever run at once.
    const LOCKS: usize = 256;

    pub(crate) fn new() -> Self {
        Self { locks: (0..Self::LOCKS).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }

    pub(crate) async fn wait(&self, user: &str) -> MutexGuard<'_, ()> {
        let number = self.hasher.hash_one(user) % Self::LOCKS as u64;
        let index = usize::try_from(number).expect("it is less than the number of locks");
        self.locks[index].lock().await
    }
}
