//! Several servers.

use std::time::{Duration, Instant};

use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::{Relay, Slapd};
use tokio::time::timeout;

use crate::impostor::{Impostor, Manner};
use crate::support::{
    PASSWORD, PATIENCE, STEP, USER, by_name, found, is_right, quick, remote_in_time, with_settings,
};

/// Whether the right password is right, without a wait for a server that hangs.
async fn is_right_at_once(backend: &LdapBackend) -> bool {
    timeout(STEP, is_right(backend, USER, PASSWORD)).await.expect("nobody waits for a server that hangs")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_server_answers_while_the_first_is_down() {
    let Some(mut first) = Slapd::builder().start() else { return };
    let Some(second) = Slapd::builder().start() else { return };
    let backend = with_settings(&quick(&[first.url(), second.url()]));
    assert!(is_right(&backend, USER, PASSWORD).await);
    assert!(!second.log().contains("BIND"), "the first is preferred");
    first.stop();
    for _ in 0..5 {
        found(&backend, "user1234").await;
        assert!(is_right(&backend, USER, PASSWORD).await);
        assert!(!is_right(&backend, USER, "wrong").await);
    }
    first.start_again();
    assert!(is_right(&backend, USER, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_at_all_is_an_error_in_time() {
    let Some(mut first) = Slapd::builder().start() else { return };
    let Some(mut second) = Slapd::builder().start() else { return };
    let backend = with_settings(&quick(&[first.url(), second.url()]));
    found(&backend, "user1234").await;
    first.stop();
    second.stop();
    remote_in_time(by_name(&backend, "user1234")).await;
    second.start_again();
    assert!(is_right(&backend, USER, PASSWORD).await);
}

/// It may cost the first request its time, and nobody after it.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_server_that_takes_connections_and_says_nothing_is_left_for_the_second() {
    for manner in [Manner::Silent, Manner::Closing, Manner::Babbling, Manner::Hollow] {
        let Some(second) = Slapd::builder().start() else { return };
        let first = Impostor::start(manner).await;
        let backend = with_settings(&quick(&[first.url(), second.url()]));
        timeout(PATIENCE, found(&backend, "user1234")).await.expect("it does not hang");
        for _ in 0..10 {
            assert!(is_right(&backend, USER, PASSWORD).await);
        }
        assert_eq!(first.connections(), 1, "{manner:?}: nobody else waits for it");
    }
}

/// The time of each server is not added up.
#[tokio::test(flavor = "multi_thread")]
async fn many_servers_that_say_nothing_are_an_error_in_time() {
    let mut silent = Vec::new();
    for _ in 0..6 {
        silent.push(Impostor::start(Manner::Silent).await);
    }
    let urls: Vec<_> = silent.iter().map(Impostor::url).collect();
    let why = remote_in_time(by_name(&with_settings(&quick(&urls)), "user1234")).await;
    assert!(why.contains("no answer within 9000 ms"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_begins_to_hang_costs_one_request_its_time() {
    let Some(first) = Slapd::builder().start() else { return };
    let Some(second) = Slapd::builder().start() else { return };
    let backend = with_settings(&quick(&[first.url(), second.url()]));
    found(&backend, "user1234").await;
    first.freeze();
    assert!(
        is_right(&backend, USER, PASSWORD).await,
        "the search is repeated, and the bind goes to the second"
    );
    assert!(is_right_at_once(&backend).await);
    first.thaw();
}

/// What finds out whether it is back is no person's bind, and nobody waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_server_that_hangs_until_it_is_back() {
    let Some(second) = Slapd::builder().start() else { return };
    let Some(slapd) = Slapd::builder().start() else { return };
    let first = Relay::start(&slapd.url()).await;
    first.be_silent(true);
    let backend = with_settings(&quick(&[first.url(), second.url()]));
    found(&backend, "user1234").await;
    let (start, tried) = (Instant::now(), first.connections());
    while first.connections() - tried < 2 {
        assert!(start.elapsed() < PATIENCE, "it is not tried again");
        assert!(is_right_at_once(&backend).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(start.elapsed() >= Duration::from_secs(10), "it is left alone for five seconds each time");
    assert!(!slapd.log().contains("BIND"));

    first.be_silent(false);
    let start = Instant::now();
    while !slapd.log().contains("BIND dn=\"uid=user1234") {
        assert!(start.elapsed() < PATIENCE, "it is not preferred again: {}", slapd.log());
        assert!(is_right(&backend, USER, PASSWORD).await);
    }
    let service = format!("BIND dn=\"{}\"", Slapd::SERVICE_DN);
    let log = slapd.log();
    assert!(log.find(&service) < log.find("BIND dn=\"uid=user1234") && log.contains(&service), "{log}");
}
