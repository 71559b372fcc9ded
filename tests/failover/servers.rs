//! What the instances keep their state in: servers of which one may die.

use std::thread;
use std::time::{Duration, Instant};

use data_adapter_testkit::{Patroni, Postgres, RedisCluster, RedisServer};
use tempfile::TempDir;

/// Servers with primaries that are killed, and others that take their place.
pub(crate) trait Servers: Send {
    /// What an instance is told of them, by the names of variables.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// Waits until every primary has others that can take its place.
    fn wait_until_whole(&self);

    /// Kills a primary, the one whose turn it is in the kill of this number, and says what it killed.
    fn kill(&mut self, number: usize) -> String;

    /// Starts again what does not start by itself.
    fn mend(&mut self);
}

/// Three PostgreSQL servers. Each third time the primary dies with its Patroni, as a machine does.
pub(crate) struct ThreePostgres {
    servers: Patroni,
    dead: Option<usize>,
}

impl ThreePostgres {
    /// `None` where something of it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Patroni::start().map(|servers| Self { servers, dead: None })
    }
}

impl Servers for ThreePostgres {
    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATA_ADAPTER__STORE__URL", self.servers.url()),
            ("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD.to_owned()),
        ]
    }

    fn wait_until_whole(&self) {
        let _ = self.servers.primary_when_whole();
    }

    fn kill(&mut self, number: usize) -> String {
        let primary = self.servers.primary_when_whole();
        let name = self.servers.name(primary).to_owned();
        if !number.is_multiple_of(3) {
            self.servers.kill(primary);
            return name;
        }
        self.servers.kill_machine(primary);
        self.dead = Some(primary);
        format!("{name} and its Patroni")
    }

    fn mend(&mut self) {
        if let Some(dead) = self.dead.take() {
            self.servers.start_again(dead);
        }
    }
}

/// A Redis Cluster of six for codes and counters, and a file for the rest.
pub(crate) struct SixRedis {
    cluster: RedisCluster,
    folder: TempDir,
}

impl SixRedis {
    const SETTINGS: [&str; 6] =
        ["--cluster-node-timeout", "2000", "--appendonly", "yes", "--appendfsync", "always"];
    /// No promotion is waited for longer.
    const PATIENCE: Duration = Duration::from_secs(120);

    /// `None` where Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        let cluster = RedisCluster::start(&Self::SETTINGS)?;
        Some(Self { cluster, folder: TempDir::new().expect("a folder") })
    }

    /// Which nodes are primaries.
    fn primaries(&self) -> Vec<usize> {
        let nodes = self.cluster.nodes().iter().enumerate();
        nodes.filter(|(_, node)| RedisServer::is_primary(node)).map(|(number, _)| number).collect()
    }
}

impl Servers for SixRedis {
    fn settings(&self) -> Vec<(&'static str, String)> {
        let file = self.folder.path().join("store.db");
        vec![
            ("DATA_ADAPTER__STORE__URL", format!("sqlite:{}", file.display())),
            ("DATA_ADAPTER__STORE__CODES_URL", self.cluster.url()),
        ]
    }

    fn wait_until_whole(&self) {
        self.cluster.wait_until_whole();
    }

    /// Starts it again as soon as its replica has taken its place, which answers nothing before it has a replica of its own; and waits
    /// until it is one, since the other primaries have answered meanwhile.
    fn kill(&mut self, number: usize) -> String {
        let primaries = self.primaries();
        let killed = primaries[number % primaries.len()];
        self.cluster.nodes_mut()[killed].kill();
        let start = Instant::now();
        while self.primaries().len() < primaries.len() {
            assert!(start.elapsed() < Self::PATIENCE, "no replica takes the place of a primary");
            thread::sleep(Duration::from_millis(20));
        }
        self.cluster.nodes_mut()[killed].start_again();
        self.cluster.wait_until_whole();
        format!("node {}", killed + 1)
    }

    fn mend(&mut self) {}
}
