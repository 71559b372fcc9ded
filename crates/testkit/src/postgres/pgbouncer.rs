use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use tempfile::TempDir;

use super::{Postgres, cluster};
use crate::server::{Process, Ready, free_ports, is_installed};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";
/// The log line shortly after which connections are taken.
const IS_UP: &str = "process up";

/// Debian's PgBouncer before a [`Postgres`]: it lends a session for one transaction at a time. It ends when it is dropped.
pub struct PgBouncer {
    process: Process,
    folder: TempDir,
    port: u16,
}

impl PgBouncer {
    /// Users that it lets through, and who may be made later.
    const USERS: u32 = 5_000;

    /// Starts it with so many sessions for each user; `None` where it is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(before: &Postgres, sessions: u32) -> Option<Self> {
        if !is_installed(&[PROGRAM]) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut pgbouncer = Self { process: Process::new(folder.path().join("log")), folder, port: 0 };
        // Somebody else may take a free port before the server does.
        let is_up = (0..5).any(|_| {
            pgbouncer.port = free_ports().0;
            pgbouncer.configure(before, sessions);
            pgbouncer.try_start()
        });
        assert!(is_up, "PgBouncer does not start:\n{}", pgbouncer.process.log());
        Some(pgbouncer)
    }

    /// Where the database of a user is, through it.
    #[must_use]
    pub fn url(&self, user: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{}", self.port, Postgres::DATABASE)
    }

    fn configure(&self, before: &Postgres, sessions: u32) {
        let (folder, sockets) = (self.folder.path(), before.folder().display());
        let users = (0..Self::USERS).fold(String::new(), |mut users, number| {
            let _ = writeln!(users, "\"store_{number}\" \"{}\"", Postgres::PASSWORD);
            users
        });
        let configuration = format!(
            "[databases]\n{} = host={sockets} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n\
             unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}/users\npool_mode = transaction\n\
             default_pool_size = {sessions}\nmax_client_conn = 1000\nmax_db_connections = 40\nserver_idle_timeout = 1\n",
            Postgres::DATABASE,
            before.port(),
            self.port,
            folder.display(),
        );
        fs::write(folder.join("users"), users).expect("a file can be written");
        fs::write(folder.join("pgbouncer.ini"), configuration).expect("a file can be written");
        cluster::give(folder);
    }

    fn try_start(&mut self) -> bool {
        let mut command = cluster::command(PROGRAM.as_ref());
        command.arg(self.folder.path().join("pgbouncer.ini"));
        let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))];
        self.process.start(&mut command, Ready::Line(IS_UP), &addresses)
    }
}
