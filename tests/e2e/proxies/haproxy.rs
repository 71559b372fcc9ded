//! A real proxy: Debian's `haproxy`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::support::PATIENCE;

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/haproxy";

/// A proxy on this machine; it ends when it is dropped.
pub(crate) struct Haproxy {
    address: SocketAddr,
    _process: Child,
    _folder: TempDir,
}

impl Haproxy {
    /// One in front of `behind`, in this mode, with more lines in its section and more words behind each server. `None` where it
    /// is not installed; where `CI` is `true` no test is left out.
    pub(crate) async fn start(mode: &str, lines: &str, behind: &[SocketAddr], words: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{PROGRAM} is not installed; see .ci/install"
            );
            return None;
        }
        // Somebody else may take a free port before it does.
        for _ in 0..5 {
            if let Some(started) = Self::try_start(mode, lines, behind, words).await {
                return Some(started);
            }
        }
        panic!("haproxy does not start");
    }

    /// `None` where it ends by itself.
    async fn try_start(mode: &str, lines: &str, behind: &[SocketAddr], words: &str) -> Option<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|port| port.local_addr());
        let address = address.expect("a free port");
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("haproxy.cfg");
        let servers = behind.iter().map(|address| format!("    server {address} {address} {words}\n"));
        let servers: String = servers.collect();
        let text = format!(
            "defaults\n    mode {mode}\n    timeout connect 10s\n    timeout client 60s\n    timeout server 60s\n\
             listen front\n    bind {address}\n{lines}\n{servers}"
        );
        std::fs::write(&file, text).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.arg("-db").arg("-f").arg(&file).kill_on_drop(true);
        let mut process = command.stdout(Stdio::null()).spawn().expect("haproxy can be started");
        let is_up = async {
            while process.try_wait().expect("it can be waited for").is_none() {
                if TcpStream::connect(address).await.is_ok() {
                    return true;
                }
                sleep(Duration::from_millis(20)).await;
            }
            false
        };
        let is_up = timeout(PATIENCE, is_up).await.expect("haproxy listens or ends");
        is_up.then(|| Self { address, _process: process, _folder: folder })
    }

    /// Where it listens.
    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://localhost:{}{path}", self.address.port())
    }
}
