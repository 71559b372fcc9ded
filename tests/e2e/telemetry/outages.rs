//! A collector that is away, hangs, and comes back: no request is the slower for it, and the log says so once.

use std::time::{Duration, Instant};

use data_adapter_testkit::OwnAddress;
use futures::future::join_all;
use reqwest::Client;
use serde_json::Value;

use super::collector::Collector;
use super::exporting_to;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::pki::{Authority, TlsFolder};
use crate::support::{Builder, DataAdapter, Exit};

const LOST: &str = "traces can't be exported";
const AGAIN: &str = "traces are exported again";
/// More than any request or stop takes on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Asks that often, over a few connections.
async fn ask(adapter: &DataAdapter, times: usize) {
    const CONNECTIONS: usize = 8;
    let client = Client::builder().no_proxy().build().expect("a client");
    let url = adapter.url("/health/live");
    let asks = (0..CONNECTIONS).map(|_| async {
        for _ in 0..times / CONNECTIONS {
            let since = Instant::now();
            let answer = client.get(&url).send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            assert!(since.elapsed() < SOON, "it took {:?}", since.elapsed());
        }
    });
    join_all(asks).await;
}

/// It says in JSON what it does, and waits for no answer for long.
fn builder(endpoint: &str) -> Builder {
    exporting_to(endpoint)
        .env("DATA_ADAPTER__TELEMETRY__TIMEOUT_MS", "2000")
        .env("DATA_ADAPTER__LOG__FORMAT", "json")
}

#[tokio::test]
async fn with_the_collector_dead_requests_are_answered_and_the_log_says_so_once_until_it_is_back() {
    // No other test takes it meanwhile.
    let own = OwnAddress::new();
    let collector = Collector::start_at(own.port(4318), false).await;
    let (endpoint, address) = (collector.endpoint(), collector.address());
    collector.stop().await;
    let mut adapter = builder(&endpoint).start().await;
    // Enough for several batches.
    for _ in 0..3 {
        ask(&adapter, 600).await;
        assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 200);
    }
    adapter.logged(LOST, 1).await;
    // Longer than two of them are tried.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let collector = Collector::start_at(address, false).await;
    // Two batches that arrive.
    while !adapter.log().contains(AGAIN) {
        ask(&adapter, 520).await;
    }
    assert!(!collector.spans().is_empty());
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert_eq!(exit.stderr.matches(LOST).count(), 1, "{}", exit.stderr);
    assert_eq!(exit.stderr.matches(AGAIN).count(), 1, "{}", exit.stderr);
    assert!(line(&exit, LOST).contains("refused"), "it says why: {}", exit.stderr);
    assert!(lost(line(&exit, AGAIN)) > 512, "one batch after the other: {}", exit.stderr);
}

#[tokio::test]
async fn with_a_collector_that_hangs_requests_are_answered_and_what_is_too_much_is_dropped() {
    let collector = Collector::hanging().await;
    let mut adapter = builder(&collector.endpoint())
        .env("DATA_ADAPTER__TELEMETRY__TIMEOUT_MS", "60000")
        .env("DATA_ADAPTER__SERVER__SHUTDOWN_TIMEOUT_SECONDS", "2")
        .start()
        .await;
    // More than fit into one batch on its way and the queue behind it.
    ask(&adapter, 4000).await;
    adapter.logged(LOST, 1).await;
    let since = Instant::now();
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(since.elapsed() < SOON, "within `server.shutdown_timeout_seconds`: {:?}", since.elapsed());
    assert!(exit.stderr.contains("the last spans could not be exported before the end"), "{}", exit.stderr);
    assert!(line(&exit, LOST).contains("more come than the collector takes"), "{}", exit.stderr);
    assert_eq!(exit.stderr.matches(LOST).count(), 1, "{}", exit.stderr);
    assert!(lost(line(&exit, "spans were lost until the end")) > 1000, "{}", exit.stderr);
}

#[tokio::test]
async fn the_stop_waits_no_longer_than_for_one_export() {
    let collector = Collector::hanging().await;
    let adapter =
        builder(&collector.endpoint()).env("DATA_ADAPTER__TELEMETRY__TIMEOUT_MS", "10000").start().await;
    // Four batches, each of which would take its time.
    ask(&adapter, 2048).await;
    let since = Instant::now();
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(since.elapsed() < SOON, "it took {:?}", since.elapsed());
    assert!(!collector.exports().is_empty(), "it tried");
}

#[tokio::test]
async fn a_collector_that_refuses_is_told_of_with_its_status() {
    let collector = Collector::start().await;
    let elsewhere = collector.endpoint().replace("traces", "nowhere");
    assert!(why_not(builder(&elsewhere)).await.contains("404"));
}

#[tokio::test]
async fn a_collector_on_https_has_to_be_the_one_that_it_says() {
    let authority = Authority::new("of the collector");
    let folder = TlsFolder::with(&authority.server());
    folder.write("authority.pem", authority.pem());
    let tls = format!("sandbox.enabled = true\nbackends.memory.demo_users = true\n{}", folder.section(""));
    // Something that speaks TLS, if not OTLP.
    let there = DataAdapter::builder().config(tls).start().await;
    let endpoint = there.url("/v1/traces");
    assert!(why_not(builder(&endpoint)).await.contains("certificate"));
    let authorities = folder.path("authority.pem").display().to_string();
    assert!(why_not(builder(&endpoint).env("SSL_CERT_FILE", authorities)).await.contains("404"));
}

/// What the log says of an export that fails.
async fn why_not(builder: Builder) -> String {
    let adapter = builder.start().await;
    adapter.get("/health/live").await;
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    line(&exit, LOST).to_owned()
}

/// The line of the log with this text.
fn line<'a>(exit: &'a Exit, text: &str) -> &'a str {
    let found = exit.stderr.lines().find(|line| line.contains(text));
    found.unwrap_or_else(|| panic!("no line with {text:?}:\n{}", exit.stderr))
}

/// How many spans were lost, by this line.
fn lost(line: &str) -> u64 {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["fields"]["lost"].as_u64().expect("a number")
}
