//! A directory of the measured users, and a program that asks it without the Data Adapter.

use std::cell::RefCell;
use std::io::{Error, Result};
use std::time::{Duration, Instant};

use data_adapter_testkit::Slapd;
use futures::future::try_join_all;
use ldap3::{Ldap, LdapConnAsync, Scope, SearchEntry};
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

/// Asks as the LDAP back end does, over as many connections: searches over some that are bound as the service, and a new
/// connection for each password, so many of them at once.
pub(super) struct Direct {
    url: String,
    base: String,
    idle: RefCell<Vec<Ldap>>,
    searches: Semaphore,
    checks: Semaphore,
}

impl Direct {
    pub(super) fn new(url: String) -> Self {
        let idle = RefCell::default();
        Self { url, base: base(), idle, searches: Semaphore::new(POOL), checks: Semaphore::new(POOL) }
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
        let _turn = self.searches.acquire().await.map_err(Error::other)?;
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.connect(Slapd::SERVICE_DN, Slapd::SERVICE_PASSWORD).await?,
        };
        let found = connection.search(&self.base, Scope::Subtree, filter, ATTRIBUTES).await;
        let (mut entries, _) = found.and_then(ldap3::SearchResult::success).map_err(Error::other)?;
        self.idle.borrow_mut().push(connection);
        match (entries.pop(), entries.len()) {
            (Some(entry), 0) => Ok(SearchEntry::construct(entry).dn),
            _ => Err(Error::other("a user is not found")),
        }
    }

    async fn check(&self, dn: &str) -> Result<()> {
        let _turn = self.checks.acquire().await.map_err(Error::other)?;
        self.connect(dn, PASSWORD).await?.unbind().await.map_err(Error::other)
    }

    async fn connect(&self, dn: &str, password: &str) -> Result<Ldap> {
        let (driver, mut ldap) = LdapConnAsync::new(&self.url).await.map_err(Error::other)?;
        tokio::spawn(driver.drive());
        let bound = ldap.simple_bind(dn, password).await;
        bound.and_then(ldap3::LdapResult::success).map_err(Error::other)?;
        Ok(ldap)
    }
}
