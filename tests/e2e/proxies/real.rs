//! Behind a real proxy, which has its own way with headers and heads.

use std::net::IpAddr;

use reqwest::{Client, ClientBuilder};
use tempfile::TempDir;

use super::haproxy::Haproxy;
use super::{audited, audited_peers, behind, logged};
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, authenticate};
use crate::support::pki::{Authority, TlsFolder};

/// Where the caller is.
const CALLER: [u8; 4] = [127, 0, 0, 5];

/// Over a connection for each request, from the caller's address.
fn from_caller(builder: ClientBuilder) -> Client {
    let builder = builder.no_proxy().pool_max_idle_per_host(0).local_address(IpAddr::from(CALLER));
    builder.build().expect("a client")
}

/// Checks a password, with a header of somebody who would like to be somewhere else.
async fn ask(client: &Client, url: String) -> u16 {
    let request = client.post(url).header("content-type", "application/json");
    let request = request.header("x-forwarded-for", "198.51.100.9").header("forwarded", "for=198.51.100.9");
    request.body(authenticate(USER, PASSWORD)).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn haproxy_names_the_caller_in_each_of_the_ways() {
    let forwarded = "    http-request add-header Forwarded \"for=%[src];proto=http\"";
    for (keys, lines, words) in [
        ("forwarded_header = \"x-forwarded-for\"", "    option forwardfor", ""),
        ("forwarded_header = \"forwarded\"", forwarded, ""),
        ("proxy_protocol = true", "", "send-proxy-v2"),
        ("proxy_protocol = true", "", "send-proxy"),
        (
            "proxy_protocol = true\nforwarded_header = \"x-forwarded-for\"",
            "    option forwardfor",
            "send-proxy-v2",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        let adapter = behind(keys, &folder).start().await;
        let Some(proxy) = Haproxy::start("http", lines, &[adapter.address()], words).await else { return };
        let client = from_caller(Client::builder());
        for _ in 0..2 {
            assert_eq!(ask(&client, proxy.url("http", AUTHENTICATE)).await, 200, "{keys}");
        }
        let log = adapter.terminate().await.stderr;
        assert_eq!(audited_peers(&folder, "authentication"), ["127.0.0.5", "127.0.0.5"], "{keys}: {log}");
        for (peer, by) in logged(&log) {
            assert!(peer.starts_with("127.0.0.5"), "{keys}: {log}");
            assert!(by.is_some_and(|by| by.starts_with("127.0.0.1:")), "{keys}: {log}");
        }
    }
}

/// The proxy hands on what it can't read, and names the caller before it.
#[tokio::test]
async fn with_tls_that_ends_here_the_head_comes_before_the_handshake() {
    let (authority, clients, strangers) =
        (Authority::new("ours"), Authority::new("clients"), Authority::new("strangers"));
    let tls = TlsFolder::with(&authority.server());
    let folder = TempDir::new().expect("a folder");
    let section = tls.section_with_clients(&clients, "");
    let adapter = behind(&format!("proxy_protocol = true\n{section}"), &folder).start().await;
    let Some(proxy) = Haproxy::start("tcp", "", &[adapter.address()], "send-proxy-v2").await else { return };
    let url = || proxy.url("https", AUTHENTICATE);
    assert_eq!(ask(&from_caller(authority.http_builder(None)), url()).await, 200);
    let known = clients.client("web-flow");
    assert_eq!(ask(&from_caller(authority.http_builder(Some(&known))), url()).await, 200);
    let stranger = from_caller(authority.http_builder(Some(&strangers.client("web-flow"))));
    assert!(stranger.get(url()).send().await.is_err(), "a stranger's certificate");
    // Straight to the port, without the head that has to be there.
    assert!(authority.http(None).get(adapter.url("/health/live")).send().await.is_err());
    let log = adapter.terminate().await.stderr;
    let refused = log.lines().find(|line| line.contains("a client certificate was refused")).expect("a line");
    assert!(refused.contains("peer=127.0.0.5:"), "{refused}");
    assert!(log.contains("it does not begin with the PROXY protocol"), "{log}");
    assert_eq!(audited_peers(&folder, "authentication"), ["127.0.0.5", "127.0.0.5"], "{log}");
    let refused = audited(&folder, "caller_refused");
    assert!(!refused.is_empty() && refused.iter().all(|line| line["peer"] == "127.0.0.5"), "{refused:?}");
}
