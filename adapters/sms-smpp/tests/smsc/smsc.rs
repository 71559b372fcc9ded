use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command as Tool, Stdio};
use std::sync::Arc;
use std::time::Duration;

use data_adapter_testkit::OwnAddress;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long something that has to happen is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Where each listens, on an address of its own.
const PORT: u16 = 2775;

/// Whose SMSC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Node,
    Java,
}

impl Kind {
    /// Those that can run here. Where `CI` is `true`, none is left out.
    pub(crate) fn installed() -> Vec<Self> {
        let is_needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        let (here, missing): (Vec<_>, Vec<_>) =
            [(Self::Node, "npm"), (Self::Java, "mvn")].into_iter().partition(|(_, tool)| is_there(tool));
        assert!(missing.is_empty() || !is_needed, "{missing:?} is missing; .ci/install installs it");
        here.into_iter().map(|(kind, _)| kind).collect()
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Java => "java",
        }
    }

    fn command(self) -> Command {
        let target = root().join("target");
        let mut command = match self {
            Self::Node => Command::new("node"),
            Self::Java => Command::new("java"),
        };
        match self {
            Self::Node => command.arg(target.join("smsc-node/smsc.js")),
            Self::Java => {
                let folder = target.join("smsc-java");
                let path = format!("{0}/classes:{0}/dependency/*", folder.display());
                command.args(["-cp", &path, "Smsc"])
            }
        };
        command
    }
}

fn is_there(tool: &str) -> bool {
    Tool::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// An SMSC that runs.
pub(crate) struct Smsc {
    address: Arc<OwnAddress>,
    child: Child,
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
}

impl Smsc {
    pub(crate) async fn start(kind: Kind) -> Self {
        Self::start_at(kind, Arc::default(), &[]).await
    }

    /// The next one, at the same address.
    pub(crate) async fn again(self, kind: Kind) -> Self {
        Self::start_at(kind, self.address, &[]).await
    }

    /// At an address, with what goes behind it.
    pub(crate) async fn start_at(kind: Kind, address: Arc<OwnAddress>, arguments: &[&Path]) -> Self {
        let make = Tool::new(root().join("tests/smsc").join(kind.folder()).join("make")).output();
        let make = make.expect("it can be made");
        assert!(make.status.success(), "{}", String::from_utf8_lossy(&make.stderr));
        let mut command = kind.command();
        command.arg(address.ip().to_string()).arg(PORT.to_string()).args(arguments).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let orders = child.stdin.take().expect("its input is a pipe");
        let events = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let mut smsc = Self { address, child, orders, events };
        smsc.event("listening").await;
        smsc
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address.port(PORT)
    }

    /// The next event of that name. Those before it are passed over.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The events of that name up to the next `until`.
    pub(crate) async fn events_until(&mut self, name: &str, until: &str) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            let event = self.next().await;
            if event["event"] == until {
                return found;
            }
            found.extend((event["event"] == name).then_some(event));
        }
    }

    async fn next(&mut self) -> Value {
        let line = timeout(PATIENCE, self.events.next_line()).await.expect("something happens");
        let line = line.expect("it can be read").expect("it runs");
        serde_json::from_str(&line).expect("each line is JSON")
    }

    /// Tells it what to do.
    pub(crate) async fn order(&mut self, order: &str) {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.expect("it reads");
    }

    /// Has it answer the next messages like that, and the rest like the last: with each `command_status`, or `never`.
    pub(crate) async fn answer(&mut self, how: &str) {
        self.order(&format!("answer {how}")).await;
        self.event("ready").await;
    }

    /// Ends it without a word.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}
