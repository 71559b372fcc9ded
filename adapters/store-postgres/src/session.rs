//! What is done on one connection, within a transaction.

use std::marker::PhantomData;
use std::time::Duration;

use data_adapter_records::Unreadable;
use deadpool::managed::Object;
use futures::future::BoxFuture;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::pool::{Connector, Link};

/// Why something could not be done within a transaction, which is undone then.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    /// The server says no, or does not say anything.
    #[error("{0}")]
    Sql(#[from] sqlx::Error),
    /// It holds what no version writes.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// What was read has changed since.
    #[error("it changes too often")]
    Changed,
}

/// The statement that is run.
pub(crate) type Statement<'q> = Query<'q, Postgres, PgArguments>;
/// What comes of something that is done within a transaction.
pub(crate) type Outcome<T> = Result<T, Trouble>;
/// Something that is done within a transaction. It is done again from the beginning where another one was in the way.
pub(crate) type Work<'c, T> = BoxFuture<'c, Outcome<T>>;

/// A statement with places for values, `$1` and so on.
pub(crate) fn query<'q>(statement: &'static str) -> Statement<'q> {
    sqlx::query(statement)
}

impl Trouble {
    /// What PostgreSQL calls it; `None` where it did not say it.
    fn code(&self) -> Option<String> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.code().map(Into::into),
            Self::Sql(_) | Self::Unreadable(_) | Self::Changed => None,
        }
    }

    /// Whether another transaction was in the way, so that this one may go through when it is done again.
    pub(crate) fn is_conflict(&self) -> bool {
        /// A serialisation failure, a deadlock, a key that appeared meanwhile, and one that is gone.
        const CODES: [&str; 4] = ["40001", "40P01", "23505", "23503"];
        matches!(self, Self::Changed) || self.code().is_some_and(|code| CODES.contains(&code.as_str()))
    }

    /// Whether the server itself said no.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(_))) && !self.is_loss()
    }

    /// Whether the connection is of no more use: it broke, the server shuts down, or can only be read by now.
    pub(crate) fn is_loss(&self) -> bool {
        /// The server shuts down or has just begun, waited too long for a statement, or can only be read.
        const CODES: [&str; 5] = ["57P01", "57P02", "57P03", "25P03", "25006"];
        matches!(self, Self::Sql(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)))
            || self.code().is_some_and(|code| code.starts_with("08") || CODES.contains(&code.as_str()))
    }
}

/// Locks what is not there yet, to the end of the transaction: all that are of one kind and name wait for each other, unless they share
/// it.
#[derive(Clone, Copy)]
pub(crate) struct Lock {
    key: i64,
    is_shared: bool,
}

impl Lock {
    /// For whoever changes what others rely on.
    pub(crate) fn alone(kind: &str, name: &str) -> Self {
        Self { key: key(kind, name), is_shared: false }
    }

    /// For whoever relies on what it locks.
    pub(crate) fn shared(kind: &str, name: &str) -> Self {
        Self { key: key(kind, name), is_shared: true }
    }

    fn statement(self) -> String {
        let shared = if self.is_shared { "_shared" } else { "" };
        format!("SELECT pg_advisory_xact_lock{shared}({})", self.key)
    }
}

/// The same for every instance of any version. Two names with one key only wait for each other.
fn key(kind: &str, name: &str) -> i64 {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}

/// How transactions are begun.
#[derive(Clone, Copy)]
pub(crate) struct Manners {
    /// How long a statement may take, and how long the server waits for the next one.
    pub(crate) patience: Duration,
    /// Whether statements stay prepared for the connection: not where the next transaction may be in another session.
    pub(crate) prepares: bool,
}

/// A connection that is lent for one transaction. `'s` is what the transaction may borrow.
pub(crate) struct Session<'s> {
    link: Option<Object<Connector>>,
    manners: Manners,
    is_to_be_undone: bool,
    calls: PhantomData<&'s ()>,
}

impl Session<'_> {
    pub(crate) fn new(link: Object<Connector>, manners: Manners) -> Self {
        Self { link: Some(link), manners, is_to_be_undone: false, calls: PhantomData }
    }

    pub(crate) fn link(&self) -> &Link {
        self.link.as_ref().expect("it is there until the session is over")
    }

    fn link_mut(&mut self) -> &mut Link {
        self.link.as_mut().expect("it is there until the session is over")
    }

    fn connection(&mut self) -> &mut PgConnection {
        &mut self.link_mut().connection
    }

    /// Begins a transaction, in which a machine that vanishes holds nothing for long.
    pub(crate) async fn begin(&mut self, lock: Option<Lock>) -> Outcome<()> {
        self.link_mut().is_clean = false;
        let patience = self.manners.patience.as_millis();
        self.simple(format!(
            "BEGIN; SET LOCAL statement_timeout = {patience}; SET LOCAL idle_in_transaction_session_timeout = {patience}; {}",
            lock.map(Lock::statement).unwrap_or_default()
        ))
        .await
    }

    /// Locks what is not there yet, in the middle of a transaction.
    pub(crate) async fn lock(&mut self, lock: Lock) -> Outcome<()> {
        self.simple(lock.statement()).await
    }

    /// Ends it for good. Nothing cuts the wait for another server to have it as well: PostgreSQL would answer as if it had.
    pub(crate) async fn commit(&mut self) -> Outcome<()> {
        self.simple("SET LOCAL statement_timeout = 0; COMMIT".to_owned()).await?;
        self.link_mut().is_clean = true;
        Ok(())
    }

    /// Undoes it. A connection on which that fails is not used again.
    pub(crate) async fn roll_back(&mut self) {
        if let Some(link) = self.link.take() {
            roll_back(link, self.manners.patience).await;
        }
    }

    /// Lets nothing of the transaction be kept, although it was done well: an answer that says that nothing changed.
    pub(crate) fn undo(&mut self) {
        self.is_to_be_undone = true;
    }

    /// Whether nothing of it is to be kept.
    pub(crate) fn is_to_be_undone(&self) -> bool {
        self.is_to_be_undone
    }

    /// Begins a single statement without a transaction around it.
    pub(crate) fn begin_nothing(&mut self) {
        self.link_mut().is_clean = false;
    }

    /// Ends what was begun without a transaction.
    pub(crate) fn is_over(&mut self) {
        self.link_mut().is_clean = true;
    }

    /// Closes a connection that is of no more use.
    pub(crate) fn discard(mut self) {
        self.link.take().map(Object::take);
    }

    async fn simple(&mut self, statements: String) -> Outcome<()> {
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(self.connection()).await?;
        Ok(())
    }

    /// Runs a statement, and says how many rows it changed.
    pub(crate) async fn execute(&mut self, statement: Statement<'_>) -> Outcome<u64> {
        let statement = statement.persistent(self.manners.prepares);
        Ok(statement.execute(self.connection()).await?.rows_affected())
    }

    /// Runs a statement, and reads its only row; `None` where there is none.
    pub(crate) async fn optional(&mut self, statement: Statement<'_>) -> Outcome<Option<PgRow>> {
        let statement = statement.persistent(self.manners.prepares);
        Ok(statement.fetch_optional(self.connection()).await?)
    }

    /// Runs a statement, and reads its only row, which has to be there.
    pub(crate) async fn one(&mut self, statement: Statement<'_>) -> Outcome<PgRow> {
        self.optional(statement).await?.ok_or(Trouble::Changed)
    }

    /// Runs a statement, and says whether it has a row.
    pub(crate) async fn exists(&mut self, statement: Statement<'_>) -> Outcome<bool> {
        Ok(self.optional(statement).await?.is_some())
    }

    /// Runs a statement, and reads its rows.
    pub(crate) async fn all(&mut self, statement: Statement<'_>) -> Outcome<Vec<PgRow>> {
        let statement = statement.persistent(self.manners.prepares);
        Ok(statement.fetch_all(self.connection()).await?)
    }
}

impl Drop for Session<'_> {
    /// Whoever asked may have gone in the middle of it: what was under way is undone, and the connection may be used again.
    fn drop(&mut self) {
        let Some(link) = self.link.take() else { return };
        if let (false, Ok(runtime)) = (link.is_clean, Handle::try_current()) {
            runtime.spawn(roll_back(link, self.manners.patience));
        }
    }
}

async fn roll_back(mut link: Object<Connector>, patience: Duration) {
    let undone = timeout(patience, sqlx::raw_sql("ROLLBACK").execute(&mut link.connection)).await;
    link.is_clean = matches!(undone, Ok(Ok(_)));
}
