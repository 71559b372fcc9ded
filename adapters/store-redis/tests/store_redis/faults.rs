//! Servers that stop, hang, or lose their replicas.

use std::time::{Duration, Instant};

use data_adapter_sca::{Guess, Maintenance as _};
use data_adapter_store_redis::{OpenError, RedisSettings, RedisStore};
use data_adapter_testkit::RedisServer;

use crate::support::{fresh, guess, in_the_end, open, refused_in_the_end, retention, settings};

/// On the disk before it is answered.
const KEEPING: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

fn hasty(url: String) -> RedisSettings {
    RedisSettings { call_timeout_ms: 3_000, ..settings(url) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_was_killed_is_an_error_in_time_and_answers_again_with_all_that_it_knew() {
    let Some(mut server) = RedisServer::start(&KEEPING) else { return };
    let store = fresh(&hasty(server.url())).await;
    let challenge = in_the_end(|| open(&store, "user", "op")).await;
    let counted = in_the_end(|| guess(&store, &challenge, false)).await;
    assert!(matches!(counted, Guess::Counted(_)), "{counted:?}");
    server.kill();
    let start = Instant::now();
    for _ in 0..2 {
        let error = guess(&store, &challenge, true).await.expect_err("nobody can know");
        assert!(error.to_string().contains("the Redis store"), "{error}");
    }
    assert!(store.probe().await.is_err(), "it can be written");
    assert!(start.elapsed() < Duration::from_secs(30), "it took {:?}", start.elapsed());
    server.start_again();
    // The answer may have come too late once.
    let right = in_the_end(|| guess(&store, &challenge, true)).await;
    assert!(matches!(right, Guess::Accepted | Guess::Used), "{right:?}");
    assert_eq!(in_the_end(|| guess(&store, &challenge, true)).await, Guess::Used);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_hangs_is_an_error_in_time() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = fresh(&hasty(server.url())).await;
    let challenge = in_the_end(|| open(&store, "user", "op")).await;
    server.freeze();
    let start = Instant::now();
    assert!(guess(&store, &challenge, false).await.is_err(), "nobody can have answered");
    assert!(start.elapsed() < Duration::from_secs(30), "it took {:?}", start.elapsed());
    server.thaw();
    let counted = in_the_end(|| guess(&store, &challenge, false)).await;
    assert!(matches!(counted, Guess::Counted(_)), "{counted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_replicas_that_are_demanded_nothing_is_answered() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let settings = RedisSettings { replicas: Some(1), ..hasty(server.url()) };
    refused_in_the_end("only 0 of 1 replicas", || async {
        let refusal = RedisStore::open(&settings, retention()).await.err().expect("there is no replica");
        assert!(matches!(refusal, OpenError::Unreachable(_)) && !refusal.is_configuration(), "{refusal}");
        refusal.to_string()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_was_closed_takes_no_calls() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = fresh(&settings(server.url())).await;
    store.close().await;
    let error = store.probe().await.expect_err("it is closed");
    assert!(error.to_string().contains("it was closed"), "{error}");
}
