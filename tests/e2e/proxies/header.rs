//! What proxies say in headers.

use tempfile::TempDir;

use super::{PROXY, STRANGER, audited, audited_peers, behind, connect, logged, request, with};
use crate::callers::{TOKEN, caller};
use crate::support::raw;

#[tokio::test]
async fn the_log_and_the_audit_log_have_the_caller_whom_a_trusted_proxy_names_and_believe_nobody_else() {
    for (setting, by_proxy, other) in [
        (
            "x-forwarded-for",
            "X-Forwarded-For: 198.51.100.9, 203.0.113.7, 10.1.2.3\r\n",
            "Forwarded: for=6.6.6.6\r\n",
        ),
        (
            "forwarded",
            "Forwarded: for=198.51.100.9\r\nForwarded: for=203.0.113.7\r\n",
            "X-Forwarded-For: 6.6.6.6\r\n",
        ),
    ] {
        let folder = TempDir::new().expect("a folder");
        let adapter = behind(&format!("forwarded_header = \"{setting}\""), &folder).start().await;
        let mut proxy = connect(PROXY, adapter.address()).await;
        let mut stranger = connect(STRANGER, adapter.address()).await;
        for headers in [format!("{by_proxy}{other}"), other.to_owned()] {
            for connection in [&mut proxy, &mut stranger] {
                assert_eq!(raw::exchange(connection, &request(&headers)).await.status, 200);
            }
        }
        let [proxy, stranger] =
            [&proxy, &stranger].map(|end| end.local_addr().expect("an address").to_string());
        let log = adapter.terminate().await.stderr;
        let expected = [
            ("203.0.113.7".to_owned(), Some(proxy.clone())),
            (stranger.clone(), None),
            (proxy, None),
            (stranger, None),
        ];
        assert_eq!(logged(&log), expected, "{setting}: {log}");
        let peers = audited_peers(&folder, "authentication");
        assert_eq!(peers, ["203.0.113.7", "127.0.0.2", "127.0.0.1", "127.0.0.2"], "{setting}");
    }
}

#[tokio::test]
async fn without_the_settings_no_header_is_believed() {
    let folder = TempDir::new().expect("a folder");
    let adapter = with("", folder.path()).start().await;
    let headers = "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\n";
    raw::send(adapter.address(), &request(headers)).await;
    let log = adapter.terminate().await.stderr;
    assert!(!log.contains("203.0.113.7"), "{log}");
    assert_eq!(audited_peers(&folder, "authentication"), ["127.0.0.1"]);
}

/// Else all who are refused behind one proxy would be one.
#[tokio::test]
async fn callers_who_are_refused_are_told_apart_by_the_address_that_the_proxy_names() {
    let folder = TempDir::new().expect("a folder");
    let keys = format!("forwarded_header = \"x-forwarded-for\"\n{}", caller("web-flow", TOKEN, "[]"));
    let adapter = behind(&keys, &folder).start().await;
    for address in ["203.0.113.7", "2001:db8:1:2::3", "203.0.113.7", "192.0.2.4"] {
        let header = format!("X-Forwarded-For: {address}\r\n");
        assert_eq!(raw::send(adapter.address(), &request(&header)).await.status, 401);
    }
    adapter.terminate().await;
    let mut refused: Vec<_> = audited(&folder, "caller_refused")
        .into_iter()
        .map(|line| (line["peer"].as_str().expect("an address").to_owned(), line["count"].clone()))
        .collect();
    refused.sort_by(|one, other| one.0.cmp(&other.0));
    let peers: Vec<_> = refused.iter().map(|(peer, _)| peer.as_str()).collect();
    assert_eq!(peers, ["192.0.2.4", "2001:db8:1:2::/64", "203.0.113.7", "203.0.113.7"], "{refused:?}");
}

/// A proxy that is named says where a caller is, and not who it is.
#[tokio::test]
async fn a_caller_who_says_to_be_on_this_machine_is_let_in_no_more_for_it() {
    let folder = TempDir::new().expect("a folder");
    let keys = format!("forwarded_header = \"x-forwarded-for\"\n{}", caller("web-flow", TOKEN, "[]"));
    let adapter = behind(&keys, &folder).start().await;
    for address in ["127.0.0.1", "::1"] {
        let header = format!("X-Forwarded-For: {address}\r\n");
        assert_eq!(raw::send(adapter.address(), &request(&header)).await.status, 401);
    }
}
