//! Three real PostgreSQL servers for tests under Debian's Patroni and etcd, in its strict synchronous mode.

mod etcd;
mod node;

use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use self::etcd::Etcd;
use self::node::Node;
use crate::postgres::{Postgres, cluster};
use crate::server::is_installed;

/// Three servers, each with a Patroni that makes another one the primary when the primary is gone. They end when this is dropped.
///
/// A commit is answered when one of the other two has it as well, and that one becomes the primary.
pub struct Patroni {
    nodes: Vec<Node>,
    etcd: Etcd,
    _folder: TempDir,
}

impl Patroni {
    const SERVERS: usize = 3;
    /// The user of the database.
    const USER: &str = "store";
    /// Longer than it takes on a busy machine until all servers are there.
    const PATIENCE: Duration = Duration::from_secs(300);

    /// Starts them with an empty database; `None` where something of it is not installed.
    ///
    /// # Panics
    ///
    /// When they do not start, or are not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start() -> Option<Self> {
        let programs = cluster::programs();
        if !is_installed(&[node::PROGRAM, etcd::PROGRAM]) {
            return None;
        }
        let programs = programs?;
        let folder = tempfile::tempdir().expect("a folder");
        cluster::give(folder.path());
        let etcd = Etcd::start(folder.path());
        let node = |number| {
            let name = format!("server-{number}");
            let its = folder.path().join(&name);
            Node::new(name, its, &programs, &etcd.host())
        };
        let mut nodes: Vec<_> = (1..=Self::SERVERS).map(node).collect();
        nodes.iter_mut().for_each(Node::start);
        let servers = Self { nodes, etcd, _folder: folder };
        let primary = servers.primary_when_whole();
        servers.run(primary, &format!("CREATE ROLE {} LOGIN PASSWORD '{}'", Self::USER, Postgres::PASSWORD));
        servers.run(primary, &format!("CREATE DATABASE {} OWNER {}", Postgres::DATABASE, Self::USER));
        Some(servers)
    }

    /// Where the database is, with all servers. Its password is that of every [`Postgres`].
    #[must_use]
    pub fn url(&self) -> String {
        let hosts: Vec<_> = self.nodes.iter().map(|node| node.server().to_string()).collect();
        format!("postgres://{}@{}/{}", Self::USER, hosts.join(","), Postgres::DATABASE)
    }

    /// What a server is called.
    #[must_use]
    pub fn name(&self, server: usize) -> &str {
        self.nodes[server].name()
    }

    /// Waits until one of the servers is the primary and both others follow it, one of them synchronously, and says which it is.
    ///
    /// # Panics
    ///
    /// When they do not get there.
    #[must_use]
    pub fn primary_when_whole(&self) -> usize {
        let start = Instant::now();
        loop {
            if let Some(primary) = self.primary_if_whole() {
                return primary;
            }
            assert!(
                start.elapsed() < Self::PATIENCE,
                "the servers do not become one cluster:\n{}",
                self.log()
            );
            sleep(Duration::from_millis(200));
        }
    }

    /// Ends the PostgreSQL of a server at once with everything that it has started, as `kill -9` does.
    pub fn kill(&mut self, server: usize) {
        self.nodes[server].kill_server();
    }

    /// The same with its Patroni, as a machine that dies.
    pub fn kill_machine(&mut self, server: usize) {
        self.nodes[server].kill_patroni();
        self.nodes[server].kill_server();
    }

    /// Starts the Patroni of a server again, which starts the rest, after [`kill_machine`](Self::kill_machine).
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self, server: usize) {
        self.nodes[server].start();
    }

    /// What all of them have logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        let of_nodes = self.nodes.iter().map(Node::log);
        of_nodes.chain([self.etcd.log()]).collect::<Vec<_>>().join("\n")
    }

    fn primary_if_whole(&self) -> Option<usize> {
        let members = self.nodes.iter().find_map(Node::members)?;
        let is_followed = members.iter().any(|member| member["role"] == "sync_standby");
        let primary = members.iter().find(|member| member["role"] == "leader")?;
        let primary = self.nodes.iter().position(|node| primary["name"] == *node.name())?;
        let followers = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
        let followers = cluster::psql(self.nodes[primary].folder(), 5432, cluster::ADMIN, followers).ok()?;
        (is_followed && followers == (Self::SERVERS - 1).to_string()).then_some(primary)
    }

    fn run(&self, server: usize, statement: &str) {
        let done = cluster::psql(self.nodes[server].folder(), 5432, cluster::ADMIN, statement);
        assert!(done.is_ok(), "{statement}: {done:?}");
    }
}
