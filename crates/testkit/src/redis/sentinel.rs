use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use super::{PROGRAM, RedisServer, is_there, wait_until};
use crate::OwnAddress;
use crate::server::{Process, Ready};
use tempfile::TempDir;

/// A primary with a replica, which three Sentinels watch. It ends when it is dropped.
pub struct RedisSentinel {
    servers: Vec<RedisServer>,
    sentinels: Vec<Sentinel>,
    _own: OwnAddress,
}

struct Sentinel {
    process: Process,
    address: SocketAddr,
    _folder: TempDir,
}

impl RedisSentinel {
    /// The name of what the Sentinels watch.
    pub const SERVICE: &str = "codes";
    const SENTINELS: u16 = 3;
    const FIRST_PORT: u16 = 26_379;

    /// Starts it, primary and replica with these arguments more. A primary that does not answer for `down_after_ms` is replaced;
    /// `None` where Redis is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(down_after_ms: u32, arguments: &[&str]) -> Option<Self> {
        if !is_there() {
            return None;
        }
        let own = OwnAddress::new();
        let (primary, replica) = (own.port(RedisServer::PORT), own.port(RedisServer::PORT + 1));
        let (ip, port) = (own.ip().to_string(), RedisServer::PORT.to_string());
        let following = [&["--replicaof", &ip, &port], arguments].concat();
        let mut servers =
            vec![RedisServer::at(primary, false, arguments), RedisServer::at(replica, false, &following)];
        servers.iter_mut().for_each(RedisServer::start_again);
        let sentinels = (0..Self::SENTINELS).map(|number| watch(&own, number, down_after_ms)).collect();
        let whole = Self { servers, sentinels, _own: own };
        whole.wait_until_whole();
        Some(whole)
    }

    /// Where the Sentinels are, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        let sentinels: Vec<_> = self.sentinels.iter().map(|sentinel| sentinel.address.to_string()).collect();
        format!("redis-sentinel://{}/{}", sentinels.join(","), Self::SERVICE)
    }

    /// Primary and replica. At first the primary is in front.
    #[must_use]
    pub fn servers(&self) -> &[RedisServer] {
        &self.servers
    }

    /// Primary and replica, to end and start.
    pub fn servers_mut(&mut self) -> &mut [RedisServer] {
        &mut self.servers
    }

    /// Waits until one of the two is the primary, and the other one follows it.
    ///
    /// # Panics
    ///
    /// When that takes minutes.
    pub fn wait_until_whole(&self) {
        wait_until("the replica does not follow", || {
            let mut primaries = self.servers.iter().filter(|server| server.is_primary());
            let primary = primaries.next();
            primaries.next().is_none()
                && primary.is_some_and(|server| server.run(&["info", "replication"]).contains("state=online"))
        });
    }
}

/// Starts a Sentinel that knows the others and the replica from the start.
fn watch(own: &OwnAddress, number: u16, down_after_ms: u32) -> Sentinel {
    let folder = tempfile::tempdir().expect("a folder");
    let (ip, service) = (own.ip(), RedisSentinel::SERVICE);
    let port = |number: u16| RedisSentinel::FIRST_PORT + number;
    let id = |number: u16| format!("{:040x}", number + 1);
    let mut configuration = format!(
        "bind {ip}\nport {}\nprotected-mode no\ndir {}\nsentinel myid {}\n\
         sentinel monitor {service} {ip} {} 2\nsentinel down-after-milliseconds {service} {down_after_ms}\n\
         sentinel known-replica {service} {ip} {}\n",
        port(number),
        folder.path().display(),
        id(number),
        RedisServer::PORT,
        RedisServer::PORT + 1,
    );
    for other in (0..RedisSentinel::SENTINELS).filter(|other| *other != number) {
        let _ =
            writeln!(configuration, "sentinel known-sentinel {service} {ip} {} {}", port(other), id(other));
    }
    let file = folder.path().join("sentinel.conf");
    fs::write(&file, configuration).expect("a file can be written");
    let address = own.port(port(number));
    let mut process = Process::new(folder.path().join("log"));
    let mut command = Command::new(PROGRAM);
    command.arg(&file).arg("--sentinel");
    let is_up = process.start(&mut command, Ready::Line("+monitor master"), &[address]);
    assert!(is_up, "a Sentinel does not start:\n{}", process.log());
    Sentinel { process, address, _folder: folder }
}

impl Drop for Sentinel {
    /// Before its folder goes.
    fn drop(&mut self) {
        self.process.stop();
    }
}
