//! A server that is down, hangs or refuses the service is an error, never a wrong password, and is forgiven.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, AuthenticationOutcome, Readiness as _};
use data_adapter_testkit::{Relay, Slapd};

use crate::impostor::{Impostor, Manner};
use crate::support::{
    DEADLINE, PASSWORD, USER, backend, by_name, found, is_right, log_in, quick, recovers, remote,
    remote_in_time, with_settings,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_down_keeps_nobody_from_starting() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    slapd.stop();
    let backend = with_settings(&quick(&[slapd.url()]));
    remote_in_time(by_name(&backend, "user1234")).await;
    remote_in_time(log_in(&backend, USER, PASSWORD)).await;
    slapd.start_again();
    recovers(&backend).await;
}

/// Every answer while the server goes down and comes up is right, or an error in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_stopped_mid_load_is_an_error_in_time_and_works_again() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    let backend = Arc::new(with_settings(&quick(&[slapd.url()])));
    let end = Instant::now() + Duration::from_secs(3);
    let clients = (0..8).map(|number| {
        let backend = Arc::clone(&backend);
        tokio::spawn(async move {
            let (mut right, mut errors) = (0, 0);
            while Instant::now() < end {
                let start = Instant::now();
                let is_lookup = number % 2 == 0;
                let answer = if is_lookup {
                    by_name(&backend, "user1234").await.map(|user| user.is_some())
                } else {
                    let outcome = log_in(&backend, USER, PASSWORD).await;
                    outcome.map(|outcome| matches!(outcome, AuthenticationOutcome::Succeeded { .. }))
                };
                assert!(start.elapsed() < DEADLINE, "it took {:?}", start.elapsed());
                match answer {
                    Ok(is_right) => {
                        assert!(is_right, "a server that is down is no wrong password");
                        right += 1;
                    }
                    Err(
                        AdapterError::Unreachable(_)
                        | AdapterError::Remote(_)
                        | AdapterError::Unanswerable(_),
                    ) => errors += 1,
                    Err(other) => unreachable!("{other}"),
                }
            }
            (right, errors)
        })
    });
    let clients: Vec<_> = clients.collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    slapd.stop();
    tokio::time::sleep(Duration::from_millis(500)).await;
    slapd.start_again();
    for client in clients {
        let (right, errors) = client.await.expect("no client panics");
        assert!(right > 10 && errors > 0, "{right} right answers, {errors} errors");
    }
    recovers(&backend).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_an_error_in_time_and_works_again() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&quick(&[slapd.url()]));
    assert!(is_right(&backend, USER, PASSWORD).await);
    slapd.freeze();
    let start = Instant::now();
    let why = remote_in_time(log_in(&backend, USER, PASSWORD)).await;
    assert!(
        why.contains("no answer to a bind within 500 ms"),
        "on a new connection, after the search: {why}"
    );
    let first = start.elapsed();
    let start = Instant::now();
    let why = remote_in_time(by_name(&backend, "user1234")).await;
    assert!(why.contains("no answer to a bind within 500 ms"), "{why}");
    assert!(start.elapsed() < first * 3 / 4, "the hanging connection is not used again");
    slapd.thaw();
    recovers(&backend).await;
}

/// The search is answered over the connection that there is.
#[tokio::test(flavor = "multi_thread")]
async fn a_bind_without_an_answer_is_an_error_in_time_and_no_wrong_password() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let backend = with_settings(&quick(&[relay.url()]));
    found(&backend, "user1234").await;
    relay.be_silent(true);
    for password in [PASSWORD, "wrong"] {
        let why = remote_in_time(log_in(&backend, USER, password)).await;
        assert!(why.contains("no answer to a bind within 500 ms"), "{why}");
    }
    relay.be_silent(false);
    recovers(&backend).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_server_says_in_place_of_ldap_is_an_error_in_time() {
    for manner in [Manner::Silent, Manner::Closing, Manner::Babbling, Manner::Hollow] {
        let impostor = Impostor::start(manner).await;
        let backend = with_settings(&quick(&[impostor.url()]));
        let why = remote_in_time(log_in(&backend, USER, PASSWORD)).await;
        assert!(impostor.connections() > 0, "{manner:?}: {why}");
        remote_in_time(by_name(&backend, "user1234")).await;
        remote_in_time(backend.check()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_service_password_is_an_error_and_not_tried_over_and_over() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = quick(&[slapd.url()]);
    let backend = with_settings(&settings.replace(Slapd::SERVICE_PASSWORD, "not the password"));
    for _ in 0..5 {
        let why = remote_in_time(log_in(&backend, USER, PASSWORD)).await;
        assert!(why.contains("service") && !why.contains("not the password"), "{why}");
        remote_in_time(by_name(&backend, "user1234")).await;
        remote_in_time(backend.check()).await;
    }
    let binds = slapd.log().matches(&format!("BIND dn=\"{}\" method", Slapd::SERVICE_DN)).count();
    assert_eq!(binds, 1, "more of them might lock the account of the service");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_closed_cost_nobody_an_error() {
    let Some(mut slapd) = Slapd::builder().global("idletimeout 1").start() else { return };
    let backend = backend(&slapd);
    found(&backend, "user1234").await;
    let closed = Instant::now();
    while !slapd.log().contains("idletimeout") && closed.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(slapd.log().contains("idletimeout"), "the server closed nothing: {}", slapd.log());
    found(&backend, "user1234").await;
    slapd.stop();
    slapd.start_again();
    found(&backend, "user1234").await;
    assert!(is_right(&backend, USER, PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_turn_out_to_be_broken_cost_nobody_an_error() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let backend = with_settings(&quick(&[relay.url()]));
    let lookups = || futures::future::join_all((0..8).map(|_| found(&backend, "user1234")));
    lookups().await;
    for _ in 0..10 {
        relay.forget().await;
        lookups().await;
        relay.forget().await;
        assert!(is_right(&backend, USER, PASSWORD).await);
    }
}

/// A connection is not given to the next request while an answer is missing on it.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_given_up_leave_nothing_behind() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&format!("pool_size = 1\n{}", quick(&[slapd.url()])));
    found(&backend, "user1234").await;
    for microseconds in 0..200 {
        let lookup = by_name(&backend, "user1234");
        drop(tokio::time::timeout(Duration::from_micros(microseconds * 5), lookup).await);
        let nobody = by_name(&backend, "nobody").await.expect("the directory answers");
        assert_eq!(nobody, None, "the answer to another question");
    }
    found(&backend, "user1234").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_follows_the_server() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    let backend = with_settings(&quick(&[slapd.url()]));
    backend.check().await.expect("the server is up");
    slapd.stop();
    remote(backend.check().await);
    slapd.start_again();
    recovers(&backend).await;
    backend.check().await.expect("the server is up again");
}
