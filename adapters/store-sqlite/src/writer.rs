//! The one connection that writes.
//!
//! A commit waits for the disk, whatever it holds. So the writer takes all changes that have arrived, runs each in a
//! savepoint of its own, commits them together, and only then answers. While the disk works, the next ones arrive.

use std::io;
use std::time::Duration;

use data_adapter_core::AdapterError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::open::connect;
use crate::place::{Place, WriteError};
use crate::remote;
use crate::worker::{Worker, stopped};

/// Hands changes over to the connection that writes.
pub(crate) struct Writer {
    worker: Worker<Box<dyn Work>>,
}

impl Writer {
    /// Changes that share a commit at most: all that wait, so that nobody waits for more than the commit under way.
    const BATCH: usize = Worker::<Box<dyn Work>>::QUEUE;
    /// How long a request waits for its change.
    const DEADLINE: Duration = Duration::from_secs(10);

    pub(crate) fn start(place: Place, connection: Connection) -> io::Result<Self> {
        let worker = Worker::start("store-writer", move |queue| write(queue, place, connection))?;
        Ok(Self { worker })
    }

    /// Makes a change, which happens whole or not at all, and returns when it is on the disk.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, AdapterError> {
        let (reply, answer) = oneshot::channel();
        let request = Box::new(Request { change: Some(change), outcome: None, reply });
        let written = async {
            self.worker.hand_over(request).await?;
            answer.await.map_err(|_| stopped())?
        };
        let late = || AdapterError::Remote("the SQLite store took too long".to_owned());
        tokio::time::timeout(Self::DEADLINE, written).await.map_err(|_| late())?
    }

    /// Makes the changes that were handed over, folds the newest ones into the file, and lets go of it.
    pub(crate) async fn close(&self) {
        self.worker.close().await;
    }
}

/// A change with the one who waits for it.
struct Request<C, T> {
    change: Option<C>,
    outcome: Option<rusqlite::Result<T>>,
    reply: oneshot::Sender<Result<T, AdapterError>>,
}

/// A [`Request`] of any change.
trait Work: Send {
    /// Runs the change: true when it stays in the transaction.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Answers, now that the transaction is on the disk or is not.
    fn answer(self: Box<Self>, committed: Result<(), AdapterError>);
}

impl<C, T: Send> Work for Request<C, T>
where
    C: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        self.outcome = self.change.take().map(|change| change(connection));
        matches!(self.outcome, Some(Ok(_)))
    }

    /// The one who waits may have given up.
    fn answer(self: Box<Self>, committed: Result<(), AdapterError>) {
        let answer = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome.map_err(|error| remote(&error)),
            (Ok(()), None) => Err(stopped()),
            (Err(error), _) => Err(error),
        };
        let _ = self.reply.send(answer);
    }
}

/// Writes until nobody can send changes any more. A connection that fails is replaced: a full disk may have room again.
fn write(mut queue: mpsc::Receiver<Box<dyn Work>>, mut place: Place, connection: Connection) {
    let mut connection = Some(connection);
    let mut batch = Vec::with_capacity(Writer::BATCH);
    while queue.blocking_recv_many(&mut batch, Writer::BATCH) > 0 {
        let committed = commit(&mut place, &mut connection, &mut batch);
        if let Err(error) = &committed {
            tracing::error!(%error, changes = batch.len(), "the SQLite store can't be written");
            connection = None;
        }
        for work in batch.drain(..) {
            work.answer(committed.as_ref().copied().map_err(remote));
        }
    }
    if let Some(connection) = connection {
        fold(connection);
    }
}

/// Makes changes where they are found again.
fn commit(
    place: &mut Place,
    connection: &mut Option<Connection>,
    batch: &mut [Box<dyn Work>],
) -> Result<(), WriteError> {
    place.check()?;
    let open = connection.take().map_or_else(|| connect(place.path()), Ok)?;
    let open = connection.insert(open);
    place.check_length(open)?;
    commit_together(open, batch)?;
    place.committed()
}

fn commit_together(connection: &Connection, batch: &mut [Box<dyn Work>]) -> rusqlite::Result<()> {
    execute(connection, "BEGIN IMMEDIATE")?;
    for work in batch {
        execute(connection, "SAVEPOINT change")?;
        if !work.run(connection) {
            execute(connection, "ROLLBACK TO change")?;
        }
        execute(connection, "RELEASE change")?;
    }
    execute(connection, "COMMIT")
}

fn execute(connection: &Connection, statement: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Leaves one file with everything in it, when no other process has it open.
fn fold(connection: Connection) {
    let folded = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if let Err(error) = folded.and_then(|()| connection.close().map_err(|(_, error)| error)) {
        tracing::warn!(%error, "the newest changes of the SQLite store stay in the `-wal` file beside it");
    }
}
