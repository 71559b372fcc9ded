//! Passwords are checked over connections that can do nothing but bind, so that no user's rights are ever used for anything
//! else. Those that are kept are bound as nobody before they are put aside (RFC 4513, 4: a bind takes the place of the one
//! before, whatever comes of it).

mod channel;
mod connection;
mod message;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use data_adapter_shares::Share;
use futures::FutureExt as _;
use secrecy::SecretString;
use tokio::task::JoinHandle;

use self::connection::BindConnection;
use crate::connection::{BindAnswer, Connector};
use crate::failure::{Failure, refusal};
use crate::verdict::judge;

/// A connection that is put aside is closed after this long: one that something on the way drops without a word costs a
/// login, since a bind is not repeated.
const LONGEST_IDLE: Duration = Duration::from_secs(10);
/// How often those that were put aside are looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The connections for binds. There are no more of them than there may be checks at once.
pub(crate) struct Binds {
    connector: Arc<Connector>,
    longest_idle: Duration,
    aside: Mutex<Aside>,
}

/// Those that nobody uses.
#[derive(Default)]
struct Aside {
    /// The one that was used last is the first to be used again.
    connections: Vec<BindConnection>,
    /// Looks at them from time to time, as long as the runtime of its thread is there.
    tender: Option<JoinHandle<()>>,
}

impl Aside {
    /// The one that this thread has used last, which spares it a change to another; or else the one that another thread has.
    fn pop(&mut self) -> Option<BindConnection> {
        let here = std::thread::current().id();
        let own = self.connections.iter().rposition(|connection| connection.home == here);
        let last = self.connections.len().checked_sub(1)?;
        Some(self.connections.remove(own.unwrap_or(last)))
    }
}

impl Binds {
    pub(crate) fn new(connector: Arc<Connector>, longest_idle: Duration) -> Arc<Self> {
        let longest_idle = longest_idle.min(LONGEST_IDLE);
        Arc::new(Self { connector, longest_idle, aside: Mutex::default() })
    }

    /// What a server says to a bind as `dn`. It is not repeated once it was written: the server may have counted it. `share`
    /// goes with the connection until that may be used by somebody else.
    pub(crate) async fn bind(
        self: &Arc<Self>,
        dn: &str,
        password: &SecretString,
        share: Share,
    ) -> Result<BindAnswer, Failure> {
        let mut connection = match self.kept() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut answer = self.bind_over(&mut connection, dn, password).await?;
        if connection.is_kept && is_unwilling(&answer) {
            let server = connection.server;
            connection = self.connect().await?;
            answer = self.bind_over(&mut connection, dn, password).await?;
            if !is_unwilling(&answer) {
                let why = refusal("a second bind", BindAnswer::UNWILLING_TO_PERFORM);
                self.connector.servers.refused_second_bind(server, &why);
            }
        }
        // After an answer that says nothing about the password, who knows what state the connection is in.
        if judge(&answer).is_ok() {
            self.put_aside(connection, share);
        }
        Ok(answer)
    }

    async fn connect(&self) -> Result<BindConnection, Failure> {
        self.connector.first(|server| BindConnection::open(&self.connector, server).boxed()).await
    }

    /// Only what a new connection brings says something about the server: one that was kept may be dead.
    async fn bind_over(
        &self,
        connection: &mut BindConnection,
        dn: &str,
        password: &SecretString,
    ) -> Result<BindAnswer, Failure> {
        let servers = &self.connector.servers;
        let BindConnection { server, epoch, is_kept, .. } = *connection;
        match connection.bind(dn, password).await {
            Ok(answer) => {
                servers.up(server);
                Ok(answer)
            }
            Err(failure) if is_kept => {
                if servers.lost(server, epoch) {
                    let server = servers.url(server);
                    tracing::info!(%server, "connections that were kept are given up: {failure}");
                }
                Err(Failure::OverKept(failure.to_string()))
            }
            Err(failure) => {
                servers.down(server, &failure.to_string());
                Err(failure)
            }
        }
    }

    /// A connection that was put aside, to the server that a new one would go to; `None` where there is none.
    fn kept(&self) -> Option<BindConnection> {
        self.connector.try_those_due();
        let servers = &self.connector.servers;
        let first = servers.order().first().copied();
        loop {
            let mut connection = self.lock().pop()?;
            let is_best = first == Some(connection.server)
                && servers.is_current(connection.server, connection.epoch)
                && servers.takes_second_binds(connection.server);
            if is_best && connection.is_fresh(self.longest_idle) && connection.is_usable() {
                connection.is_kept = true;
                return Some(connection);
            }
        }
    }

    /// Takes the rights of whoever was bound away from a connection, and keeps it. A server that does not take this second bind
    /// takes none of somebody else either.
    fn put_aside(self: &Arc<Self>, mut connection: BindConnection, share: Share) {
        let servers = &self.connector.servers;
        if !servers.takes_second_binds(connection.server) {
            return;
        }
        let binds = Arc::clone(self);
        tokio::spawn(async move {
            let servers = &binds.connector.servers;
            match connection.bind_as_nobody().await {
                Ok(BindAnswer::RIGHT | BindAnswer::INAPPROPRIATE_AUTHENTICATION) => {
                    servers.took_second_bind(connection.server);
                    binds.keep(connection);
                }
                Ok(code) => {
                    servers.refused_second_bind(connection.server, &refusal("a bind as nobody", code));
                }
                Err(failure) => servers.refused_second_bind(connection.server, &failure.to_string()),
            }
            drop(share);
        });
    }

    fn keep(self: &Arc<Self>, connection: BindConnection) {
        let mut aside = self.lock();
        aside.connections.push(connection);
        if aside.tender.as_ref().is_none_or(JoinHandle::is_finished) {
            aside.tender = Some(tokio::spawn(tend(Arc::downgrade(self))));
        }
    }

    /// Closes those that were put aside too long ago. Whether others are left.
    fn close_idle(&self) -> bool {
        let mut aside = self.lock();
        let all = std::mem::take(&mut aside.connections);
        let (fresh, idle): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|connection| connection.is_fresh(self.longest_idle));
        aside.connections = fresh;
        let is_done = aside.connections.is_empty();
        if is_done {
            aside.tender = None;
        }
        // Each says goodbye; nobody has to wait for that.
        drop(aside);
        drop(idle);
        !is_done
    }

    fn lock(&self) -> MutexGuard<'_, Aside> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes what is idle as long as there is something.
async fn tend(binds: Weak<Binds>) {
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        let is_done = binds.upgrade().is_none_or(|binds| !binds.close_idle());
        if is_done {
            return;
        }
    }
}

/// Whether a server says that it did not do it, and nothing about the account: some take one bind on a connection only.
fn is_unwilling(answer: &BindAnswer) -> bool {
    answer.code == BindAnswer::UNWILLING_TO_PERFORM && judge(answer).is_err()
}
