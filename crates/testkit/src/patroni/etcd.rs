use std::path::Path;

use crate::OwnAddress;
use crate::postgres::cluster;
use crate::server::{Process, Ready};

/// Where Debian puts it.
pub(super) const PROGRAM: &str = "/usr/bin/etcd";
/// The log line shortly after which clients are answered.
const IS_UP: &str = "ready to serve client requests";

/// What the Patronis agree through. It ends when it is dropped.
pub(super) struct Etcd {
    address: OwnAddress,
    process: Process,
}

impl Etcd {
    /// Starts it with its files in a folder.
    pub(super) fn start(folder: &Path) -> Self {
        let (address, mut process) = (OwnAddress::new(), Process::new(folder.join("etcd.log")));
        let [clients, peers] = [2379, 2380].map(|port| format!("http://{}", address.port(port)));
        let mut command = cluster::command(Path::new(PROGRAM));
        command.args(["--name", "etcd", "--data-dir"]).arg(folder.join("etcd"));
        command.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
        command.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
        command.args(["--initial-cluster", &format!("etcd={peers}")]);
        let is_up = process.start(&mut command, Ready::Line(IS_UP), &[address.port(2379)]);
        assert!(is_up, "etcd does not start:\n{}", process.log());
        Self { address, process }
    }

    /// Where it answers.
    pub(super) fn host(&self) -> String {
        self.address.port(2379).to_string()
    }

    /// What it has logged so far.
    pub(super) fn log(&self) -> String {
        self.process.log()
    }
}
