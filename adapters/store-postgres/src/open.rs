use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use crate::pool::{Connector, Links};
use crate::session::Manners;
use crate::settings::{Pooler, Servers};
use crate::{OpenError, PostgresSettings, PostgresStore, pooler, schema};

impl PostgresStore {
    /// Connects to the server that can be written, and brings the schema to this version. The store has to be used within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn open(settings: &PostgresSettings) -> Result<Self, OpenError> {
        // It is large, and whoever opens a store need not be.
        Box::pin(Self::connected(settings)).await
    }

    async fn connected(settings: &PostgresSettings) -> Result<Self, OpenError> {
        let Servers { database, migrations } = settings.servers()?;
        let (acquire, statement) = (settings.acquire_timeout(), settings.statement_timeout());
        let connector = Connector::new(database, acquire);
        let prepares = match settings.pooler {
            Pooler::None => {
                pooler::refuse_unknown(&connector).await?;
                true
            }
            Pooler::Transaction => false,
        };
        let link = Connector::new(migrations, acquire).connect().await;
        let mut link = link.map_err(|error| OpenError::Unreachable(error.to_string()))?;
        schema::migrate(&mut link.connection).await?;
        warn_of_losses(&mut link.connection).await?;
        Ok(Self {
            links: Links::new(connector, settings.pool_size),
            manners: Manners { patience: statement, prepares },
            longest: acquire + statement,
        })
    }
}

/// Warns of a server that answers before a change is where it stays.
async fn warn_of_losses(connection: &mut PgConnection) -> Result<(), OpenError> {
    /// With these a change is on the disk of the server when it answers, and on that of its synchronous standby.
    const SAFE: [&str; 2] = ["on", "remote_apply"];
    let unreachable = |error: sqlx::Error| OpenError::Unreachable(error.to_string());
    let settings = "SELECT current_setting('fsync'), current_setting('synchronous_commit')";
    let settings = sqlx::raw_sql(settings).fetch_one(connection).await.map_err(unreachable)?;
    for (column, name) in ["fsync", "synchronous_commit"].into_iter().enumerate() {
        let value: String = settings.try_get(column).map_err(unreachable)?;
        if !SAFE.contains(&value.as_str()) {
            tracing::warn!(
                "`{name}` of the PostgreSQL store is {value}: a crash may lose what was answered, a used code among it"
            );
        }
    }
    Ok(())
}
