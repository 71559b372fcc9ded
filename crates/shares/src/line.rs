use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A line for each key that somebody has come for, and none for others.
#[derive(Debug)]
pub(crate) struct Lines {
    /// How many of one key may be through the gate at once.
    through: usize,
    /// How many of one key there may be, with those who wait.
    most: usize,
    lines: Mutex<HashMap<u64, Line>>,
}

#[derive(Debug)]
struct Line {
    gate: Arc<Semaphore>,
    /// Those through the gate, and those who wait.
    present: usize,
}

/// A place in a line, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    /// `None` until the gate is passed. It goes first, so that the next of the line follows.
    pass: Option<OwnedSemaphorePermit>,
    gate: Arc<Semaphore>,
    lines: Arc<Lines>,
    key: u64,
}

impl Lines {
    pub(crate) fn new(through: usize, most: usize) -> Arc<Self> {
        Arc::new(Self { through, most, lines: Mutex::default() })
    }

    /// A place at the end of the line; `None` when it is too long.
    pub(crate) fn join(self: &Arc<Self>, key: u64) -> Option<Place> {
        let mut lines = self.lock();
        let line = lines
            .entry(key)
            .or_insert_with(|| Line { gate: Arc::new(Semaphore::new(self.through)), present: 0 });
        if line.present >= self.most {
            return None;
        }
        line.present += 1;
        Some(Place { pass: None, gate: Arc::clone(&line.gate), lines: Arc::clone(self), key })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }
}

impl Place {
    /// Waits to pass the gate.
    pub(crate) async fn reach(mut self) -> Self {
        // No gate is ever closed.
        self.pass = Arc::clone(&self.gate).acquire_owned().await.ok();
        self
    }

    /// Passes the gate; `None` when there would be somebody to wait for.
    pub(crate) fn now(mut self) -> Option<Self> {
        self.pass = Some(Arc::clone(&self.gate).try_acquire_owned().ok()?);
        Some(self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.pass.take());
        let mut lines = self.lines.lock();
        if let Some(line) = lines.get_mut(&self.key) {
            line.present -= 1;
            if line.present == 0 {
                lines.remove(&self.key);
            }
        }
    }
}
