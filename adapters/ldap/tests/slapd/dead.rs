//! Connections that whatever is between dropped without a word, and what keeps them from it.

use std::time::{Duration, Instant};

use data_adapter_core::Readiness as _;
use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::{Relay, Slapd, keepalive_probes};
use futures::future::join_all;
use tokio::time::timeout;

use crate::support::{
    NO_BIND, PASSWORD, PATIENCE, USER, by_name, found, is_right, quick, remote_in_time, with_settings,
};

/// So many at once that each has a connection of its own, which is kept.
async fn eight_lookups(backend: &LdapBackend) {
    join_all((0..8).map(|_| found(backend, "user1234"))).await;
}

fn binds_of_the_service(slapd: &Slapd) -> usize {
    slapd.log().matches(&format!("BIND dn=\"{}\" method", Slapd::SERVICE_DN)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_dead_without_a_word_cost_nobody_an_error() {
    let (Some(slapd), Some(second)) = (Slapd::builder().start(), Slapd::builder().start()) else { return };
    let relay = Relay::start(&slapd.url()).await;
    let backend = with_settings(&quick(&[relay.url(), second.url()]));
    for _ in 0..3 {
        eight_lookups(&backend).await;
        relay.swallow().await;
        timeout(PATIENCE, eight_lookups(&backend)).await.expect("they do not hang");
        relay.swallow().await;
        assert!(is_right(&backend, USER, PASSWORD).await);
    }
    assert!(!second.log().contains("BIND"), "the first server is not down");
}

/// The search may take as long as the whole request: half of it is left for the second try.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_connection_leaves_time_for_a_new_one() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let settings = quick(&[relay.url()]).replace("search_timeout_ms = 3000", "search_timeout_ms = 60000");
    assert!(settings.contains("60000"), "{settings}");
    let backend = with_settings(&settings);
    eight_lookups(&backend).await;
    relay.swallow().await;
    eight_lookups(&backend).await;
}

/// Only the first of them waits: that one is dead says the same of the others.
#[tokio::test(flavor = "multi_thread")]
async fn one_dead_connection_spares_those_who_come_after_the_others() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let wait = Duration::from_secs(4);
    let settings = Slapd::settings(&[relay.url()]);
    let backend = with_settings(&format!("search_timeout_ms = 4000\ntimeout_ms = 60000\n{settings}"));
    eight_lookups(&backend).await;
    relay.swallow().await;
    let start = Instant::now();
    found(&backend, "user1234").await;
    assert!(start.elapsed() >= wait, "it came over a dead connection");
    let start = Instant::now();
    for _ in 0..8 {
        found(&backend, "user1234").await;
    }
    assert!(start.elapsed() < wait, "another one waited: {:?}", start.elapsed());
}

/// It is asked by whatever takes programs out of use, which does not wait as long as a search may take.
#[tokio::test(flavor = "multi_thread")]
async fn readiness_is_not_lost_with_a_dead_connection() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let settings = Slapd::settings(&[relay.url()]);
    let backend = with_settings(&format!("search_timeout_ms = 60000\ntimeout_ms = 60000\n{settings}"));
    eight_lookups(&backend).await;
    relay.swallow().await;
    // A search would leave half of its time for a second one.
    let ready = timeout(Duration::from_secs(20), backend.check()).await;
    ready.expect("it answers long before a search would").expect("the directory is well");
}

/// What a new connection brings is what counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_connection_hides_no_server_that_hangs() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let backend = with_settings(&quick(&[relay.url()]));
    found(&backend, "user1234").await;
    relay.swallow().await;
    relay.be_silent(true);
    let why = remote_in_time(by_name(&backend, "user1234")).await;
    assert!(why.contains(NO_BIND), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_idle_too_long_is_not_used_again() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&format!("idle_seconds = 5\n{}", Slapd::settings(&[slapd.url()])));
    for _ in 0..10 {
        found(&backend, "user1234").await;
    }
    assert_eq!(binds_of_the_service(&slapd), 1, "while it is in use it is kept");
    tokio::time::sleep(Duration::from_millis(5_100)).await;
    found(&backend, "user1234").await;
    assert_eq!(binds_of_the_service(&slapd), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_probes_whether_the_other_side_is_still_there() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    for (line, seconds) in [("", 60), ("keepalive_seconds = 20\n", 20)] {
        let backend = with_settings(&format!("{line}{}", Slapd::settings(&[relay.url()])));
        found(&backend, "user1234").await;
        let probes = keepalive_probes(relay.address());
        let is_soon = |probe: &Option<Duration>| {
            probe.is_some_and(|left| (seconds - 10..=seconds).contains(&left.as_secs()))
        };
        assert!(!probes.is_empty() && probes.iter().all(is_soon), "{seconds}: {probes:?}");
    }
}
