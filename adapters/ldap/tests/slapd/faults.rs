//! A server that is down, hangs or refuses the service is an error, never a wrong password, and is forgiven.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, AuthenticationOutcome, Readiness as _};
use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::{Relay, Slapd};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::impostor::{Impostor, Manner};
use crate::support::{
    NO_BIND, PASSWORD, PATIENCE, USER, backend, by_name, found, is_right, log_in, quick, recovers, remote,
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

/// What a client was answered so far.
#[derive(Default)]
struct Answered {
    right: AtomicUsize,
    errors: AtomicUsize,
}

/// Asks until it is over. Every answer while the server goes down and comes up is right, or an error in time.
async fn ask(backend: &LdapBackend, is_lookup: bool, answered: &Answered, over: &AtomicBool) {
    while !over.load(Ordering::SeqCst) {
        let answer = timeout(PATIENCE, async {
            if is_lookup {
                return by_name(backend, "user1234").await.map(|user| user.is_some());
            }
            let outcome = log_in(backend, USER, PASSWORD).await;
            outcome.map(|outcome| matches!(outcome, AuthenticationOutcome::Succeeded { .. }))
        });
        match answer.await.expect("it does not hang") {
            Ok(is_right) => {
                assert!(is_right, "a server that is down is no wrong password");
                answered.right.fetch_add(1, Ordering::SeqCst);
            }
            Err(AdapterError::Unreachable(_) | AdapterError::Remote(_) | AdapterError::Unanswerable(_)) => {
                answered.errors.fetch_add(1, Ordering::SeqCst);
            }
            Err(other) => unreachable!("{other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_stopped_mid_load_is_an_error_in_time_and_works_again() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    let backend = Arc::new(with_settings(&quick(&[slapd.url()])));
    let over = Arc::new(AtomicBool::new(false));
    let (all, clients): (Vec<_>, Vec<_>) = (0..8)
        .map(|number| {
            let answered = Arc::new(Answered::default());
            let (backend, over, counted) = (Arc::clone(&backend), Arc::clone(&over), Arc::clone(&answered));
            (answered, tokio::spawn(async move { ask(&backend, number % 2 == 0, &counted, &over).await }))
        })
        .unzip();
    let each = async |is_so: fn(&Answered) -> bool| {
        let wait = async {
            while !all.iter().all(|answered| is_so(answered)) && !clients.iter().any(JoinHandle::is_finished)
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, wait).await.expect("each of them gets there");
    };
    each(|answered| answered.right.load(Ordering::SeqCst) > 10).await;
    slapd.stop();
    each(|answered| answered.errors.load(Ordering::SeqCst) > 0).await;
    slapd.start_again();
    for answered in &all {
        answered.right.store(0, Ordering::SeqCst);
    }
    each(|answered| answered.right.load(Ordering::SeqCst) > 0).await;
    over.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.expect("no client panics");
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
    assert!(why.contains(NO_BIND), "on a new connection, after the search: {why}");
    let first = start.elapsed();
    let start = Instant::now();
    let why = remote_in_time(by_name(&backend, "user1234")).await;
    assert!(why.contains(NO_BIND), "{why}");
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
        assert!(why.contains(NO_BIND), "{why}");
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
    while !slapd.log().contains("idletimeout") && closed.elapsed() < PATIENCE {
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
        drop(timeout(Duration::from_micros(microseconds * 5), lookup).await);
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
