//! How soon instances answer again when a primary was killed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Watches two instances.
#[derive(Default)]
pub(crate) struct Watch(Mutex<Seen>);

#[derive(Clone, Copy, Default)]
struct Seen {
    kill: Option<Kill>,
    /// How many calls each instance has answered that began since the kill.
    answered: [usize; 2],
    /// When it answered the first of these.
    first: [Option<Instant>; 2],
}

/// When a primary was killed: not before it began, and when it ended there was none any more.
#[derive(Clone, Copy)]
struct Kill {
    began: Instant,
    ended: Instant,
}

impl Watch {
    /// Begins anew.
    pub(crate) fn begin(&self) {
        *self.lock() = Seen::default();
    }

    /// Begins anew with a primary that is dead, and died after `began`.
    pub(crate) fn killed(&self, began: Instant) {
        let kill = Some(Kill { began, ended: Instant::now() });
        *self.lock() = Seen { kill, ..Seen::default() };
    }

    /// A call was answered.
    pub(crate) fn answered(&self, instance: usize, began: Instant) {
        let mut seen = self.lock();
        if seen.kill.is_none_or(|kill| began >= kill.ended) {
            seen.answered[instance] += 1;
            seen.first[instance].get_or_insert_with(Instant::now);
        }
    }

    /// How many calls the instance has answered that has answered fewer.
    pub(crate) fn fewest(&self) -> usize {
        self.lock().answered.into_iter().min().unwrap_or_default()
    }

    /// How long each instance took to answer again, once it does.
    pub(crate) fn again(&self) -> [Duration; 2] {
        let seen = self.lock();
        let took = |first: Option<Instant>| Some(first?.duration_since(seen.kill?.began));
        seen.first.map(|first| took(first).unwrap_or_default())
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
