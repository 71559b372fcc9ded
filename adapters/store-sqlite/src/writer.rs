//! The one connection that writes.
//!
//! A commit waits for the disk, whatever it holds. So the writer takes all changes that have arrived, runs each in a
//! savepoint of its own, commits them together, and only then answers. While the disk works, the next ones arrive.

use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::remote;

/// One change, which happens whole or not at all.
#[async_trait]
pub(crate) trait Change: Send + 'static {
    type Output: Send;

    async fn apply(self, connection: &mut SqliteConnection) -> sqlx::Result<Self::Output>;
}

/// Hands changes over to the connection that writes.
pub(crate) struct Writer {
    changes: mpsc::Sender<Box<dyn Work>>,
}

impl Writer {
    /// Changes that may wait; more have to wait in their requests.
    const QUEUE: usize = 4096;
    /// Changes that share a commit at most.
    const BATCH: usize = 512;
    /// How long a request waits for its change.
    const DEADLINE: Duration = Duration::from_secs(10);

    pub(crate) fn start(options: SqliteConnectOptions, connection: SqliteConnection) -> Self {
        let (changes, queue) = mpsc::channel(Self::QUEUE);
        tokio::spawn(write(queue, options, connection));
        Self { changes }
    }

    /// Makes a change, and returns when it is on the disk.
    pub(crate) async fn write<C: Change>(&self, change: C) -> Result<C::Output, AdapterError> {
        let (reply, answer) = oneshot::channel();
        let request = Box::new(Request { change: Some(change), outcome: None, reply });
        let written = async {
            self.changes.send(request).await.map_err(|_| stopped())?;
            answer.await.map_err(|_| stopped())?
        };
        let late = || AdapterError::Remote("the SQLite store took too long".to_owned());
        tokio::time::timeout(Self::DEADLINE, written).await.map_err(|_| late())?
    }
}

fn stopped() -> AdapterError {
    AdapterError::Remote("the SQLite store has stopped".to_owned())
}

/// A change with the one who waits for it.
struct Request<C: Change> {
    change: Option<C>,
    outcome: Option<sqlx::Result<C::Output>>,
    reply: oneshot::Sender<Result<C::Output, AdapterError>>,
}

/// A [`Request`] of any change.
#[async_trait]
trait Work: Send {
    /// Runs the change: true when it stays in the transaction.
    async fn run(&mut self, connection: &mut SqliteConnection) -> bool;

    /// Answers, now that the transaction is on the disk or is not.
    fn answer(self: Box<Self>, committed: Result<(), AdapterError>);
}

#[async_trait]
impl<C: Change> Work for Request<C> {
    async fn run(&mut self, connection: &mut SqliteConnection) -> bool {
        if let Some(change) = self.change.take() {
            self.outcome = Some(change.apply(connection).await);
        }
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
async fn write(
    mut queue: mpsc::Receiver<Box<dyn Work>>,
    options: SqliteConnectOptions,
    connection: SqliteConnection,
) {
    let mut connection = Some(connection);
    let mut batch = Vec::with_capacity(Writer::BATCH);
    while queue.recv_many(&mut batch, Writer::BATCH).await > 0 {
        let committed = match connect(&mut connection, &options).await {
            Ok(open) => commit_together(open, &mut batch).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &committed {
            tracing::error!(%error, changes = batch.len(), "the SQLite store can't be written");
            connection = None;
        }
        for work in batch.drain(..) {
            work.answer(committed.as_ref().copied().map_err(remote));
        }
    }
}

async fn connect<'a>(
    connection: &'a mut Option<SqliteConnection>,
    options: &SqliteConnectOptions,
) -> sqlx::Result<&'a mut SqliteConnection> {
    match connection.take() {
        Some(open) => Ok(connection.insert(open)),
        None => Ok(connection.insert(options.connect().await?)),
    }
}

async fn commit_together(connection: &mut SqliteConnection, batch: &mut [Box<dyn Work>]) -> sqlx::Result<()> {
    execute(connection, "BEGIN IMMEDIATE").await?;
    for work in batch {
        execute(connection, "SAVEPOINT change").await?;
        if !work.run(connection).await {
            execute(connection, "ROLLBACK TO change").await?;
        }
        execute(connection, "RELEASE change").await?;
    }
    execute(connection, "COMMIT").await
}

async fn execute(connection: &mut SqliteConnection, statement: &'static str) -> sqlx::Result<()> {
    sqlx::query(statement).execute(connection).await.map(drop)
}
