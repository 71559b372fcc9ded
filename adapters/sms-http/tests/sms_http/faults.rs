//! Gateways that are slow, down, half there or do too much.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};

use crate::server::{Does, gateway};
use crate::support::{is_unavailable, is_unknown, send, settings};

/// Longer than the deadline of the settings, by far.
const SOON: Duration = Duration::from_secs(60);

async fn address_of_nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}/", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn without_a_connection_the_gateway_does_not_have_the_message() {
    for url in [address_of_nobody().await, "https://nowhere.invalid/".to_owned()] {
        let sent = send(settings(&url, json!({}))).await;
        assert!(is_unavailable(&sent), "{url}: {sent:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_does_not_let_connect_costs_the_time_to_connect_and_does_not_have_the_message() {
    // Nothing accepts, and the queue of the kernel takes no more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut held = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        held.push(stream);
    }
    let begun = Instant::now();
    let sent = send(settings(&format!("http://{address}/"), json!({}))).await;
    assert!(is_unavailable(&sent) && begun.elapsed() < SOON, "{sent:?}");
}

#[tokio::test]
async fn a_call_that_never_left_is_made_once_more() {
    // Nobody else gets the port, and nobody listens yet.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let url = format!("http://{}/", socket.local_addr().expect("an address"));
    let later = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(60)).await;
        let listener = socket.listen(16).expect("it listens");
        let (stream, _) = listener.accept().await.expect("a call");
        crate::server::talk(stream, Does::ok("{}"), crate::server::Calls::default()).await;
    });
    send(settings(&url, json!({}))).await.expect("the gateway is there the second time");
    later.abort();
}

#[tokio::test]
async fn whatever_breaks_after_the_call_has_left_leaves_open_whether_the_gateway_has_it() {
    let all = [Does::CloseBefore, Does::CloseAfter, Does::Half, Does::Silent, Does::Dribble, Does::Gigabyte];
    join_all(all.map(async |does| {
        let (url, calls) = gateway(&[does]).await;
        let begun = Instant::now();
        let sent = send(settings(&url, json!({}))).await;
        assert!(is_unknown(&sent), "{sent:?}");
        assert!(begun.elapsed() < SOON && calls.all().len() <= 1, "it was called once, within its deadline");
    }))
    .await;
}

#[tokio::test]
async fn a_gateway_that_tells_a_repeated_call_is_called_twice_with_one_key() {
    let with_key = json!({ "request": { "idempotency_header": "Idempotency-Key" } });
    for first in [Does::CloseAfter, Does::Half, Does::Silent, Does::status(500), Does::status(502)] {
        let (url, calls) = gateway(&[first, Does::ok("{}")]).await;
        // An answer leaves its connection open, so that the second call would go there.
        let sent = send(settings(&url, with_key.clone())).await;
        let keys: Vec<_> =
            calls.all().iter().map(|call| call.header("idempotency-key").map(str::to_owned)).collect();
        assert_eq!(keys.len(), 2, "{sent:?}");
        assert!(keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
    }
}

#[tokio::test]
async fn the_second_of_two_calls_never_says_that_nobody_has_the_message() {
    let with_key = json!({ "request": { "idempotency_header": "Idempotency-Key" } });
    for second in [Does::status(429), Does::status(400), Does::status(409), Does::Silent] {
        let (url, calls) = gateway(&[Does::CloseAfter, second]).await;
        let sent = send(settings(&url, with_key.clone())).await;
        assert!(is_unknown(&sent) && calls.all().len() == 2, "{sent:?}");
    }
}

#[tokio::test]
async fn each_message_has_a_key_of_its_own_even_the_same_one() {
    let (url, calls) = gateway(&[Does::ok("{}")]).await;
    let with_key = json!({ "request": { "idempotency_header": "Idempotency-Key" } });
    for _ in 0..2 {
        send(settings(&url, with_key.clone())).await.expect("it is taken");
    }
    let keys: Vec<_> =
        calls.all().iter().map(|call| call.header("idempotency-key").map(str::to_owned)).collect();
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_connection_that_the_gateway_closed_meanwhile_is_not_used_again() {
    let (url, calls) = gateway(&[Does::Answer(200, "connection: close\r\n", "{}".to_owned())]).await;
    let gateway = crate::support::made(settings(&url, json!({})));
    for _ in 0..3 {
        use data_adapter_sca::SmsGateway as _;
        gateway.send(&crate::support::message()).await.expect("it is taken");
    }
    assert_eq!(calls.all().len(), 3);
}
