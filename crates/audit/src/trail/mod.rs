//! Reads the files of a log for whoever looks for something in it.
//!
//! The newest lines come first, and so files are read from their ends, part by part, until the page is full. Each part is checked as
//! the chain that it is, and then against the part after it: what was read is as good as verified, what was not is not spoken of.

mod conditions;
mod files;
mod search;
mod stretch;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{AuditTrail, TrailPage, TrailSearch};
use tokio::sync::Semaphore;

use search::{Bounds, search};

/// The files of a log: the one that is written, and beside it those that were moved away, compressed or not.
pub struct AuditFiles {
    path: PathBuf,
    bounds: Bounds,
    /// One at a time: reading takes a processor, and the disk, from those who authenticate.
    turns: Arc<Semaphore>,
}

impl AuditFiles {
    /// Reads the log that is written to `path`, and what was moved away from there under a name such as `NAME-20261101`, `NAME.1` or
    /// `NAME.2.gz`.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, bounds: Bounds::USUAL, turns: Arc::new(Semaphore::new(1)) }
    }
}

#[async_trait]
impl AuditTrail for AuditFiles {
    async fn lines(&self, wanted: &TrailSearch) -> Result<Option<TrailPage>, AdapterError> {
        let unreadable =
            |error: String| AdapterError::Remote(format!("the audit log can't be read: {error}"));
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| unreadable(error.to_string()))?;
        let (path, wanted, bounds) = (self.path.clone(), wanted.clone(), self.bounds);
        let read = tokio::task::spawn_blocking(move || {
            let page = search(&path, &wanted, bounds);
            drop(turn);
            page
        });
        let page = read.await.map_err(|error| unreadable(error.to_string()))?;
        page.map_err(|error| unreadable(error.to_string()))
    }
}

#[cfg(test)]
mod tests;
