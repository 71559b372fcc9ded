//! Whether requests can be answered.

use std::time::{Duration, Instant};

use data_adapter_testkit::Slapd;
use futures::future::join_all;
use tokio::net::TcpListener;

use crate::bad_input::raw::{Connection, RawRequest};
use crate::callers::configuration;
use crate::support::{Builder, DataAdapter};

const READY: &str = "/health/ready";

/// The sandbox with one organization in a directory at this address, and callers.
fn with_directory(address: &str) -> Builder {
    let directory = Slapd::settings(&[format!("ldap://{address}")]);
    let more = "[organizations.SME]\nusers = \"directory\"\nauthentication = \"directory\"\n";
    let section = format!("[backends.directory]\nkind = \"ldap\"\n{directory}");
    DataAdapter::builder().config(format!("{}{more}{section}\n", configuration()))
}

#[tokio::test]
async fn it_is_ready_for_everybody_who_asks() {
    for builder in [DataAdapter::builder(), DataAdapter::builder().config(configuration())] {
        let adapter = builder.start().await;
        let answer = adapter.get(READY).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, r#"{"status":"OK","checks":{"store":"OK"}}"#)
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
        let head = adapter.send(adapter.client().head(adapter.url(READY))).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(adapter.post(READY, "{}").await.status, 405);
    }
}

#[tokio::test]
async fn a_back_end_that_is_down_is_named_and_why_is_in_the_log_alone() {
    let adapter = with_directory("127.0.0.1:1").start().await;
    for _ in 0..3 {
        let answer = adapter.get(READY).await;
        let expected = r#"{"status":"DOWN","checks":{"backends.directory":"DOWN","store":"OK"}}"#;
        assert_eq!((answer.status, answer.text.as_str()), (503, expected));
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    assert_eq!(adapter.get("/health/live").await.status, 200, "it lives all the same");
    let log = adapter.terminate().await.stderr;
    let why: Vec<_> = log.lines().filter(|line| line.contains("it is not ready")).collect();
    assert!(why.len() == 1 && why[0].contains("backends.directory"), "{log}");
}

#[tokio::test]
async fn a_back_end_that_is_silent_is_down_after_the_deadline_however_many_ask() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    let builder = with_directory(&address).env("DATA_ADAPTER__HEALTH__DEADLINE_MS", "300");
    let adapter = builder.start().await;
    let started = Instant::now();
    let answers = join_all((0..50).map(|_| adapter.get(READY))).await;
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
    for answer in answers {
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.text.contains(r#""backends.directory":"DOWN""#), "{}", answer.text);
    }
}

#[tokio::test]
async fn no_limit_of_requests_holds_for_it() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__SERVER__MAX_CONNECTIONS", "1").start().await;
    let mut first = Connection::open(adapter.address()).await;
    first.send(&RawRequest::bare("GET", "/health/live")).await.expect("an answer");
    assert_eq!(adapter.get("/api/service/status").await.status, 503);
    assert_eq!(adapter.get(READY).await.status, 200);
}
