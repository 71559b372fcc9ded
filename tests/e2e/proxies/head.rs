//! The PROXY protocol, byte for byte.

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{PROXY, STRANGER, audited_peers, behind, connect, logged, request};
use crate::support::pki::{Authority, TlsFolder};
use crate::support::{PATIENCE, raw};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const KEYS: &str = "proxy_protocol = true\nheader_timeout_seconds = 1";

/// A head of version 2: command and version, family and protocol, and what comes after the length.
fn v2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len()).expect("a length").to_be_bytes();
    [SIGNATURE, &[command, family], &length, rest].concat()
}

/// From 203.0.113.7:4711 to 192.0.2.1:443.
const IPV4: [u8; 12] = [203, 0, 113, 7, 192, 0, 2, 1, 0x12, 0x67, 1, 0xbb];

/// From `2001:db8::7`:4711 to `2001:db8::1`:443.
fn ipv6() -> Vec<u8> {
    let address = |last: u8| [&[0x20, 1, 0x0d, 0xb8][..], &[0; 11], &[last]].concat();
    [address(7), address(1), vec![0x12, 0x67, 1, 0xbb]].concat()
}

/// Reads to the end of a connection that the server ends.
async fn ended(mut connection: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, connection.read_to_end(&mut bytes)).await.expect("it is closed");
    bytes
}

#[tokio::test]
async fn every_form_of_a_head_names_the_caller_of_all_requests_on_its_connection() {
    let long = [&IPV4[..], &[4, 0x0b, 0xb8], &[0; 3000]].concat();
    let heads: [(Vec<u8>, Option<&str>); 9] = [
        (b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n".to_vec(), Some("203.0.113.7:4711")),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n".to_vec(), Some("[2001:db8::7]:4711")),
        (b"PROXY UNKNOWN\r\n".to_vec(), None),
        (b"PROXY UNKNOWN whatever this is\r\n".to_vec(), None),
        (v2(0x21, 0x11, &IPV4), Some("203.0.113.7:4711")),
        (v2(0x21, 0x21, &ipv6()), Some("[2001:db8::7]:4711")),
        (v2(0x21, 0x11, &long), Some("203.0.113.7:4711")),
        (v2(0x20, 0x11, &IPV4), None),
        (v2(0x21, 0x31, &[7; 216]), None),
    ];
    for (head, named) in heads {
        let folder = TempDir::new().expect("a folder");
        let adapter = behind(KEYS, &folder).start().await;
        let mut connection = connect(PROXY, adapter.address()).await;
        let first = [head.as_slice(), &request("X-Forwarded-For: 6.6.6.6\r\n")].concat();
        assert_eq!(raw::exchange(&mut connection, &first).await.status, 200);
        assert_eq!(raw::exchange(&mut connection, &request("")).await.status, 200);
        let proxy = connection.local_addr().expect("an address").to_string();
        let log = adapter.terminate().await.stderr;
        let shown = match named {
            Some(named) => (named.to_owned(), Some(proxy)),
            None => (proxy, None),
        };
        assert_eq!(logged(&log), [shown.clone(), shown], "{}: {log}", head.escape_ascii());
        let ip = named
            .map_or("127.0.0.1", |named| if named.starts_with('[') { "2001:db8::7" } else { "203.0.113.7" });
        assert_eq!(audited_peers(&folder, "authentication"), [ip, ip], "{}", head.escape_ascii());
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_as_good() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind("proxy_protocol = true", &folder).start().await;
    for head in [v2(0x21, 0x11, &IPV4), b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n".to_vec()] {
        let mut connection = connect(PROXY, adapter.address()).await;
        connection.set_nodelay(true).expect("a socket");
        for byte in head {
            connection.write_all(&[byte]).await.expect("it is open");
            sleep(Duration::from_millis(2)).await;
        }
        assert_eq!(raw::exchange(&mut connection, &request("")).await.status, 200);
    }
    assert_eq!(audited_peers(&folder, "authentication"), ["203.0.113.7", "203.0.113.7"]);
}

#[tokio::test]
async fn a_trusted_proxy_that_sends_no_head_or_a_broken_one_is_closed_without_an_answer_and_logged() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind(KEYS, &folder).start().await;
    let whole = v2(0x21, 0x11, &IPV4);
    let broken: [Vec<u8>; 10] = [
        request(""),
        b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 99999\r\n".to_vec(),
        b"PROXY TCP4 2001:db8::7 192.0.2.1 4711 443\r\n".to_vec(),
        b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\n\n\n\n".to_vec(),
        [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat(),
        v2(0x31, 0x11, &IPV4),
        v2(0x22, 0x11, &IPV4),
        v2(0x21, 0x44, &IPV4),
        v2(0x21, 0x11, &[0; 5000]),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and more than a hello".to_vec(),
    ];
    for head in &broken {
        let mut connection = connect(PROXY, adapter.address()).await;
        connection.write_all(head).await.expect("it is open");
        assert_eq!(ended(connection).await, b"", "{}", head.escape_ascii());
    }
    let mut cut = connect(PROXY, adapter.address()).await;
    cut.write_all(&whole[..20]).await.expect("it is open");
    cut.shutdown().await.expect("it is open");
    assert_eq!(ended(cut).await, b"");
    // Whoever only looks whether the port is open leaves no line.
    let mut look = connect(PROXY, adapter.address()).await;
    look.shutdown().await.expect("it is open");
    assert_eq!(ended(look).await, b"");
    let log = adapter.terminate().await.stderr;
    let lines: Vec<_> =
        log.lines().filter(|line| line.contains("a connection of a trusted proxy is closed: ")).collect();
    assert_eq!(lines.len(), broken.len() + 1, "{log}");
    assert!(lines.iter().all(|line| line.contains("peer=127.0.0.1:") && line.len() < 300), "{log}");
    assert!(lines[0].contains("it does not begin with the PROXY protocol"), "{log}");
    assert!(lines[broken.len()].contains("it ends in the head"), "{log}");
    assert!(audited_peers(&folder, "authentication").is_empty(), "nothing was done for them");
}

#[tokio::test]
async fn heads_that_do_not_come_hold_up_nobody_and_end_with_the_time_for_heads() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind(KEYS, &folder).env("DATA_ADAPTER__SERVER__WORKERS", "1").start().await;
    let whole = v2(0x21, 0x11, &IPV4);
    let mut slow = Vec::new();
    for length in (0..whole.len()).cycle().take(100) {
        let mut connection = connect(PROXY, adapter.address()).await;
        connection.write_all(&whole[..length]).await.expect("it is open");
        slow.push(connection);
    }
    let started = Instant::now();
    let answer = raw::send(adapter.address(), &[whole, request("")].concat()).await;
    assert_eq!(answer.status, 200);
    for connection in slow {
        assert_eq!(ended(connection).await, b"");
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("no whole head of the PROXY protocol came in time"), "{log}");
}

#[tokio::test]
async fn whoever_is_not_named_is_served_as_ever_and_says_nothing_by_a_head() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind(KEYS, &folder).start().await;
    let mut plain = connect(STRANGER, adapter.address()).await;
    assert_eq!(raw::exchange(&mut plain, &request("")).await.status, 200);
    for head in [v2(0x21, 0x11, &IPV4), b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n".to_vec()] {
        let mut connection = connect(STRANGER, adapter.address()).await;
        connection.write_all(&[head, request("")].concat()).await.expect("it is open");
        let answer = String::from_utf8(ended(connection).await).expect("text");
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    assert_eq!(audited_peers(&folder, "authentication"), ["127.0.0.2"]);
}

#[tokio::test]
async fn without_the_setting_a_head_is_no_request() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind("forwarded_header = \"x-forwarded-for\"", &folder).start().await;
    let mut connection = connect(PROXY, adapter.address()).await;
    connection.write_all(&[v2(0x21, 0x11, &IPV4), request("")].concat()).await.expect("it is open");
    let answer = String::from_utf8(ended(connection).await).expect("text");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn bytes_that_are_no_request_are_logged_with_the_address_that_was_announced() {
    let folder = TempDir::new().expect("a folder");
    let adapter = behind(KEYS, &folder).start().await;
    let mut connection = connect(PROXY, adapter.address()).await;
    connection
        .write_all(&[v2(0x21, 0x11, &IPV4), b"no request\r\n\r\n".to_vec()].concat())
        .await
        .expect("open");
    assert!(ended(connection).await.starts_with(b"HTTP/1.1 400 "));
    let log = adapter.terminate().await.stderr;
    let line = log.lines().find(|line| line.contains("bytes that are no request")).expect("a line");
    assert!(line.contains("peer=203.0.113.7:4711"), "{line}");
}

#[tokio::test]
async fn the_health_check_is_answered_where_this_machine_has_to_send_a_head_and_where_not() {
    let authority = Authority::new("ours");
    let tls = TlsFolder::with(&authority.server());
    for (proxies, section) in
        [("127.0.0.1", String::new()), ("10.0.0.0/8", String::new()), ("127.0.0.1", tls.section(""))]
    {
        let folder = TempDir::new().expect("a folder");
        let keys = format!("[server]\ntrusted_proxies = [\"{proxies}\"]\n{KEYS}\n{section}");
        let adapter = super::with(&keys, folder.path()).start().await;
        let port = adapter.address().port().to_string();
        let check = super::with(&keys, folder.path()).env("DATA_ADAPTER__SERVER__PORT", port);
        let exit = check.arg("healthcheck").spawn_failing().await;
        assert_eq!(exit.status, Some(0), "{proxies}: {exit:?}");
    }
}
