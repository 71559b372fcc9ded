//! Connections that something on the way drops while they are idle, without a word, as firewalls do.

use std::time::Duration;

use data_adapter_testkit::{Relay, Slapd};
use futures::future::join_all;

use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup};
use crate::support::{Builder, DataAdapter};

/// So many at once that each has a connection of its own, which is kept.
async fn eight_lookups(adapter: &DataAdapter) {
    let answers = join_all((0..8).map(|_| adapter.post(LOOKUP, lookup(USERNAME)))).await;
    for answer in answers {
        assert_eq!(answer.status, 200, "{}\n{}", answer.text, adapter.log());
        assert_eq!(answer.member("id"), USER);
    }
}

/// One failure would give the back end up.
const STRICT: &str = "calls = { breaker_failures = 1, breaker_open_ms = 600000 }";

fn with_directory(relay: &Relay) -> Builder {
    let settings = Slapd::settings(&[relay.url()]);
    DataAdapter::builder().config(format!(
        "sandbox.enabled = true\n\
         capabilities = {{ users = \"behind\", authentication = \"behind\", operations = \"engine\" }}\n\
         [backends.behind]\nkind = \"ldap\"\n{STRICT}\n{settings}"
    ))
}

/// That it went on as if nothing was, and the log names nobody who would be down.
async fn nobody_is_given_up(adapter: DataAdapter) {
    let metrics = adapter.get("/metrics").await.text;
    assert!(metrics.contains("data_adapter_backend_breaker_open{backend=\"behind\"} 0"), "{metrics}");
    let log = adapter.terminate().await.stderr;
    assert!(!log.contains("failed too often") && !log.contains("is down"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_connections_to_a_directory_cost_no_lookup_and_no_login() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let adapter = with_directory(&relay).start().await;
    eight_lookups(&adapter).await;
    relay.swallow().await;
    eight_lookups(&adapter).await;
    relay.swallow().await;
    let entered = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(entered.status, 200, "{}", entered.text);
    assert_eq!(entered.object()["authenticationResult"], "VERIFIED_SUCCEEDED");
    eight_lookups(&adapter).await;
    nobody_is_given_up(adapter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_connections_to_a_directory_leave_the_program_ready() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let relay = Relay::start(&slapd.url()).await;
    let adapter = with_directory(&relay).start().await;
    for _ in 0..3 {
        eight_lookups(&adapter).await;
        relay.swallow().await;
        // An answer is shared by those who ask soon after it.
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(adapter.get("/health/ready").await.status, 200);
    }
}

fn in_front_of(relay: &Relay) -> Builder {
    DataAdapter::builder().config(format!(
        "[capabilities]\nusers = \"behind\"\nauthentication = \"behind\"\noperations = \"behind\"\nsms_otp = \"behind\"\n\
         consent = \"behind\"\n[backends.behind]\nkind = \"rest\"\nurl = \"{}\"\ntimeout_ms = 4000\n\
         default_organization = \"RETAIL\"\n{STRICT}\n",
        relay.url()
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_connections_to_a_system_behind_cost_no_lookup() {
    let behind = DataAdapter::start().await;
    let relay = Relay::start(&behind.url("")).await;
    let adapter = in_front_of(&relay).start().await;
    for _ in 0..2 {
        eight_lookups(&adapter).await;
        relay.swallow().await;
    }
    eight_lookups(&adapter).await;
    let entered = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(entered.object()["authenticationResult"], "VERIFIED_SUCCEEDED");
    nobody_is_given_up(adapter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_get_lost_over_dead_connections_do_not_give_a_system_up() {
    let behind = DataAdapter::start().await;
    let relay = Relay::start(&behind.url("")).await;
    let adapter = in_front_of(&relay).start().await;
    let enter = || adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD));
    eight_lookups(&adapter).await;
    assert_eq!(enter().await.object()["authenticationResult"], "VERIFIED_SUCCEEDED");
    relay.swallow().await;
    assert_eq!(enter().await.error_code(), "REMOTE_ERROR", "it went over a dead one");
    eight_lookups(&adapter).await;
    assert_eq!(enter().await.object()["authenticationResult"], "VERIFIED_SUCCEEDED");
    nobody_is_given_up(adapter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_connections_to_a_system_behind_leave_the_program_ready() {
    let behind = DataAdapter::start().await;
    let relay = Relay::start(&behind.url("")).await;
    let adapter = in_front_of(&relay).start().await;
    eight_lookups(&adapter).await;
    relay.swallow().await;
    assert_eq!(adapter.get("/health/ready").await.status, 200);
}
