//! Connections to the primaries, shared out first come, first served.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult};
use tokio::time::{Instant, sleep, timeout_at};

use crate::link::{Link, Node};
use crate::topology::Topology;

/// Makes connections to one server.
pub(crate) struct Connector {
    node: Node,
    topology: Arc<Topology>,
}

impl Manager for Connector {
    type Type = Link;
    type Error = String;

    async fn create(&self) -> Result<Link, String> {
        self.topology.connect(&self.node).await
    }

    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<String> {
        if link.is_clean { Ok(()) } else { Err(RecycleError::message("not to be used again")) }
    }
}

/// Why there is no connection.
pub(crate) enum NoLink {
    /// The server can't be reached, or was lost meanwhile.
    Unreachable(String),
    /// All connections are in use.
    Busy(String),
    /// The store was closed.
    Closed,
}

/// A connection that is lent.
pub(crate) type Lent = Object<Connector>;

/// The connections to all primaries.
pub(crate) struct Pools {
    topology: Arc<Topology>,
    size: usize,
    /// None once the store was closed.
    pools: Mutex<Option<HashMap<Node, Pool<Connector>>>>,
}

impl Pools {
    pub(crate) fn new(topology: Arc<Topology>, size: usize) -> Self {
        Self { topology, size, pools: Mutex::new(Some(HashMap::new())) }
    }

    fn pools(&self) -> MutexGuard<'_, Option<HashMap<Node, Pool<Connector>>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, node: &Node) -> Result<Pool<Connector>, NoLink> {
        let mut pools = self.pools();
        let pools = pools.as_mut().ok_or(NoLink::Closed)?;
        let new = || {
            let connector = Connector { node: node.clone(), topology: Arc::clone(&self.topology) };
            let pool = Pool::builder(connector).max_size(self.size).queue_mode(QueueMode::Lifo).build();
            pool.expect("it has no deadlines of its own, which are all that could be wrong")
        };
        Ok(pools.entry(node.clone()).or_insert_with(new).clone())
    }

    /// A connection to a server.
    pub(crate) async fn take(&self, node: &Node, deadline: Instant) -> Result<Lent, NoLink> {
        let pool = self.of(node)?;
        match timeout_at(deadline, pool.get()).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(PoolError::Backend(why))) => Err(NoLink::Unreachable(why)),
            Ok(Err(PoolError::Closed)) => Err(NoLink::Unreachable(format!("{node}: it was lost"))),
            Ok(Err(PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)))
            | Err(_) => Err(NoLink::Busy(format!("{node}: no connection is free in time"))),
        }
    }

    /// Lets go of all connections to a server that was lost: those that are lent are not used again.
    pub(crate) fn forget(&self, node: &Node) {
        if let Some(pool) = self.pools().as_mut().and_then(|pools| pools.remove(node)) {
            pool.close();
        }
    }

    /// Lends nothing any more, and waits until everything has come back, at most as long as it may take.
    pub(crate) async fn close(&self, longest: Duration) {
        const LOOK_EVERY: Duration = Duration::from_millis(5);
        let pools: Vec<_> = self.pools().take().into_iter().flatten().map(|(_, pool)| pool).collect();
        for pool in &pools {
            pool.close();
        }
        let deadline = Instant::now() + longest;
        while pools.iter().any(|pool| pool.status().size > 0) {
            if Instant::now() >= deadline {
                tracing::warn!("the Redis store was closed while something was under way");
                return;
            }
            sleep(LOOK_EVERY).await;
        }
    }
}
