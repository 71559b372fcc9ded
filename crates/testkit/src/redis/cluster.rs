use std::fmt::Write as _;
use std::fs;

use super::{RedisServer, is_there, wait_until};
use crate::OwnAddress;

/// Keys are in one of so many slots.
const SLOTS: usize = 16_384;
const PRIMARIES: usize = 3;
const FIRST_PORT: u16 = 7_000;

/// A Cluster of six: three primaries, each with a replica. It ends when it is dropped.
pub struct RedisCluster {
    nodes: Vec<RedisServer>,
    _own: OwnAddress,
}

impl RedisCluster {
    /// Starts it, each node with these arguments more, such as `--cluster-node-timeout 2000`; `None` where Redis is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Option<Self> {
        if !is_there() {
            return None;
        }
        let own = OwnAddress::new();
        let ip = own.ip().to_string();
        let arguments = [&["--cluster-enabled", "yes", "--cluster-announce-ip", &ip], arguments].concat();
        let ports = (FIRST_PORT..).take(2 * PRIMARIES);
        let mut nodes: Vec<_> =
            ports.map(|port| RedisServer::at(own.port(port), false, &arguments)).collect();
        for number in 0..nodes.len() {
            let known = known_nodes(&nodes, number);
            fs::write(nodes[number].folder().join("nodes.conf"), known).expect("a file can be written");
        }
        nodes.iter_mut().for_each(RedisServer::start_again);
        let cluster = Self { nodes, _own: own };
        cluster.wait_until_whole();
        Some(cluster)
    }

    /// Where all nodes are, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        let nodes: Vec<_> = self.nodes.iter().map(|node| node.address().to_string()).collect();
        format!("redis-cluster://{}", nodes.join(","))
    }

    /// The nodes. At first those in front are the primaries.
    #[must_use]
    pub fn nodes(&self) -> &[RedisServer] {
        &self.nodes
    }

    /// The nodes, to end and start.
    pub fn nodes_mut(&mut self) -> &mut [RedisServer] {
        &mut self.nodes
    }

    /// Waits until every node runs, knows where all slots are, and every replica follows its primary.
    ///
    /// # Panics
    ///
    /// When that takes minutes.
    pub fn wait_until_whole(&self) {
        for node in &self.nodes {
            wait_until("the Cluster does not come together", || {
                node.run(&["cluster", "info"]).contains("cluster_state:ok")
                    && (node.is_primary() || node.run(&["info", "replication"]).contains("link_status:up"))
            });
        }
        let primaries = || self.nodes.iter().filter(|node| node.is_primary());
        wait_until("a primary has no replica", || {
            primaries().all(|node| node.run(&["info", "replication"]).contains("state=online"))
        });
    }
}

/// What the node of this number knows of all: who they are, and which slots they have.
fn known_nodes(nodes: &[RedisServer], number: usize) -> String {
    let id = |number: usize| format!("{:040x}", number + 1);
    let mut known = String::new();
    for (other, node) in nodes.iter().enumerate() {
        let (address, bus) = (node.address(), node.address().port() + 10_000);
        let myself = if other == number { "myself," } else { "" };
        let (role, of, slots) = match other.checked_sub(PRIMARIES) {
            Some(primary) => ("slave", id(primary), String::new()),
            None => ("master", "-".to_owned(), slots(other)),
        };
        let (own, epoch) = (id(other), other % PRIMARIES + 1);
        let _ = writeln!(known, "{own} {address}@{bus} {myself}{role} {of} 0 0 {epoch} connected{slots}");
    }
    let _ = writeln!(known, "vars currentEpoch {PRIMARIES} lastVoteEpoch 0");
    known
}

/// The slots that a primary has.
fn slots(primary: usize) -> String {
    let first = |primary: usize| primary * SLOTS / PRIMARIES;
    format!(" {}-{}", first(primary), first(primary + 1) - 1)
}
