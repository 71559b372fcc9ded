//! A Redis that dies while an instance runs, and what is refused and shown of it.

use std::time::{Duration, Instant};

use data_adapter_testkit::RedisServer;

use super::{Deployment, Store, WRITTEN};
use crate::codes::{assert_right, rent, send, verify};
use crate::postgres::faults::ready_with;
use crate::postgres::left_out;
use crate::support::payloads::{SMS_CREATE, USER, sms_create};
use crate::support::{Builder, DataAdapter};

/// The exit code of a configuration that can't be used.
const CONFIGURATION: Option<i32> = Some(78);

/// An instance with the usual deadlines.
fn over(redis: &RedisServer) -> Builder {
    DataAdapter::builder()
        .env("DATA_ADAPTER__STORE__URL", "sqlite:store.db")
        .env("DATA_ADAPTER__STORE__CODES_URL", redis.url())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_is_an_error_until_it_is_back_and_no_instance_has_to_be_started_again() {
    let Some(mut redis) = RedisServer::start(&WRITTEN) else { return left_out("Redis") };
    let adapter = over(&redis).start().await;
    ready_with(&adapter, 200).await;
    let context = rent("op");
    let sent = send(&adapter, USER, &context).await;
    redis.kill();
    let answer = adapter.post(SMS_CREATE, sms_create(USER, &rent("other"))).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.text.contains("REMOTE_ERROR") && !answer.text.contains("127."), "{}", answer.text);
    ready_with(&adapter, 503).await;
    let health = adapter.get("/health/ready").await;
    assert!(health.text.contains(r#""store.codes":"DOWN""#), "{}", health.text);
    redis.start_again();
    ready_with(&adapter, 200).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &context).await, "nothing is lost");
}

/// It takes connections and answers none of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_is_an_error_within_the_deadline() {
    const DEADLINE: Duration = Duration::from_secs(3);
    let Some(redis) = RedisServer::start(&WRITTEN) else { return left_out("Redis") };
    let deadline = DEADLINE.as_millis().to_string();
    let adapter = over(&redis).env("DATA_ADAPTER__STORE__CODES_CALL_TIMEOUT_MS", deadline).start().await;
    let body = || sms_create(USER, &rent("op"));
    redis.freeze();
    let start = Instant::now();
    let answer = adapter.post(SMS_CREATE, body()).await;
    assert!(answer.text.contains("REMOTE_ERROR"), "{}", answer.text);
    assert!(start.elapsed() >= DEADLINE, "it was not waited for");
    redis.thaw();
    ready_with(&adapter, 200).await;
    assert_eq!(adapter.post(SMS_CREATE, body()).await.status, 200, "it is back");
}

#[tokio::test]
async fn a_redis_that_loses_what_was_answered_is_refused_at_the_start() {
    let Some(redis) = RedisServer::start(&[]) else { return left_out("Redis") };
    let exit = over(&redis).spawn_failing().await;
    assert_eq!(exit.status, CONFIGURATION, "{}", exit.stderr);
    assert!(exit.stderr.contains("codes_allow_loss"), "{}", exit.stderr);
    let adapter = over(&redis).env("DATA_ADAPTER__STORE__CODES_ALLOW_LOSS", "true").start().await;
    ready_with(&adapter, 200).await;
}

#[tokio::test]
async fn what_can_not_be_right_is_refused_by_the_check_of_the_configuration() {
    let check = |url: &str, codes: &str| {
        let builder = DataAdapter::builder()
            .env("DATA_ADAPTER__STORE__URL", url)
            .env("DATA_ADAPTER__STORE__CODES_URL", codes);
        builder.arg("config").arg("check").spawn_failing()
    };
    for (url, codes, why) in [
        ("memory:", "redis://localhost", "`store.codes_url` keeps what `store.url = \"memory:\"` forgets"),
        ("sqlite:store.db", "redis://u:hush@localhost", "`store.codes_url` "),
        ("sqlite:store.db", "redis://codes.bank.test", "`store.codes_url` "),
    ] {
        let exit = check(url, codes).await;
        assert_eq!(exit.status, CONFIGURATION, "{codes}: {}", exit.stderr);
        assert!(exit.stderr.contains(why) && !exit.stderr.contains("hush"), "{codes}: {}", exit.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_see_the_codes_of_a_service_that_runs() {
    let Some(store) = Store::start(Deployment::Redis) else { return };
    let adapter = store.instance().start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let exit = store.instance().arg("challenge").arg("list").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stdout.contains(&sent.message), "{}", exit.stdout);
}
