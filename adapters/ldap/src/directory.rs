use std::sync::Arc;
use std::time::Duration;

use ldap3::Scope;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::connection::{BindAnswer, Connector, Service};
use crate::entry::Entry;
use crate::failure::Failure;
use crate::pool::{self, ServiceConnection, ServiceConnections, ServicePool};
use crate::settings::{LdapSettings, SettingsError};

/// A directory of one or more servers that hold the same.
pub(crate) struct Directory {
    connector: Arc<Connector>,
    pool: ServicePool,
    /// How many passwords may be checked at once.
    checks: Semaphore,
    timeout: Duration,
}

impl Directory {
    pub(crate) fn new(settings: &LdapSettings) -> Result<Self, SettingsError> {
        let connector = Arc::new(Connector::new(settings)?);
        let password = settings.service_password()?.clone();
        let service = Service { dn: settings.bind_dn.clone(), password };
        let pool = ServicePool::builder(ServiceConnections::new(Arc::clone(&connector), service))
            .max_size(settings.pool_size)
            .build();
        Ok(Self {
            connector,
            pool: pool.map_err(|error| SettingsError::new("pool_size", &error.to_string()))?,
            checks: Semaphore::new(settings.pool_size),
            timeout: Duration::from_millis(settings.timeout_ms),
        })
    }

    /// What `request` makes of the directory, within the time that a request may take.
    pub(crate) async fn in_time<T>(
        &self,
        request: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let late = |_| Err(Failure::Late(format!("no answer within {} ms", self.timeout.as_millis())));
        tokio::time::timeout(self.timeout, request).await.unwrap_or_else(late)
    }

    /// The one entry below `base` that fits; `None` when there is none.
    pub(crate) async fn find(
        &self,
        base: &str,
        filter: &str,
        attributes: &[String],
    ) -> Result<Option<Entry>, Failure> {
        let mut entries = self.search(base, Scope::Subtree, filter, attributes).await?;
        match entries.len() {
            0 | 1 => Ok(entries.pop()),
            _ => {
                let why = "several entries fit, and which is meant is not known";
                Err(Failure::UnusableEntry(why.to_owned()))
            }
        }
    }

    /// Whether an entry can be read as users are.
    pub(crate) async fn probe(&self, base: &str) -> Result<(), Failure> {
        const NO_ATTRIBUTES: &str = "1.1";
        let attributes = [NO_ATTRIBUTES.to_owned()];
        self.search(base, Scope::Base, "(objectClass=*)", &attributes).await.map(drop)
    }

    /// A search changes nothing, so that it is repeated once over another connection: the server may have closed this one
    /// long ago, or hang while others don't.
    async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[String],
    ) -> Result<Vec<Entry>, Failure> {
        let connection = pool::take(&self.pool).await?;
        let server = connection.server;
        match self.search_over(connection, base, scope, filter, attributes).await {
            Err(failure) if self.may_be_better_elsewhere(&failure, server) => {
                let another = pool::take(&self.pool).await?;
                self.search_over(another, base, scope, filter, attributes).await
            }
            answer => answer,
        }
    }

    async fn search_over(
        &self,
        mut connection: ServiceConnection,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[String],
    ) -> Result<Vec<Entry>, Failure> {
        let answer = self.connector.search(&mut connection, base, scope, filter, attributes).await;
        match &answer {
            Err(Failure::Lost(_)) => self.connector.servers.lost(connection.server),
            Err(Failure::Late(why)) => self.connector.servers.down(connection.server, why),
            Ok(_)
            | Err(
                Failure::ServiceRefused(_)
                | Failure::Unreachable(_)
                | Failure::Unusable(_)
                | Failure::UnusableEntry(_),
            ) => {}
        }
        answer
    }

    fn may_be_better_elsewhere(&self, failure: &Failure, server: usize) -> bool {
        match failure {
            Failure::Lost(_) => true,
            Failure::Late(_) => self.connector.servers.order().first() != Some(&server),
            Failure::ServiceRefused(_)
            | Failure::Unreachable(_)
            | Failure::Unusable(_)
            | Failure::UnusableEntry(_) => false,
        }
    }

    /// What a server says to a bind as `dn`. It is not repeated: the server may have counted it. The connection is used for
    /// nothing else.
    pub(crate) async fn bind(&self, dn: &str, password: &SecretString) -> Result<BindAnswer, Failure> {
        let turn = self.checks.acquire().await;
        let _turn = turn.map_err(|_| Failure::Unusable("no more passwords are checked".to_owned()))?;
        let mut connection = self.connector.connect(None).await?;
        let server = connection.server;
        let answer = self.connector.bind(&mut connection, dn, password).await;
        match &answer {
            Err(failure) if failure.is_of_connection() => {
                self.connector.servers.down(server, &failure.to_string());
            }
            _ => {
                self.connector.servers.up(server);
                connection.close().await;
            }
        }
        answer
    }
}
