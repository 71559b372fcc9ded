use std::sync::{PoisonError, RwLock};
use std::{io, thread};

use data_adapter_core::AdapterError;
use tokio::sync::{mpsc, watch};

/// A thread of its own that does what it is handed: SQLite waits for the disk, and the threads of the server must not.
pub(crate) struct Worker<J> {
    jobs: RwLock<Option<mpsc::Sender<J>>>,
    ended: watch::Receiver<()>,
}

impl<J: Send + 'static> Worker<J> {
    /// Jobs that may wait; more have to wait in their requests.
    pub(crate) const QUEUE: usize = 4096;

    /// Starts the thread, which has to go on until there can be no more jobs.
    pub(crate) fn start(
        name: &str,
        work: impl FnOnce(mpsc::Receiver<J>) + Send + 'static,
    ) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel(Self::QUEUE);
        let (running, ended) = watch::channel(());
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            work(queue);
            drop(running);
        })?;
        Ok(Self { jobs: RwLock::new(Some(jobs)), ended })
    }

    pub(crate) async fn hand_over(&self, job: J) -> Result<(), AdapterError> {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.ok_or_else(stopped)?.send(job).await.map_err(|_| stopped())
    }

    /// Takes no more jobs, and waits until those that were handed over are done and the thread is over.
    pub(crate) async fn close(&self) {
        drop(self.jobs.write().unwrap_or_else(PoisonError::into_inner).take());
        // Nothing is ever sent: this ends when the thread drops its end.
        let _ = self.ended.clone().changed().await;
    }
}

/// What is said to those who come too late.
pub(crate) fn stopped() -> AdapterError {
    AdapterError::Remote("the SQLite store has stopped".to_owned())
}
