//! Connections that something on the way dropped without a word, and what keeps them from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use data_adapter_core::AdapterError;
use data_adapter_json_client::{Connections, JsonClient, TlsFiles};
use data_adapter_testkit::{Relay, keepalive_probes};
use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Half of it is for a connection that was kept, half for the new one: far more than an answer takes on any machine.
const DEADLINE: Duration = Duration::from_secs(8);

/// A service that answers everything with `"yes"` and keeps its connections.
struct Service {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Service {
    async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(answer(connection, delay, Arc::clone(&count)));
            }
        });
        Self { url, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn answer(mut connection: TcpStream, delay: Duration, count: Arc<AtomicUsize>) {
    let mut request = vec![0; 16 * 1024];
    while connection.read(&mut request).await.is_ok_and(|read| read > 0) {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(delay).await;
        if connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\"yes\"").await.is_err() {
            return;
        }
    }
}

async fn asked(client: &JsonClient) {
    let answer = client.get::<String>(&["status"], &[]).await.expect("an answer");
    assert_eq!(answer.as_deref(), Some("yes"));
}

/// So many at once that each has a connection of its own, which is kept.
async fn eight(client: &JsonClient) {
    join_all((0..8).map(|_| asked(client))).await;
}

async fn through_a_relay(connections: Connections) -> (Service, Relay, JsonClient) {
    let service = Service::start(Duration::ZERO).await;
    let relay = Relay::start(&service.url).await;
    let client = JsonClient::new(&relay.url(), "t".into(), DEADLINE, connections, &TlsFiles::default());
    (service, relay, client.expect("the settings can be used"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_over_a_dead_connection_is_answered_over_a_new_one() {
    let (service, relay, client) = through_a_relay(Connections::default()).await;
    for round in 1..=2 {
        eight(&client).await;
        relay.swallow().await;
        eight(&client).await;
        assert_eq!(service.requests(), round * 16, "what was swallowed never arrived");
        relay.swallow().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_never_sent_again_and_spares_those_after_it_the_dead_connections() {
    let (service, relay, client) = through_a_relay(Connections::default()).await;
    eight(&client).await;
    relay.swallow().await;
    let lost = client.post::<String>(&["events"], &"x").await.expect_err("it was swallowed");
    assert!(matches!(&lost, AdapterError::Unanswerable(why) if why.contains("may have been dead")), "{lost}");
    assert_eq!(service.requests(), 8);
    for _ in 0..7 {
        client.post::<String>(&["events"], &"x").await.expect("the other connections are not used");
    }
    assert_eq!(service.requests(), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_over_a_new_connection_is_waited_for_and_not_asked_for_again() {
    let slow = Service::start(DEADLINE * 3 / 4).await;
    let client =
        JsonClient::new(&slow.url, "t".into(), DEADLINE, Connections::default(), &TlsFiles::default());
    asked(&client.expect("the settings can be used")).await;
    assert_eq!(slow.requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_silent_on_a_new_connection_too_is_remote_at_the_deadline() {
    let (service, relay, client) = through_a_relay(Connections::default()).await;
    asked(&client).await;
    relay.swallow().await;
    relay.be_silent(true);
    let error = client.get::<String>(&["status"], &[]).await.expect_err("nobody answers");
    assert!(error.to_string().contains("timed out"), "{error}");
    assert_eq!((service.requests(), relay.connections()), (1, 2), "one new connection was tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_used_again_unless_it_was_idle_too_long() {
    for (idle, new) in [(1, 1), (60, 0)] {
        let connections = Connections { idle: Duration::from_secs(idle), ..Connections::default() };
        let (_service, relay, client) = through_a_relay(connections).await;
        asked(&client).await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        asked(&client).await;
        assert_eq!(relay.connections(), 1 + new, "{idle} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_probes_whether_the_other_side_is_still_there() {
    for seconds in [60, 35] {
        let connections = Connections { keepalive: Duration::from_secs(seconds), ..Connections::default() };
        let (_service, relay, client) = through_a_relay(connections).await;
        asked(&client).await;
        let probes = keepalive_probes(relay.address());
        let is_soon = |probe: &Option<Duration>| {
            probe.is_some_and(|left| (seconds - 10..=seconds).contains(&left.as_secs()))
        };
        assert!(!probes.is_empty() && probes.iter().all(is_soon), "{seconds}: {probes:?}");
    }
}
