//! A real PostgreSQL for tests: Debian's `postgresql`, with a cluster, a port and certificates of its own; and PgBouncer before it.

pub(crate) mod cluster;
mod pgbouncer;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tempfile::TempDir;

pub use self::pgbouncer::PgBouncer;
use crate::server::{Process, Ready, free_ports, is_installed};

/// The log line shortly after which connections are taken.
const IS_UP: &str = "database system is ready to accept connections";

/// A PostgreSQL on this machine with one database; it ends when it is dropped.
///
/// Each user that [`user`](Self::user) makes has a schema of its own in it, and finds nothing of the others.
pub struct Postgres {
    process: Process,
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    users: AtomicU32,
}

impl Postgres {
    /// The password of every user.
    pub const PASSWORD: &str = "store-s3cret";
    /// The database of every user.
    pub const DATABASE: &str = "data_adapter";

    /// The server that all tests of a program share, while one of them needs it; `None` where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// A server of a test's own; `None` where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start() -> Option<Self> {
        let programs = cluster::programs();
        let found = programs.as_ref().map(|programs| programs.join("postgres"));
        let program = found.unwrap_or_else(|| PathBuf::from("/usr/lib/postgresql/*/bin/postgres"));
        if !is_installed(&[&program.to_string_lossy()]) {
            return None;
        }
        let programs = programs?;
        let folder = tempfile::tempdir().expect("a folder");
        cluster::make(&programs, folder.path());
        let process = Process::new(folder.path().join("log"));
        let mut server = Self { process, folder, programs, port: 0, users: AtomicU32::new(0) };
        // Somebody else may take a free port before the server does.
        let is_up = (0..5).any(|_| {
            server.port = free_ports().0;
            server.try_start()
        });
        assert!(is_up, "PostgreSQL does not start:\n{}", server.log());
        server.run(&format!("CREATE DATABASE {}", Self::DATABASE));
        Some(server)
    }

    /// A new user with a schema of its own, by name.
    ///
    /// # Panics
    ///
    /// When it can't be made.
    #[must_use]
    pub fn user(&self) -> String {
        let user = format!("store_{}", self.users.fetch_add(1, Ordering::Relaxed));
        let password = Self::PASSWORD;
        self.run(&format!(
            "CREATE ROLE {user} LOGIN PASSWORD '{password}'; CREATE SCHEMA {user} AUTHORIZATION {user}"
        ));
        user
    }

    /// Where the database of a user is, over loopback.
    #[must_use]
    pub fn url(&self, user: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{}", self.port, Self::DATABASE)
    }

    /// Where it is over a Unix socket.
    #[must_use]
    pub fn socket_url(&self, user: &str) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{user}@{folder}:{}/{}", self.port, Self::DATABASE)
    }

    /// Where it is over TLS, by a name that the certificate is for.
    #[must_use]
    pub fn tls_url(&self, user: &str) -> String {
        format!("postgres://{user}@localhost:{}/{}?sslmode=verify-full", self.port, Self::DATABASE)
    }

    /// The authority of the server's certificate, in PEM.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join(cluster::CA)
    }

    /// A file with the password.
    ///
    /// # Panics
    ///
    /// When it can't be written.
    #[must_use]
    pub fn password_file(&self) -> PathBuf {
        let file = self.folder.path().join("password");
        fs::write(&file, Self::PASSWORD).expect("a file can be written");
        file
    }

    /// The port of the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs statements as an administrator, each by itself, and gives what they print: a line for each row, with `|` between columns.
    ///
    /// # Panics
    ///
    /// When one of them fails.
    pub fn run(&self, statements: &str) -> String {
        let databases =
            if statements.starts_with("CREATE DATABASE") { cluster::ADMIN } else { Self::DATABASE };
        let printed = cluster::psql(self.folder.path(), self.port, databases, statements);
        assert!(printed.is_ok(), "{statements}: {printed:?}");
        printed.unwrap_or_default()
    }

    /// A program of the server's that asks it for a user, such as `pgbench`, with nothing said yet but where the server is.
    #[must_use]
    pub fn client(&self, program: &str, user: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.env("PGHOST", self.folder.path()).env("PGPORT", self.port.to_string());
        command.env("PGDATABASE", Self::DATABASE).env("PGUSER", user);
        command
    }

    /// Ends it at once with everything that it has started, as `kill -9` does.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub fn stop(&mut self) {
        let Some(server) = self.process.id() else { return };
        let started = cluster::children(server);
        self.process.stop();
        cluster::kill(&started);
    }

    /// Starts it again on the same port, after [`stop`](Self::stop).
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        assert!(self.try_start(), "PostgreSQL does not start again:\n{}", self.log());
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn freeze(&self) {
        self.process.freeze();
        let server = self.process.id().expect("it runs");
        cluster::children(server).into_iter().for_each(|process| cluster::signal(process, "STOP"));
    }

    /// Ends the hanging.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn thaw(&self) {
        let server = self.process.id().expect("it runs");
        cluster::children(server).into_iter().for_each(|process| cluster::signal(process, "CONT"));
        self.process.thaw();
    }

    /// What it has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn try_start(&mut self) -> bool {
        let data = self.folder.path().join(cluster::DATA);
        let mut command = cluster::command(&self.programs.join("postgres"));
        command.arg("-D").arg(data).arg("-p").arg(self.port.to_string());
        let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))];
        self.process.start(&mut command, Ready::Line(IS_UP), &addresses)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}
