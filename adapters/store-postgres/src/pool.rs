//! Connections to the server that can be written, whichever of the hosts that is.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use thiserror::Error;
use tokio::time::timeout;

use crate::settings::Server;

/// Makes connections, and looks at those that come back.
pub(crate) struct Connector {
    servers: Vec<Server>,
    /// How long connecting may take, over all servers.
    patience: Duration,
    /// The server that is tried first: the one that could be written last, or the next one where its connections were lost since. One
    /// that is no primary any more may go on as if it were, and never answer a change.
    first: AtomicUsize,
    /// The server that could be written last.
    last: AtomicUsize,
    /// Counts how often a connection was lost: those of before are not used again.
    epoch: AtomicU64,
}

/// A connection of a pool.
pub(crate) struct Link {
    pub(crate) connection: PgConnection,
    epoch: u64,
    /// Whether nothing is under way on it.
    pub(crate) is_clean: bool,
}

/// Why there is no connection, for the log.
#[derive(Clone, Debug, Error)]
pub(crate) enum NoConnection {
    /// No server can be written, or none answers.
    #[error("no server of it can be used: {0}")]
    Unreachable(String),
    /// All connections are in use, or those that are being made are not there yet.
    #[error("there is no connection to it within {} ms", .0.as_millis())]
    Late(Duration),
    /// The store was closed.
    #[error("it was closed")]
    Closed,
}

impl Connector {
    pub(crate) fn new(servers: Vec<Server>, patience: Duration) -> Self {
        let (first, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { servers, patience, first, last, epoch: AtomicU64::new(0) }
    }

    /// A connection to the first server that can be written.
    pub(crate) async fn connect(&self) -> Result<Link, NoConnection> {
        let epoch = self.epoch.load(Ordering::Acquire);
        let first = self.first.load(Ordering::Relaxed);
        let each = self.patience / u32::try_from(self.servers.len()).unwrap_or(u32::MAX);
        let mut reasons = Vec::new();
        for index in (first..self.servers.len()).chain(0..first) {
            let server = &self.servers[index];
            match timeout(each, connect_to(server)).await {
                Ok(Ok(connection)) => {
                    self.found(index, epoch);
                    return Ok(Link { connection, epoch, is_clean: true });
                }
                Ok(Err(error)) => reasons.push(format!("{}: {error}", server.name)),
                Err(_) => reasons.push(format!("{}: no answer within {} ms", server.name, each.as_millis())),
            }
        }
        Err(NoConnection::Unreachable(reasons.join("; ")))
    }

    /// Notes which server can be written, as far as is known since connections were lost the last time.
    fn found(&self, index: usize, epoch: u64) {
        if self.epoch.load(Ordering::Acquire) == epoch {
            self.first.store(index, Ordering::Relaxed);
        }
        if self.last.swap(index, Ordering::Relaxed) != index {
            let server = &self.servers[index].name;
            tracing::warn!(server, "the PostgreSQL store has moved to another server");
        }
    }

    /// Notes that a connection was lost, and with it those that are as old.
    pub(crate) fn lost(&self, link: &Link) {
        let newer = link.epoch + 1;
        // Whoever lost one of the same time was faster otherwise.
        if self.epoch.compare_exchange(link.epoch, newer, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            let next = (self.last.load(Ordering::Relaxed) + 1) % self.servers.len();
            self.first.store(next, Ordering::Relaxed);
        }
    }
}

async fn connect_to(server: &Server) -> Result<PgConnection, sqlx::Error> {
    let mut connection = PgConnection::connect_with(&server.options).await?;
    let row = sqlx::raw_sql("SHOW transaction_read_only").fetch_one(&mut connection).await?;
    if row.try_get::<&str, _>(0)? == "on" {
        return Err(sqlx::Error::Protocol("it can only be read".to_owned()));
    }
    Ok(connection)
}

impl Manager for Connector {
    type Type = Link;
    type Error = NoConnection;

    async fn create(&self) -> Result<Link, NoConnection> {
        self.connect().await
    }

    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<NoConnection> {
        if link.is_clean && link.epoch == self.epoch.load(Ordering::Acquire) {
            return Ok(());
        }
        Err(RecycleError::message("not to be used again"))
    }
}

/// Connections to be shared out, first come, first served.
#[derive(Clone)]
pub(crate) struct Links {
    pool: Pool<Connector>,
    patience: Duration,
}

impl Links {
    /// With nothing in it yet.
    pub(crate) fn new(connector: Connector, size: usize) -> Self {
        let patience = connector.patience;
        let pool = Pool::builder(connector).max_size(size).queue_mode(QueueMode::Lifo).build();
        let pool = pool.expect("it has no deadlines of its own, which are all that could be wrong");
        Self { pool, patience }
    }

    pub(crate) async fn take(&self) -> Result<Object<Connector>, NoConnection> {
        match timeout(self.patience, self.pool.get()).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(NoConnection::Closed),
            Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)))
            | Err(_) => Err(NoConnection::Late(self.patience)),
        }
    }

    pub(crate) fn lost(&self, link: &Link) {
        self.pool.manager().lost(link);
    }

    /// Lends nothing any more, and waits until everything has come back, at most as long as it may take.
    pub(crate) async fn close(&self, longest: Duration) {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        self.pool.close();
        let is_back = async {
            while self.pool.status().size > 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        if timeout(longest, is_back).await.is_err() {
            tracing::warn!("the PostgreSQL store was closed while something was under way");
        }
    }
}
