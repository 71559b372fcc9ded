use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::Subject;
use data_adapter_shares::{Refusal, Shares, Sizes};
use ldap3::Scope;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::binds::Binds;
use crate::connection::{BindAnswer, Connection, Connector, Search};
use crate::entry::Entry;
use crate::failure::Failure;
use crate::pool::{self, ServicePool};
use crate::schema::Schema;
use crate::settings::{LdapSettings, SettingsError};

/// How long a connection that was kept has to answer whether an entry is there. Who asks that wants to know it soon.
const PROBE: Duration = Duration::from_millis(250);

/// A directory of one or more servers that hold the same.
pub(crate) struct Directory {
    connector: Arc<Connector>,
    pool: ServicePool,
    binds: Arc<Binds>,
    /// Who may search over a connection of the pool.
    searches: Shares,
    /// Whose passwords may be checked.
    checks: Shares,
    timeout: Duration,
}

/// What somebody waits for: whatever is asked of the directory for it has to fit into its time.
pub(crate) struct Request<'a> {
    directory: &'a Directory,
    deadline: Instant,
}

impl Directory {
    pub(crate) fn new(settings: &LdapSettings) -> Result<Self, SettingsError> {
        let connector = Arc::new(Connector::new(settings)?);
        Ok(Self {
            pool: pool::new(Arc::clone(&connector), settings)?,
            binds: Binds::new(Arc::clone(&connector), Duration::from_secs(settings.idle_seconds)),
            connector,
            searches: Shares::new(Sizes::of(settings.pool_size)),
            checks: Shares::new(Sizes::of(settings.pool_size)),
            timeout: Duration::from_millis(settings.timeout_ms),
        })
    }

    /// What connects to the servers.
    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// A request that begins now.
    pub(crate) fn request(&self) -> Request<'_> {
        Request { directory: self, deadline: Instant::now() + self.timeout }
    }
}

impl Request<'_> {
    /// What `work` makes of the directory, within the time that a request may take.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let timeout = self.directory.timeout.as_millis();
        let late = |_| Err(Failure::Late(format!("no answer within {timeout} ms")));
        tokio::time::timeout_at(self.deadline, work).await.unwrap_or_else(late)
    }

    /// The one entry below `base` that fits; `None` when there is none.
    pub(crate) async fn find(
        &self,
        base: &str,
        filter: &str,
        attributes: &[String],
    ) -> Result<Option<Entry>, Failure> {
        let mut entries = self.sample(base, filter, attributes).await?;
        match entries.len() {
            0 | 1 => Ok(entries.pop()),
            _ => {
                let why = "several entries fit, and which is meant is not known";
                Err(Failure::UnusableEntry(why.to_owned()))
            }
        }
    }

    /// Up to two entries below `base` that fit.
    pub(crate) async fn sample(
        &self,
        base: &str,
        filter: &str,
        attributes: &[String],
    ) -> Result<Vec<Entry>, Failure> {
        let search = Search { base, scope: Scope::Subtree, filter, attributes };
        self.search(search, self.directory.connector.search_timeout).await
    }

    /// Whether an entry can be read as users are.
    pub(crate) async fn probe(&self, base: &str) -> Result<(), Failure> {
        const NO_ATTRIBUTES: &str = "1.1";
        let attributes = [NO_ATTRIBUTES.to_owned()];
        let search = Search { base, scope: Scope::Base, filter: "(objectClass=*)", attributes: &attributes };
        self.search(search, PROBE).await.map(drop)
    }

    /// What the schema says of attributes (RFC 4512, 4.2 and 5.1); `None` where the directory hides it from the service.
    pub(crate) async fn schema(&self) -> Result<Option<Schema>, Failure> {
        const WHERE: &str = "subschemaSubentry";
        const TYPES: &str = "attributeTypes";
        let Some(root) = self.read("", "(objectClass=*)", WHERE).await? else { return Ok(None) };
        let Some(subschema) = root.texts(WHERE).next() else { return Ok(None) };
        let found = self.read(subschema, "(objectClass=subschema)", TYPES).await?;
        Ok(found.and_then(|found| Schema::parse(found.texts(TYPES))))
    }

    /// Changes when connections were lost, and the directory may be another.
    pub(crate) fn generation(&self) -> u64 {
        self.directory.connector.servers.generation()
    }

    /// One attribute of one entry; `None` when there is no such entry, or it may not be read.
    async fn read(&self, base: &str, filter: &str, attribute: &str) -> Result<Option<Entry>, Failure> {
        let attributes = [attribute.to_owned()];
        let search = Search { base, scope: Scope::Base, filter, attributes: &attributes };
        match self.search(search, self.directory.connector.search_timeout).await {
            Ok(mut entries) => Ok(entries.pop()),
            Err(Failure::Unusable(_) | Failure::UnusableEntry(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// A search changes nothing, so that it is repeated once over a new connection: the server may have closed this one long
    /// ago, or hang while others don't, or something between may have dropped it.
    async fn search(&self, search: Search<'_>, patience: Duration) -> Result<Vec<Entry>, Failure> {
        let Directory { pool, searches, .. } = self.directory;
        let _share = searches.acquire(Subject::current()).await.map_err(crowded)?;
        let mut connection = pool::take(pool).await?;
        match self.search_over(&mut connection, search, patience).await {
            Err(failure) if self.may_be_better_elsewhere(&failure, &connection) => {
                pool::renew(pool, &mut connection).await?;
                self.search_over(&mut connection, search, patience).await
            }
            answer => answer,
        }
    }

    /// Only what a new connection brings says something about the server: one that was kept may be dead.
    async fn search_over(
        &self,
        connection: &mut Connection,
        search: Search<'_>,
        patience: Duration,
    ) -> Result<Vec<Entry>, Failure> {
        let connector = &self.directory.connector;
        let limit = self.limit(connection, patience);
        let answer = connector.search(connection, search, limit).await;
        let Connection { server, epoch, is_kept, .. } = *connection;
        match &answer {
            Err(Failure::Lost(_)) => {
                connector.servers.lost(server, epoch);
            }
            Err(Failure::Late(why)) if is_kept => {
                if connector.servers.lost(server, epoch) {
                    let server = connector.servers.url(server);
                    tracing::info!(%server, "connections that were kept are given up: {why}");
                }
            }
            Err(Failure::Late(why)) => connector.servers.down(server, why),
            Ok(_)
            | Err(
                Failure::OverKept(_)
                | Failure::Untrusted(_)
                | Failure::ServiceRefused(_)
                | Failure::Unreachable(_)
                | Failure::Unusable(_)
                | Failure::UnusableEntry(_),
            ) => {}
        }
        answer
    }

    /// How long a search may take. Over a connection that was kept it leaves as much for a second one.
    fn limit(&self, connection: &Connection, patience: Duration) -> Duration {
        let limit = self.directory.connector.search_timeout;
        if !connection.is_kept {
            return limit;
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        limit.min(patience).min(left / 2)
    }

    fn may_be_better_elsewhere(&self, failure: &Failure, connection: &Connection) -> bool {
        let servers = &self.directory.connector.servers;
        match failure {
            Failure::Lost(_) => true,
            Failure::Late(_) => connection.is_kept || servers.order().first() != Some(&connection.server),
            Failure::OverKept(_)
            | Failure::Untrusted(_)
            | Failure::ServiceRefused(_)
            | Failure::Unreachable(_)
            | Failure::Unusable(_)
            | Failure::UnusableEntry(_) => false,
        }
    }

    /// What a server says to a bind as `dn`. It is not repeated: the server may have counted it.
    pub(crate) async fn bind(&self, dn: &str, password: &SecretString) -> Result<BindAnswer, Failure> {
        let Directory { binds, checks, .. } = self.directory;
        let share = checks.acquire(Subject::current()).await.map_err(crowded)?;
        binds.bind(dn, password, share).await
    }
}

/// What becomes of those who wait too numerously: it says nothing about the directory.
fn crowded(refusal: Refusal) -> Failure {
    Failure::UnusableEntry(refusal.to_string())
}
