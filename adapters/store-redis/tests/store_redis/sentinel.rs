//! A primary with a replica, which Sentinels watch.

use std::process::Command;
use std::time::Duration;

use data_adapter_sca::Guess;
use data_adapter_testkit::RedisSentinel;

use crate::support::{fresh, guess, in_the_end, open, refused_in_the_end, settings};

/// Asks the first Sentinel of a URL to let the replica take over. It may have begun to, or may not know the replica yet.
fn fail_over(url: &str) {
    let sentinel = url.split(['/', ',']).find(|part| part.contains(':') && !part.starts_with("redis"));
    let (host, port) = sentinel.and_then(|sentinel| sentinel.split_once(':')).expect("it has a Sentinel");
    let mut command = Command::new("/usr/bin/redis-cli");
    command.args(["-h", host, "-p", port, "sentinel", "failover", RedisSentinel::SERVICE]);
    command.output().expect("redis-cli can be run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_its_replica_takes_the_place_of_the_primary_it_has_all_that_was_answered() {
    let Some(servers) = RedisSentinel::start(60_000, &[]) else { return };
    let settings = settings(servers.url());
    let store = fresh(&settings).await;
    let used = in_the_end(|| open(&store, "user", "used")).await;
    let counted = in_the_end(|| open(&store, "user", "counted")).await;
    assert_eq!(guess(&store, &used, true).await.expect("a guess is taken"), Guess::Accepted);
    let first = guess(&store, &counted, false).await.expect("a guess is taken");
    assert!(matches!(first, Guess::Counted(counted) if counted.remaining == 2), "{first:?}");
    while !servers.servers()[1].is_primary() {
        fail_over(&servers.url());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    servers.wait_until_whole();
    assert_eq!(in_the_end(|| guess(&store, &used, true)).await, Guess::Used);
    assert_eq!(in_the_end(|| guess(&store, &counted, true)).await, Guess::Accepted, "a code was lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_its_replica_a_primary_answers_nothing() {
    let Some(mut servers) = RedisSentinel::start(60_000, &[]) else { return };
    let hasty = data_adapter_store_redis::RedisSettings { call_timeout_ms: 2_000, ..settings(servers.url()) };
    let store = fresh(&hasty).await;
    let challenge = in_the_end(|| open(&store, "user", "op")).await;
    servers.servers_mut()[1].kill();
    refused_in_the_end("only 0 of 1 replicas", || async {
        let guess = guess(&store, &challenge, true).await;
        guess.expect_err("nobody else has it").to_string()
    })
    .await;
    servers.servers_mut()[1].start_again();
    servers.wait_until_whole();
    let guess = in_the_end(|| guess(&store, &challenge, true)).await;
    assert!(matches!(guess, Guess::Accepted | Guess::Used), "{guess:?}");
}
