//! One of the servers, with the Patroni that looks after it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::OwnAddress;
use crate::postgres::{Postgres, cluster};
use crate::server::{Process, Ready};

/// Where Debian puts it.
pub(super) const PROGRAM: &str = "/usr/bin/patroni";
/// What each round of it logs.
const GOES_ROUND: &str = "INFO: ";
/// How long it may take to say how the cluster is.
const PATIENCE: Duration = Duration::from_secs(5);

/// A PostgreSQL with its Patroni. Both end when it is dropped.
pub(super) struct Node {
    name: String,
    address: OwnAddress,
    folder: PathBuf,
    patroni: Process,
}

impl Node {
    /// Writes the configuration of a node that is not started yet, in a folder of its own.
    pub(super) fn new(name: String, folder: PathBuf, programs: &Path, etcd: &str) -> Self {
        fs::create_dir(&folder).expect("a folder can be made");
        let (address, patroni) = (OwnAddress::new(), Process::new(folder.join("patroni.log")));
        let node = Self { name, address, folder, patroni };
        fs::write(node.configuration(), node.settings(programs, etcd)).expect("a file can be written");
        cluster::give(&node.folder);
        node
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The folder of its Unix socket.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its PostgreSQL is.
    pub(super) fn server(&self) -> SocketAddr {
        self.address.port(5432)
    }

    /// Starts the Patroni, which starts the PostgreSQL.
    pub(super) fn start(&mut self) {
        let mut command = cluster::command(Path::new(PROGRAM));
        command.arg(self.configuration());
        let is_up = self.patroni.start(&mut command, Ready::Line(GOES_ROUND), &[self.rest_api()]);
        assert!(is_up, "Patroni does not start:\n{}", self.log());
    }

    /// Ends the Patroni at once, as `kill -9` does. The PostgreSQL goes on.
    pub(super) fn kill_patroni(&mut self) {
        self.patroni.stop();
    }

    /// Ends the PostgreSQL at once with everything that it has started, as `kill -9` does.
    pub(super) fn kill_server(&self) {
        if let Some(server) = self.running_server() {
            cluster::kill(&[&[server], cluster::children(server).as_slice()].concat());
        }
    }

    /// The first process of the PostgreSQL. The file that names it outlives it.
    fn running_server(&self) -> Option<u32> {
        let data = self.folder.join(cluster::DATA).canonicalize().ok()?;
        let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let server = file.lines().next()?.trim().parse().ok()?;
        let works_in = fs::read_link(format!("/proc/{server}/cwd")).ok()?;
        (works_in == data).then_some(server)
    }

    /// What its Patroni says of all servers; `None` where it says nothing.
    pub(super) fn members(&self) -> Option<Vec<Value>> {
        let mut stream = TcpStream::connect_timeout(&self.rest_api(), PATIENCE).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(b"GET /cluster HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        let body: Value = serde_json::from_str(body).ok()?;
        body["members"].as_array().cloned()
    }

    /// What both have logged so far.
    pub(super) fn log(&self) -> String {
        self.patroni.log()
    }

    fn rest_api(&self) -> SocketAddr {
        self.address.port(8008)
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("patroni.yml")
    }

    fn settings(&self, programs: &Path, etcd: &str) -> String {
        let Self { name, folder, .. } = self;
        let (server, rest_api) = (self.server(), self.rest_api());
        let (folder, programs, password) = (folder.display(), programs.display(), Postgres::PASSWORD);
        let data = cluster::DATA;
        format!(
            "scope: data-adapter
name: {name}
restapi: {{listen: '{rest_api}', connect_address: '{rest_api}'}}
etcd3: {{host: '{etcd}'}}
bootstrap:
  dcs:
    ttl: 8
    loop_wait: 1
    retry_timeout: 3
    primary_start_timeout: 0
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, wal_retrieve_retry_interval: 500ms}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, data-checksums, no-sync]
postgresql:
  listen: '{server}'
  connect_address: '{server}'
  data_dir: {folder}/{data}
  bin_dir: {programs}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: {folder}}}
  authentication:
    superuser: {{username: postgres, password: {password}}}
    replication: {{username: replicator, password: {password}}}
    rewind: {{username: rewinder, password: {password}}}
  pg_hba:
  - local all all trust
  - host all all 127.0.0.0/8 scram-sha-256
  - host replication all 127.0.0.0/8 scram-sha-256
"
        )
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill_patroni();
        self.kill_server();
    }
}
