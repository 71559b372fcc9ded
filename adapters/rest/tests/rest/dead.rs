//! Connections that something on the way dropped without a word.

use std::time::Duration;

use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::{RestBackend, RestSettings};
use data_adapter_testkit::{Relay, keepalive_probes};
use futures::future::join_all;

use crate::calls::{Call, settings, with};
use crate::scripted::{Reply, Scripted};

const USER: &str = r#"{"id":"12345678","organizationId":"RETAIL"}"#;

async fn through_a_relay() -> (Scripted, Relay, RestBackend) {
    through_a_relay_within(8_000).await
}

/// With so many milliseconds for a request: half of them for a connection that was kept.
async fn through_a_relay_within(timeout_ms: u64) -> (Scripted, Relay, RestBackend) {
    let server = Scripted::start([Reply::ok(USER)]).await;
    let relay = Relay::start(&server.url()).await;
    // That a dead connection is replaced is no matter of how often is tried again.
    let settings = RestSettings { dialect: Dialect::V1, retries: 0, timeout_ms, ..settings(&relay.url()) };
    (server, relay, with(settings))
}

/// So many at once that each has a connection of its own, which is kept.
async fn eight_lookups(backend: &RestBackend) {
    for answer in join_all((0..8).map(|_| Call::Lookup.make(backend))).await {
        answer.expect("an answer");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_is_answered_over_a_new_connection() {
    let (server, relay, backend) = through_a_relay().await;
    eight_lookups(&backend).await;
    relay.swallow().await;
    eight_lookups(&backend).await;
    assert_eq!(server.requests().len(), 16, "what was swallowed never arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_done_something_is_not_sent_again() {
    let (server, relay, backend) = through_a_relay().await;
    eight_lookups(&backend).await;
    relay.swallow().await;
    let lost = Call::SmsCreate.make(&backend).await;
    assert!(matches!(lost, Err(AdapterError::Unanswerable(_))), "{lost:?}");
    assert_eq!(server.requests().len(), 8);
}

/// It is asked by whatever takes programs out of use, which does not wait as long as a request may take.
#[tokio::test(flavor = "multi_thread")]
async fn readiness_is_not_lost_with_a_dead_connection() {
    let (_server, relay, backend) = through_a_relay_within(60_000).await;
    eight_lookups(&backend).await;
    relay.swallow().await;
    let ready = tokio::time::timeout(Duration::from_secs(20), Call::Status.make(&backend)).await;
    ready.expect("it answers long before another request would").expect("the system is well");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_probes_whether_the_other_side_is_still_there() {
    let (_server, relay, backend) = through_a_relay().await;
    eight_lookups(&backend).await;
    let probes = keepalive_probes(relay.address());
    let is_soon = |probe: &Option<Duration>| probe.is_some_and(|left| (50..=60).contains(&left.as_secs()));
    assert!(!probes.is_empty() && probes.iter().all(is_soon), "{probes:?}");
}
