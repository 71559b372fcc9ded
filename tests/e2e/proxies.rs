//! Proxies in front: whose word for the caller's address is taken, and what the log and the audit log make of it.

pub(crate) mod haproxy;
mod head;
mod header;
mod real;

use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Builder, DataAdapter};

/// Where the proxy is that is trusted.
const PROXY: [u8; 4] = [127, 0, 0, 1];
/// Where somebody else is.
const STRANGER: [u8; 4] = [127, 0, 0, 2];

/// The demo, with these keys of `[server]` beside the proxy's address, and an audit log in the folder.
fn behind(keys: &str, folder: &TempDir) -> Builder {
    with(&format!("[server]\ntrusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]\n{keys}\n"), folder.path())
}

fn with(more: &str, folder: &Path) -> Builder {
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n";
    let audit = folder.join("audit.jsonl").display().to_string();
    let builder = DataAdapter::builder().config(format!("{demo}{more}"));
    builder.env("DATA_ADAPTER__AUDIT__TARGET", "file").env("DATA_ADAPTER__AUDIT__FILE", audit)
}

/// A connection from this address of this machine.
async fn connect(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("an address of this machine");
    socket.connect(to).await.expect("the program accepts connections")
}

/// A check of a password, with more headers, as bytes.
fn request(headers: &str) -> Vec<u8> {
    let body = crate::support::payloads::authenticate("12345678", "s3cret");
    let length = body.len();
    let head =
        "POST /api/auth/user/authenticate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    format!("{head}Content-Length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// What the log says in `peer` and in `proxy` of each request, without ports that nobody chose.
fn logged(log: &str) -> Vec<(String, Option<String>)> {
    let lines = log.lines().filter(|line| line.contains(" request method="));
    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}="))?;
        Some(rest.split(' ').next().unwrap_or_default().to_owned())
    };
    lines.map(|line| (field(line, "peer").expect("an address"), field(line, "proxy"))).collect()
}

/// The lines of the audit log with this event.
fn audited(folder: &TempDir, event: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("an audit log");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["event"] == event).collect()
}

/// The addresses in those lines.
fn audited_peers(folder: &TempDir, event: &str) -> Vec<String> {
    let peer = |line: Value| line["peer"].as_str().expect("an address").to_owned();
    audited(folder, event).into_iter().map(peer).collect()
}

#[tokio::test]
async fn settings_by_which_nobody_or_everybody_would_be_believed_are_refused_by_their_key() {
    for (keys, named) in [
        ("forwarded_header = \"forwarded\"", "`server.trusted_proxies` is missing"),
        ("proxy_protocol = true", "`server.trusted_proxies` is missing"),
        ("trusted_proxies = [\"10.0.0.0/8\"]", "`server.trusted_proxies` is set, but not how"),
        ("trusted_proxies = [\"0.0.0.0/0\"]\nproxy_protocol = true", "`0.0.0.0/0`, which is everybody"),
        ("trusted_proxies = [\"::/0\"]\nproxy_protocol = true", "`::/0`, which is everybody"),
        (
            "trusted_proxies = [\"lb.bank.test\"]\nproxy_protocol = true",
            "`lb.bank.test`, which is no IP address",
        ),
        (
            "trusted_proxies = [\"10.0.0.0/33\"]\nproxy_protocol = true",
            "`10.0.0.0/33`, which is no IP address",
        ),
        ("forwarded_header = \"x-real-ip\"", "server.forwarded_header"),
    ] {
        let folder = TempDir::new().expect("a folder");
        let exit = with(&format!("[server]\n{keys}\n"), folder.path()).arg("config").arg("check");
        let exit = exit.spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{keys}: {exit:?}");
        assert!(exit.stderr.contains(named), "{keys}: {}", exit.stderr);
    }
}
