use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use ldap3::controls::Control;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchOptions};
use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretString};

use crate::entry::Entry;
use crate::failure::{Failure, refusal};
use crate::policy;
use crate::servers::Servers;
use crate::settings::{LdapSettings, SettingsError};
use crate::tls::client_config;

/// Makes connections to the servers.
pub(crate) struct Connector {
    pub(crate) servers: Servers,
    tls: Option<Arc<ClientConfig>>,
    start_tls: bool,
    connect_timeout: Duration,
    bind_timeout: Duration,
    search_timeout: Duration,
}

impl Connector {
    pub(crate) fn new(settings: &LdapSettings) -> Result<Self, SettingsError> {
        let urls = settings.parsed_urls()?;
        let is_tls = settings.start_tls || urls.iter().any(|url| url.scheme() == "ldaps");
        let tls = is_tls.then(|| client_config(settings.ca_file.as_deref())).transpose()?;
        Ok(Self {
            servers: Servers::new(urls),
            tls,
            start_tls: settings.start_tls,
            connect_timeout: Duration::from_millis(settings.connect_timeout_ms),
            bind_timeout: Duration::from_millis(settings.bind_timeout_ms),
            search_timeout: Duration::from_millis(settings.search_timeout_ms),
        })
    }

    /// A connection to the first server that takes one. On it `service` is bound; without one nobody has said who they are.
    pub(crate) async fn connect(&self, service: Option<&Service>) -> Result<Connection, Failure> {
        let mut last = Failure::ServiceRefused("every server refused the service a moment ago".to_owned());
        for server in self.servers.order() {
            match self.connect_to(server, service).await {
                Ok(connection) => return Ok(connection),
                Err(failure) => {
                    if failure.is_of_connection() {
                        self.servers.down(server, &failure.to_string());
                    }
                    last = failure;
                }
            }
        }
        Err(last.of_connecting())
    }

    async fn connect_to(&self, server: usize, service: Option<&Service>) -> Result<Connection, Failure> {
        let mut connection = self.open(server).await?;
        let Some(Service { dn, password }) = service else { return Ok(connection) };
        let answer = self.bind(&mut connection, dn, password).await?;
        if answer.code != BindAnswer::RIGHT {
            let why = refusal("the bind of the service", answer.code);
            self.servers.refused(server, &why);
            return Err(Failure::ServiceRefused(why));
        }
        self.servers.up(server);
        Ok(connection)
    }

    async fn open(&self, server: usize) -> Result<Connection, Failure> {
        let epoch = self.servers.try_now(server);
        let mut settings =
            LdapConnSettings::new().set_conn_timeout(self.connect_timeout).set_starttls(self.start_tls);
        if let Some(tls) = &self.tls {
            settings = settings.set_config(Arc::clone(tls));
        }
        let url = self.servers.url(server);
        let (driver, ldap) = answered(LdapConnAsync::from_url_with_settings(settings, url)).await?;
        // It ends with the connection, and whoever waits for an answer learns of it.
        tokio::spawn(async move { drop(driver.drive().await) });
        Ok(Connection { ldap, server, epoch, is_busy: false })
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
        match result.rc {
            code @ (Connection::BUSY | Connection::UNAVAILABLE) => Err(Failure::Lost(refusal("it", code))),
            code => Ok(BindAnswer { code, controls: result.ctrls }),
        }
    }

    /// Up to two entries below `base`: one more than may be there. A connection on which this fails is of no more use.
    pub(crate) async fn search(
        &self,
        connection: &mut Connection,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[String],
    ) -> Result<Vec<Entry>, Failure> {
        connection.is_busy = true;
        let seconds = i32::try_from(self.search_timeout.as_secs() + 1).unwrap_or(i32::MAX);
        connection.ldap.with_search_options(SearchOptions::new().sizelimit(2).timelimit(seconds));
        let search = answered(connection.ldap.search(base, scope, filter, attributes));
        let result = in_time("search", self.search_timeout, search).await?;
        let is_enough = result.1.rc == Connection::SIZE_LIMIT_EXCEEDED && result.0.len() == 2;
        match result.1.rc {
            code @ (Connection::BUSY | Connection::UNAVAILABLE) => Err(Failure::Lost(refusal("it", code))),
            code if code != Connection::SUCCESS && !is_enough => {
                connection.is_busy = false;
                Err(Failure::unusable("a search", code))
            }
            _ => {
                connection.is_busy = false;
                let entries: Option<_> = result.0.into_iter().map(Entry::parse).collect();
                entries.ok_or_else(|| Failure::UnusableEntry("an entry can't be read".to_owned()))
            }
        }
    }
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
    /// Whether an answer is missing on it, perhaps since whoever waited for it gave up.
    is_busy: bool,
}

impl Connection {
    const SUCCESS: u32 = 0;
    const SIZE_LIMIT_EXCEEDED: u32 = 4;
    const BUSY: u32 = 51;
    const UNAVAILABLE: u32 = 52;

    /// Whether it can be used for something else.
    pub(crate) fn is_usable(&mut self) -> bool {
        !self.is_busy && !self.ldap.is_closed()
    }

    /// Says goodbye; that the server hears it is not waited for.
    pub(crate) async fn close(mut self) {
        drop(answered(self.ldap.unbind()).await);
    }
}

/// What a server says to a bind.
pub(crate) struct BindAnswer {
    /// A result code of RFC 4511.
    pub(crate) code: u32,
    pub(crate) controls: Vec<Control>,
}

impl BindAnswer {
    pub(crate) const RIGHT: u32 = 0;
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

async fn in_time<T>(
    step: &str,
    limit: Duration,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let result = tokio::time::timeout(limit, call).await;
    result.unwrap_or_else(|_| {
        Err(Failure::Late(format!("no answer to a {step} within {} ms", limit.as_millis())))
    })
}
