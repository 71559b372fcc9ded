use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};

use crate::connection::{Connection, Connector, Service};
use crate::failure::Failure;

/// Connections that are bound as the service.
pub(crate) type ServicePool = Pool<ServiceConnections>;
/// One of them, to be given back.
pub(crate) type ServiceConnection = Object<ServiceConnections>;

/// A connection is used no longer than this, so that the load goes back to a server that was down.
const MAX_AGE: Duration = Duration::from_secs(300);

/// Makes connections for a pool, and looks at those that come back.
pub(crate) struct ServiceConnections {
    connector: Arc<Connector>,
    service: Service,
}

impl ServiceConnections {
    pub(crate) fn new(connector: Arc<Connector>, service: Service) -> Self {
        Self { connector, service }
    }
}

impl Manager for ServiceConnections {
    type Type = Connection;
    type Error = Failure;

    async fn create(&self) -> Result<Connection, Failure> {
        self.connector.connect(Some(&self.service)).await
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<Failure> {
        let is_current = self.connector.servers.is_current(connection.server, connection.epoch);
        if is_current && connection.is_usable() && metrics.age() < MAX_AGE {
            Ok(())
        } else {
            Err(RecycleError::message("not to be used again"))
        }
    }
}

/// A connection that looks usable; whether it is shows when it is used.
pub(crate) async fn take(pool: &ServicePool) -> Result<ServiceConnection, Failure> {
    pool.get().await.map_err(|error| {
        if let PoolError::Backend(failure) = error {
            return failure;
        }
        Failure::Unusable(format!("no connection: {error}"))
    })
}
