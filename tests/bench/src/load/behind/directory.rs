//! A directory of the measured users, and a program that asks it without the Data Adapter.

use std::cell::RefCell;
use std::io::{Error, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use data_adapter_client_tls::TlsFiles;
use data_adapter_testkit::Slapd;
use futures::future::try_join_all;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry};
use tokio::sync::Semaphore;

use super::super::operation::{Operation, PASSWORD};
use super::super::round::{Measured, Rounds};
use crate::requests::{ORGANIZATION, user_id, username};

/// The hash of everybody's password: SHA-1 with salt, some microseconds of the server.
const HASH: &str = "{SSHA}R9cPZPc9SW7v0zXQvA3f6npEYMVzYWx0c2FsdA==";
/// `pool_size` of the LDAP back end where it is not set.
const POOL: usize = 8;
/// What the LDAP back end asks for.
const ATTRIBUTES: [&str; 9] = [
    "bankId",
    "givenName",
    "sn",
    "mobile",
    "preferredLanguage",
    "pwdAccountLockedTime",
    "userAccountControl",
    "lockoutTime",
    "nsAccountLock",
];

/// Without the first of them the server goes through all entries, since it always asks for referrals as well.
const INDEXES: &str = "index objectClass eq\nindex uid eq,pres\nindex bankId eq";

/// A server with so many users and without a log; `None` where `slapd` is not installed.
pub(super) fn start(users: usize) -> Option<Slapd> {
    let entries: String = (0..users).map(entry).collect();
    Slapd::builder().entries(&entries).database(INDEXES).quiet().start()
}

fn entry(number: usize) -> String {
    let (username, id) = (username(number), user_id(number));
    format!(
        "
dn: uid={username},{}
objectClass: inetOrgPerson
objectClass: bankPerson
uid: {username}
cn: John Doe
sn: Doe
givenName: John
mobile: +420{id}0
preferredLanguage: en
bankId: {id}
bankOrganization: {ORGANIZATION}
userPassword: {HASH}
",
        base()
    )
}

fn base() -> String {
    format!("ou=people,{}", Slapd::BASE)
}

/// Asks as the LDAP back end does, over as many connections: searches over some that are bound as the service, and checks
/// passwords over others, by a bind in place of the one before.
pub(super) struct Direct {
    url: String,
    settings: LdapConnSettings,
    base: String,
    searches: Pool,
    checks: Pool,
}

/// Connections, and how many of them may be in use at once.
struct Pool {
    idle: RefCell<Vec<Ldap>>,
    turns: Semaphore,
}

impl Default for Pool {
    fn default() -> Self {
        Self { idle: RefCell::default(), turns: Semaphore::new(POOL) }
    }
}

impl Direct {
    /// Over TLS, whose certificates are signed by the authority in `ca_file`, if `url` says so.
    pub(super) fn new(url: String, ca_file: PathBuf) -> Result<Self> {
        let trusted = TlsFiles { ca_file: Some(ca_file), ..TlsFiles::default() };
        let tls = trusted.config().map_err(Error::other)?;
        let settings = LdapConnSettings::new().set_config(Arc::new(tls));
        Ok(Self { url, settings, base: base(), searches: Pool::default(), checks: Pool::default() })
    }

    /// Its turn: each of as many clients as the Data Adapter has connections asks again when it has its answer.
    pub(super) async fn round(
        &self,
        rounds: &Rounds,
        operation: Operation,
        into: &mut Measured,
    ) -> Result<()> {
        let started = Instant::now();
        let before = into.latencies.len();
        let latencies = RefCell::new(&mut into.latencies);
        let clients = (0..rounds.connections).map(async |client| {
            for user in (0..8).map(|turn| (client * 8 + turn) % rounds.users).cycle() {
                if started.elapsed() >= rounds.length {
                    break;
                }
                let took = self.ask(operation, user).await?;
                let micros = u64::try_from(took.as_micros()).map_err(Error::other)?;
                latencies.borrow_mut().record(micros).map_err(Error::other)?;
            }
            Ok::<_, Error>(())
        });
        try_join_all(clients).await?;
        let took = started.elapsed();
        let answered = u32::try_from(into.latencies.len() - before).map_err(Error::other)?;
        into.rates.push(f64::from(answered) / took.as_secs_f64());
        Ok(())
    }

    async fn ask(&self, operation: Operation, user: usize) -> Result<Duration> {
        let started = Instant::now();
        if operation == Operation::Authenticate {
            let filter = format!("(&(&(objectClass=person)(uid=*))(bankId={}))", user_id(user));
            let dn = self.search(&filter).await?;
            self.check(&dn).await?;
        } else {
            let filter = format!("(&(objectClass=person)(uid={}))", username(user));
            self.search(&filter).await?;
        }
        Ok(started.elapsed())
    }

    /// The DN of the one entry that fits.
    async fn search(&self, filter: &str) -> Result<String> {
        let _turn = self.searches.turns.acquire().await.map_err(Error::other)?;
        let idle = self.searches.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect(Slapd::SERVICE_DN, Slapd::SERVICE_PASSWORD).await?,
        };
        let found = connection.search(&self.base, Scope::Subtree, filter, ATTRIBUTES).await;
        let (mut entries, _) = found.and_then(ldap3::SearchResult::success).map_err(Error::other)?;
        self.searches.idle.borrow_mut().push(connection);
        match (entries.pop(), entries.len()) {
            (Some(entry), 0) => Ok(SearchEntry::construct(entry).dn),
            _ => Err(Error::other("a user is not found")),
        }
    }

    async fn check(&self, dn: &str) -> Result<()> {
        let _turn = self.checks.turns.acquire().await.map_err(Error::other)?;
        let idle = self.checks.idle.borrow_mut().pop();
        let connection = match idle {
            Some(mut connection) => {
                bind(&mut connection, dn, PASSWORD).await?;
                connection
            }
            None => self.connect(dn, PASSWORD).await?,
        };
        self.checks.idle.borrow_mut().push(connection);
        Ok(())
    }

    async fn connect(&self, dn: &str, password: &str) -> Result<Ldap> {
        let connecting = LdapConnAsync::with_settings(self.settings.clone(), &self.url);
        let (driver, mut connection) = connecting.await.map_err(Error::other)?;
        tokio::spawn(driver.drive());
        bind(&mut connection, dn, password).await?;
        Ok(connection)
    }
}

async fn bind(connection: &mut Ldap, dn: &str, password: &str) -> Result<()> {
    let bound = connection.simple_bind(dn, password).await;
    bound.and_then(ldap3::LdapResult::success).map(drop).map_err(Error::other)
}
