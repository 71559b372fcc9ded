//! The SMSC of the package smpp from npm, told what to do and asked what it got.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use data_adapter_testkit::OwnAddress;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::support::PATIENCE;

/// Where each listens, on an address of its own.
const PORT: u16 = 2775;

/// An SMSC that runs until it is dropped.
pub(crate) struct Smsc {
    address: OwnAddress,
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Smsc {
    /// `None` where npm is not installed, which it is where `CI` is `true`.
    pub(crate) async fn start() -> Option<Self> {
        if Command::new("npm").arg("--version").output().await.is_err() {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), ".ci/install installs npm");
            return None;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let made = Command::new(root.join("tests/smsc/node/make")).output().await.expect("it can be made");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let (address, script) = (OwnAddress::new(), root.join("target/smsc-node/smsc.js"));
        let mut command = Command::new("node");
        command.arg(script).arg(address.ip().to_string()).arg(PORT.to_string()).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let orders = child.stdin.take().expect("its input is a pipe");
        let events = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let mut smsc = Self { address, orders, events, _child: child };
        smsc.event("listening").await;
        Some(smsc)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address.port(PORT)
    }

    /// The next event of that name. Those before it are passed over.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let find = async {
            loop {
                let line = self.events.next_line().await.expect("it can be read").expect("it runs");
                let event: Value = serde_json::from_str(&line).expect("each line is JSON");
                if event["event"] == name {
                    return event;
                }
            }
        };
        timeout(PATIENCE, find).await.unwrap_or_else(|_| panic!("no `{name}` comes"))
    }

    async fn order(&mut self, order: &str) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.expect("it reads");
    }

    /// Has it answer messages with this `command_status`, or `never`.
    pub(crate) async fn answer(&mut self, how: &str) {
        self.order(&format!("answer {how}")).await;
        self.event("ready").await;
    }

    /// Has it report what became of a message to whoever bound last, and waits until that is taken.
    pub(crate) async fn report(&mut self, state: &str, id: &str) {
        self.order(&format!("report {state} {id}")).await;
        assert_eq!(self.event("delivered").await["status"], 0);
    }
}

/// Where nobody listens, as long as it is kept.
pub(crate) struct Nobody(OwnAddress);

impl Nobody {
    pub(crate) fn new() -> Self {
        Self(OwnAddress::new())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.port(PORT)
    }
}
