//! A real Redis for tests: Debian's `redis-server`, alone, with a Sentinel, or as a Cluster, each on a loopback address of its own.

mod cluster;
mod sentinel;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use self::cluster::RedisCluster;
pub use self::sentinel::RedisSentinel;
use crate::OwnAddress;
use crate::server::{Certificates, Process, Ready, is_installed};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/bin/redis-server";
const CLIENT: &str = "/usr/bin/redis-cli";
/// The log line shortly after which connections are taken.
const IS_UP: &str = "Ready to accept connections";
/// What servers agree on is waited for so long.
const PATIENCE: Duration = Duration::from_secs(120);
/// The authority of the certificate of a server with TLS.
const CA: &str = "ca.pem";

/// Whether Redis is installed.
///
/// # Panics
///
/// When it is not although `CI` is `true`: there no test is left out.
fn is_there() -> bool {
    is_installed(&[PROGRAM, CLIENT])
}

/// A server; it ends when it is dropped. Nothing is written to its disk unless it is told to.
pub struct RedisServer {
    process: Process,
    folder: TempDir,
    address: SocketAddr,
    arguments: Vec<String>,
    has_tls: bool,
    _own: Option<OwnAddress>,
}

impl RedisServer {
    /// The port of a server without TLS that is alone at its address.
    pub const PORT: u16 = 6379;
    const TLS_PORT: u16 = 6380;

    /// Starts one with these arguments more, such as `--appendonly yes`; `None` where Redis is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Option<Self> {
        is_there().then(|| Self::alone(Self::PORT, false, arguments))
    }

    /// Starts one that speaks TLS only.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start_with_tls(arguments: &[&str]) -> Option<Self> {
        is_there().then(|| Self::alone(Self::TLS_PORT, true, arguments))
    }

    fn alone(port: u16, has_tls: bool, arguments: &[&str]) -> Self {
        let own = OwnAddress::new();
        let mut server = Self::at(own.port(port), has_tls, arguments);
        server._own = Some(own);
        server.start_again();
        server
    }

    /// One that is not started yet, at an address that is somebody's own.
    fn at(address: SocketAddr, has_tls: bool, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let process = Process::new(folder.path().join("log"));
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let server = Self { process, folder, address, arguments, has_tls, _own: None };
        if has_tls {
            server.write_certificates();
        }
        server
    }

    fn write_certificates(&self) {
        let Certificates { authority, certificate, key } =
            Certificates::new(&[&self.address.ip().to_string()]);
        for (name, text) in [(CA, authority), ("server.pem", certificate), ("server.key", key)] {
            fs::write(self.folder.path().join(name), text).expect("a file can be written");
        }
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.has_tls { "rediss" } else { "redis" };
        format!("{scheme}://{}", self.address)
    }

    /// The authority of the certificate of one with TLS, in PEM.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join(CA)
    }

    /// Runs a command, and gives what `redis-cli` prints of its answer.
    ///
    /// # Panics
    ///
    /// When it can't be run.
    pub fn run(&self, words: &[&str]) -> String {
        let output = self.client().args(words).stdin(Stdio::null()).output().expect("redis-cli can be run");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(output.status.success(), "{words:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// Whether it is a primary by its own account; `false` while it does not run.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        let role = self.client().arg("role").stdin(Stdio::null()).output().expect("redis-cli can be run");
        role.stdout.starts_with(b"master")
    }

    fn client(&self) -> Command {
        let mut command = Command::new(CLIENT);
        command.arg("-h").arg(self.address.ip().to_string()).arg("-p").arg(self.address.port().to_string());
        if self.has_tls {
            command.arg("--tls").arg("--cacert").arg(self.ca_file());
        }
        command
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.stop();
    }

    /// Starts it again, after [`kill`](Self::kill).
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        let mut command = Command::new(PROGRAM);
        self.configure(&mut command);
        let is_up = self.process.start(&mut command, Ready::Line(IS_UP), &[self.address]);
        assert!(is_up, "Redis does not start:\n{}", self.log());
    }

    fn configure(&self, command: &mut Command) {
        let (ip, port) = (self.address.ip().to_string(), self.address.port().to_string());
        command.args(["--bind", &ip, "--protected-mode", "no", "--repl-diskless-sync-delay", "0"]);
        command.args(["--save", "", "--dir"]).arg(self.folder());
        if self.has_tls {
            command.args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"]);
            for (argument, file) in [
                ("--tls-cert-file", "server.pem"),
                ("--tls-key-file", "server.key"),
                ("--tls-ca-cert-file", CA),
            ] {
                command.arg(argument).arg(self.folder().join(file));
            }
        } else {
            command.args(["--port", &port]);
        }
        command.args(&self.arguments);
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn freeze(&self) {
        self.process.freeze();
    }

    /// Ends the hanging.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn thaw(&self) {
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
}

/// Waits until something is so.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(20));
    }
}
