use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};

use super::*;

const PROXY: &str = "10.0.0.1:5000";

fn proxies(header: ForwardedHeader) -> Proxies {
    let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|network| network.parse().unwrap());
    Proxies { trusted: trusted.into(), header: Some(header), proxy_protocol: true }
}

fn headers(name: &HeaderName, lines: &[&[u8]]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(name.clone(), HeaderValue::from_bytes(line).unwrap());
    }
    headers
}

/// The caller of a request with these lines of a header that comes from `peer`.
fn caller(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
    let name = match header {
        ForwardedHeader::Forwarded => FORWARDED,
        ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
    };
    let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
    let origin = proxies(header).origin_of(peer.parse().unwrap(), None, &headers(&name, &lines));
    assert_eq!(origin.proxy.is_some(), origin.caller != Address::from(peer.parse::<SocketAddr>().unwrap()));
    origin.caller.to_string()
}

fn by_list(lines: &[&str]) -> String {
    caller(ForwardedHeader::XForwardedFor, PROXY, lines)
}

fn by_rfc(lines: &[&str]) -> String {
    caller(ForwardedHeader::Forwarded, PROXY, lines)
}

#[test]
fn the_caller_is_the_last_one_who_is_not_trusted() {
    for (lines, expected) in [
        (&["192.0.2.1"][..], "192.0.2.1"),
        (&["192.0.2.1, 10.9.9.9"], "192.0.2.1"),
        (&["192.0.2.1,10.9.9.9,2001:db8:ffff::1"], "192.0.2.1"),
        (&["192.0.2.1", "10.9.9.9"], "192.0.2.1"),
        (&["198.51.100.7, 192.0.2.1"], "192.0.2.1"),
        (&["198.51.100.7", "192.0.2.1"], "192.0.2.1"),
        // Nobody but proxies: the one that is farthest.
        (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        (&[], PROXY),
        (&["", " , "], PROXY),
        (&["192.0.2.1, ,"], "192.0.2.1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        (&["2001:DB8::7"], "2001:db8::7"),
        (&["[2001:db8::7]"], "2001:db8::7"),
        (&["[2001:db8::7]:443"], "[2001:db8::7]:443"),
        (&["192.0.2.1:4711"], "192.0.2.1:4711"),
    ] {
        assert_eq!(by_list(lines), expected, "{lines:?}");
    }
}

#[test]
fn what_is_no_address_ends_the_way_at_the_proxy_that_said_so() {
    for nobody in [
        "unknown",
        "_hidden",
        "192.0.2.1.5",
        "192.0.2",
        "192.0.2.1:port",
        "192.0.2.1:99999",
        "[192.0.2.1]",
        "[2001:db8::7",
        "2001:db8::7]",
        "[2001:db8::7]x",
        "bank.test",
        "\"192.0.2.1\"",
        "192.0.2.1;10.0.0.9",
        "192.0.2.1 10.0.0.9",
        "-",
    ] {
        assert_eq!(by_list(&[nobody]), PROXY, "{nobody}");
        assert_eq!(by_list(&[&format!("198.51.100.7, {nobody}, 10.3.3.3")]), "10.3.3.3", "{nobody}");
    }
    let not_text = headers(&X_FORWARDED_FOR, &[b"192.0.2.1, \xff\xfe"]);
    let origin = proxies(ForwardedHeader::XForwardedFor).origin_of(PROXY.parse().unwrap(), None, &not_text);
    assert_eq!(origin, Origin { caller: PROXY.parse::<SocketAddr>().unwrap().into(), proxy: None });
}

#[test]
fn elements_of_the_rfc_are_read_in_all_their_forms() {
    for (lines, expected) in [
        (&["for=192.0.2.1"][..], "192.0.2.1"),
        (&["For=\"[2001:db8:cafe::17]:4711\""], "[2001:db8:cafe::17]:4711"),
        (&["for=\"192.0.2.1:80\";proto=https;by=203.0.113.43"], "192.0.2.1:80"),
        (&["proto=https; by=\"_a;for=6.6.6.6\" ; FOR = 192.0.2.1"], "192.0.2.1"),
        (&["for=198.51.100.7, for=192.0.2.1;host=bank.test, for=10.9.9.9"], "192.0.2.1"),
        (&["for=192.0.2.1", "for=10.9.9.9"], "192.0.2.1"),
        (&["for=192.0.2.1, for=\"_hidden\", for=10.9.9.9"], "10.9.9.9"),
        (&["for=unknown"], PROXY),
        (&["for=_gazonk"], PROXY),
        (&["proto=https"], PROXY),
        (&["for=192.0.2.1;for=192.0.2.2"], PROXY),
        (&["for=\"192.0.2.1"], PROXY),
        (&["192.0.2.1"], PROXY),
        (&["for="], PROXY),
        (&[], PROXY),
    ] {
        assert_eq!(by_rfc(lines), expected, "{lines:?}");
    }
}

#[test]
fn nothing_that_a_caller_writes_before_changes_what_the_proxy_says() {
    for before in [
        "for=\"evil",
        "for=\"evil\\",
        "for=\"",
        "\"",
        "\\\"",
        "for=10.0.0.7;x=\"",
        "for=10.0.0.7, for=\"[::1",
        "for=10.0.0.7, \"\\\"",
        ",,,",
    ] {
        assert_eq!(by_rfc(&[&format!("{before}, for=192.0.2.1")]), "192.0.2.1", "{before}");
        assert_eq!(by_rfc(&[before, "for=192.0.2.1"]), "192.0.2.1", "{before}");
        assert_eq!(by_list(&[&format!("{before}, 192.0.2.1")]), "192.0.2.1", "{before}");
    }
    // A host that a caller made up, which a proxy wrote down as RFC 7239 wants it.
    let host = r#"for=192.0.2.1;host="a\", for=10.6.6.6;x=\"b", for=10.9.9.9"#;
    assert_eq!(by_rfc(&[host]), "192.0.2.1");
    let host = r#"host="a\\";for=192.0.2.1"#;
    assert_eq!(by_rfc(&[host]), "192.0.2.1");
}

#[test]
fn whoever_is_not_trusted_is_who_is_there_whatever_the_headers_say() {
    for peer in ["192.0.2.99:6000", "[2001:db8::99]:6000"] {
        assert_eq!(caller(ForwardedHeader::XForwardedFor, peer, &["198.51.100.7"]), peer);
        assert_eq!(caller(ForwardedHeader::Forwarded, peer, &["for=198.51.100.7"]), peer);
    }
    let mapped = "[::ffff:10.0.0.1]:5000";
    assert_eq!(caller(ForwardedHeader::XForwardedFor, mapped, &["198.51.100.7"]), "198.51.100.7");
}

#[test]
fn only_the_header_of_the_setting_is_read() {
    let other = headers(&FORWARDED, &[b"for=198.51.100.7"]);
    let peer = PROXY.parse().unwrap();
    let origin = proxies(ForwardedHeader::XForwardedFor).origin_of(peer, None, &other);
    assert_eq!((origin.caller, origin.proxy), (peer.into(), None));
}

#[test]
fn whom_the_proxy_protocol_names_is_one_more_on_the_way() {
    let proxies = proxies(ForwardedHeader::XForwardedFor);
    let peer = PROXY.parse().unwrap();
    let headers = headers(&X_FORWARDED_FOR, &[b"198.51.100.7"]);
    for (announced, expected) in
        [("192.0.2.1:7000", "192.0.2.1:7000"), ("10.4.4.4:7000", "198.51.100.7"), (PROXY, "198.51.100.7")]
    {
        let origin = proxies.origin_of(peer, announced.parse().ok(), &headers);
        assert_eq!((origin.caller.to_string().as_str(), origin.proxy), (expected, Some(peer)), "{announced}");
    }
}
