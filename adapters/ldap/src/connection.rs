use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use ldap3::controls::Control;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchOptions, StdStream};
use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::entry::Entry;
use crate::failure::{Failure, refusal};
use crate::policy::{self, Policy};
use crate::servers::Servers;
use crate::settings::{LdapSettings, SettingsError};
use crate::socket;
use crate::tls::client_config;
use crate::verdict;

/// Makes connections to the servers.
pub(crate) struct Connector {
    pub(crate) servers: Servers,
    pub(crate) service: Service,
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) start_tls: bool,
    pub(crate) keepalive: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) bind_timeout: Duration,
    /// How long one search may take.
    pub(crate) search_timeout: Duration,
}

impl Connector {
    pub(crate) fn new(settings: &LdapSettings) -> Result<Self, SettingsError> {
        let urls = settings.parsed_urls()?;
        let is_tls = settings.start_tls || urls.iter().any(|url| url.scheme() == "ldaps");
        let tls = is_tls.then(|| client_config(settings.ca_file.as_deref())).transpose()?;
        Ok(Self {
            servers: Servers::new(urls),
            service: Service { dn: settings.bind_dn.clone(), password: settings.service_password()?.clone() },
            tls,
            start_tls: settings.start_tls,
            keepalive: Duration::from_secs(settings.keepalive_seconds),
            connect_timeout: Duration::from_millis(settings.connect_timeout_ms),
            bind_timeout: Duration::from_millis(settings.bind_timeout_ms),
            search_timeout: Duration::from_millis(settings.search_timeout_ms),
        })
    }

    /// A connection to the first server that takes one, bound as the service.
    pub(crate) async fn connect(self: &Arc<Self>) -> Result<Connection, Failure> {
        self.first(|server| self.try_to_connect(server).boxed()).await
    }

    /// What `connect` makes with the first server that takes it. What becomes of each that is tried is kept in mind.
    pub(crate) async fn first<'a, T>(
        self: &'a Arc<Self>,
        connect: impl Fn(usize) -> BoxFuture<'a, Result<T, Failure>>,
    ) -> Result<T, Failure> {
        self.try_those_due();
        let mut last = Failure::ServiceRefused("every server refused the service a moment ago".to_owned());
        for server in self.servers.order() {
            match self.noted(server, connect(server).await) {
                Ok(connection) => return Ok(connection),
                Err(failure) => last = failure,
            }
        }
        Err(last.of_connecting())
    }

    /// Tries the servers that are down, if it is time to. Nobody waits for it.
    pub(crate) fn try_those_due(self: &Arc<Self>) {
        for server in self.servers.due(self.connect_timeout + self.bind_timeout) {
            let connector = Arc::clone(self);
            tokio::spawn(async move {
                if let Ok(connection) = connector.noted(server, connector.try_to_connect(server).await) {
                    connection.close().await;
                }
            });
        }
    }

    /// Keeps in mind what became of a connection to a server.
    fn noted<T>(&self, server: usize, connection: Result<T, Failure>) -> Result<T, Failure> {
        match &connection {
            Err(Failure::Untrusted(why)) => self.servers.untrusted(server, why),
            Err(failure) if failure.is_of_connection() => self.servers.down(server, &failure.to_string()),
            _ => {}
        }
        connection
    }

    async fn try_to_connect(&self, server: usize) -> Result<Connection, Failure> {
        let mut connection = self.open(server).await?;
        let Service { dn, password } = &self.service;
        let answer = self.bind(&mut connection, dn, password).await?;
        if answer.code != BindAnswer::RIGHT {
            let why = refusal("the bind of the service", answer.code);
            self.servers.refused(server, &why);
            return Err(Failure::ServiceRefused(why));
        }
        self.servers.up(server);
        Ok(connection)
    }

    /// A connection to one server, on which nothing was said yet.
    pub(crate) async fn open(&self, server: usize) -> Result<Connection, Failure> {
        let epoch = self.servers.epoch(server);
        let ldap = self.in_time_to_connect(self.dial(self.servers.url(server))).await?;
        let now = Instant::now();
        Ok(Connection { ldap, server, epoch, opened: now, answered: now, is_kept: false, is_busy: false })
    }

    /// The outcome of connecting, within the time that it may take.
    pub(crate) async fn in_time_to_connect<T>(
        &self,
        connect: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let connected = tokio::time::timeout(self.connect_timeout, connect).await;
        connected.unwrap_or_else(|_| Err(Failure::Late("no connection in time".to_owned())))
    }

    async fn dial(&self, url: &Url) -> Result<Ldap, Failure> {
        let stream = StdStream::Tcp(socket::connect(url, self.keepalive).await?.into_std()?);
        let mut settings = LdapConnSettings::new().set_std_stream(stream).set_starttls(self.start_tls);
        if let Some(tls) = &self.tls {
            settings = settings.set_config(Arc::clone(tls));
        }
        let (driver, ldap) = answered(LdapConnAsync::from_url_with_settings(settings, url)).await?;
        // It ends with the connection, and whoever waits for an answer learns of it.
        tokio::spawn(async move { drop(driver.drive().await) });
        Ok(ldap)
    }

    /// Says who somebody is, and asks what the password policy of the server makes of it.
    pub(crate) async fn bind(
        &self,
        connection: &mut Connection,
        dn: &str,
        password: &SecretString,
    ) -> Result<BindAnswer, Failure> {
        let ldap = &mut connection.ldap;
        ldap.with_controls(vec![policy::request()]);
        let bind = answered(ldap.simple_bind(dn, password.expose_secret()));
        let result = in_time("bind", self.bind_timeout, bind).await?;
        BindAnswer::new(result.rc, &result.ctrls, &result.text)
    }

    /// Up to two entries: one more than may be there. A connection on which this fails is of no more use.
    pub(crate) async fn search(
        &self,
        connection: &mut Connection,
        search: Search<'_>,
        limit: Duration,
    ) -> Result<Vec<Entry>, Failure> {
        let Search { base, scope, filter, attributes } = search;
        connection.is_busy = true;
        let seconds = i32::try_from(limit.as_secs() + 1).unwrap_or(i32::MAX);
        connection.ldap.with_search_options(SearchOptions::new().sizelimit(2).timelimit(seconds));
        let search = answered(connection.ldap.search(base, scope, filter, attributes));
        let result = in_time("search", limit, search).await?;
        let is_enough = result.1.rc == Connection::SIZE_LIMIT_EXCEEDED && result.0.len() == 2;
        match result.1.rc {
            code @ (Connection::BUSY | Connection::UNAVAILABLE) => Err(Failure::Lost(refusal("it", code))),
            code if code != Connection::SUCCESS && !is_enough => {
                connection.set_free();
                Err(Failure::unusable("a search", code))
            }
            _ => {
                connection.set_free();
                // Only the root has no name. A bind to an entry without one would be as nobody, and succeed.
                let named = |entry: &Entry| !entry.dn.is_empty() || base.is_empty();
                let entries: Option<_> =
                    result.0.into_iter().map(|entry| Entry::parse(entry).filter(named)).collect();
                entries.ok_or_else(|| Failure::UnusableEntry("an entry can't be read".to_owned()))
            }
        }
    }
}

/// What is searched for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) base: &'a str,
    pub(crate) scope: Scope,
    /// RFC 4515.
    pub(crate) filter: &'a str,
    pub(crate) attributes: &'a [String],
}

/// Who searches.
pub(crate) struct Service {
    pub(crate) dn: String,
    pub(crate) password: SecretString,
}

/// A connection to one server.
pub(crate) struct Connection {
    ldap: Ldap,
    pub(crate) server: usize,
    pub(crate) epoch: u64,
    opened: Instant,
    /// When the last answer came on it.
    answered: Instant,
    /// Whether it was used before. Whatever is between may have dropped it since, without a word.
    pub(crate) is_kept: bool,
    /// Whether an answer is missing on it, perhaps since whoever waited for it gave up.
    is_busy: bool,
}

impl Connection {
    const SUCCESS: u32 = 0;
    const SIZE_LIMIT_EXCEEDED: u32 = 4;
    const BUSY: u32 = 51;
    const UNAVAILABLE: u32 = 52;
    /// One is used no longer than this, so that the load goes back to a server that was down.
    pub(crate) const MAX_AGE: Duration = Duration::from_secs(300);

    /// Whether it can be used for something else, after `longest_idle` at most without use.
    pub(crate) fn is_usable(&mut self, longest_idle: Duration) -> bool {
        let is_young = self.opened.elapsed() < Self::MAX_AGE && self.answered.elapsed() < longest_idle;
        is_young && !self.is_busy && !self.is_closed()
    }

    /// Whether the other side ended it.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.ldap.is_closed()
    }

    fn set_free(&mut self) {
        self.is_busy = false;
        self.answered = Instant::now();
    }

    /// Says goodbye; that the server hears it is not waited for.
    pub(crate) async fn close(mut self) {
        drop(answered(self.ldap.unbind()).await);
    }
}

/// What a server says to a bind. The text beside it goes no further: servers quote requests in it.
pub(crate) struct BindAnswer {
    /// A result code of RFC 4511.
    pub(crate) code: u32,
    /// What its password policy says.
    pub(crate) policy: Policy,
    /// What Active Directory says beside; `None` where there is no such thing.
    pub(crate) sub_code: Option<u32>,
}

impl BindAnswer {
    pub(crate) const RIGHT: u32 = 0;
    /// An entry without a password; or a bind as nobody, where the server takes none.
    pub(crate) const INAPPROPRIATE_AUTHENTICATION: u32 = 48;
    /// The server did not do it.
    pub(crate) const UNWILLING_TO_PERFORM: u32 = 53;

    /// What the parts of an answer say.
    ///
    /// # Errors
    ///
    /// When the server says that it can't answer anything now.
    pub(crate) fn new(code: u32, controls: &[Control], text: &str) -> Result<Self, Failure> {
        match code {
            Connection::BUSY | Connection::UNAVAILABLE => Err(Failure::Lost(refusal("it", code))),
            code => Ok(Self { code, policy: Policy::of(controls), sub_code: verdict::sub_code(text) }),
        }
    }
}

/// The outcome of a call. The LDAP library panics where an answer is not of the right form, and its futures are large.
fn answered<'a, T: Send>(
    call: impl Future<Output = Result<T, LdapError>> + Send + 'a,
) -> BoxFuture<'a, Result<T, Failure>> {
    let outcome = AssertUnwindSafe(call).catch_unwind();
    outcome
        .map(|outcome| match outcome {
            Ok(result) => Ok(result?),
            Err(_) => Err(Failure::Lost("it answered something that is not LDAP".to_owned())),
        })
        .boxed()
}

/// The outcome of a step, within its time.
pub(crate) async fn in_time<T>(
    step: &str,
    limit: Duration,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let result = tokio::time::timeout(limit, call).await;
    result.unwrap_or_else(|_| {
        Err(Failure::Late(format!("no answer to a {step} within {} ms", limit.as_millis())))
    })
}
