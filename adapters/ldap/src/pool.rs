use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult};

use crate::connection::{Connection, Connector};
use crate::failure::Failure;
use crate::settings::{LdapSettings, SettingsError};

/// Connections that are bound as the service.
pub(crate) type ServicePool = Pool<ServiceConnections>;
/// One of them, to be given back.
pub(crate) type ServiceConnection = Object<ServiceConnections>;

/// Makes connections for a pool, and looks at those that come back.
pub(crate) struct ServiceConnections {
    connector: Arc<Connector>,
    longest_idle: Duration,
}

/// A pool for these settings, with nothing in it. The connection that was used last is the first to be used again, so that
/// the others become idle when there is little to do.
pub(crate) fn new(connector: Arc<Connector>, settings: &LdapSettings) -> Result<ServicePool, SettingsError> {
    let longest_idle = Duration::from_secs(settings.idle_seconds);
    let pool = ServicePool::builder(ServiceConnections { connector, longest_idle });
    let pool = pool.max_size(settings.pool_size).queue_mode(QueueMode::Lifo).build();
    pool.map_err(|error| SettingsError::new("pool_size", &error.to_string()))
}

impl Manager for ServiceConnections {
    type Type = Connection;
    type Error = Failure;

    async fn create(&self) -> Result<Connection, Failure> {
        self.connector.connect().await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Failure> {
        let servers = &self.connector.servers;
        if connection.is_closed() {
            servers.lost(connection.server, connection.epoch);
        }
        let is_current = servers.is_current(connection.server, connection.epoch);
        if is_current && connection.is_usable(self.longest_idle) {
            connection.is_kept = true;
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

/// Puts a new connection in the place of one that is of no more use.
pub(crate) async fn renew(pool: &ServicePool, connection: &mut ServiceConnection) -> Result<(), Failure> {
    **connection = pool.manager().create().await?;
    Ok(())
}
