//! The connection that reads, beside the one that writes: what it sees is on the disk.

use std::io;

use data_adapter_core::AdapterError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::remote;
use crate::worker::{Worker, stopped};

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// Hands questions over to the connection that reads.
pub(crate) struct Reader {
    worker: Worker<Question>,
}

impl Reader {
    pub(crate) fn start(connection: Connection) -> io::Result<Self> {
        let worker = Worker::start("store-reader", move |mut questions: mpsc::Receiver<Question>| {
            while let Some(question) = questions.blocking_recv() {
                question(&connection);
            }
        })?;
        Ok(Self { worker })
    }

    /// Asks the store.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AdapterError> {
        let (reply, answer) = oneshot::channel();
        let question: Question = Box::new(move |connection| {
            // The one who waits may have given up.
            let _ = reply.send(question(connection));
        });
        self.worker.hand_over(question).await?;
        answer.await.map_err(|_| stopped())?.map_err(|error| remote(&error))
    }

    pub(crate) async fn close(&self) {
        self.worker.close().await;
    }
}
