//! Whether requests can be answered.

use std::time::Duration;

use data_adapter_testkit::Slapd;
use futures::future::join_all;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::bad_input::raw::{Connection, RawRequest};
use crate::callers::configuration;
use crate::support::{Builder, DataAdapter};

const READY: &str = "/health/ready";

/// The sandbox with one organization in a directory with these settings, and callers.
fn with_directory(directory: &str) -> Builder {
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
    let adapter = with_directory(&Slapd::settings(&["ldap://127.0.0.1:1".to_owned()])).start().await;
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
    let url = format!("ldap://{}", silent.local_addr().expect("an address"));
    let builder = with_directory(&Slapd::settings(&[url])).env("DATA_ADAPTER__HEALTH__DEADLINE_MS", "300");
    let adapter = builder.start().await;
    // One after the other they would take fifteen seconds.
    let answers = join_all((0..50).map(|_| adapter.get(READY)));
    let answers = timeout(Duration::from_secs(14), answers).await.expect("all share one deadline");
    for answer in answers {
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.text.contains(r#""backends.directory":"DOWN""#), "{}", answer.text);
    }
}

/// Nobody has a phone then, which shows at the first code that is to be sent: better at the start.
#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_the_directory_does_not_know_is_named_at_the_start_and_in_readiness() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let directory = format!("{}attributes.phone = \"mobil\"\n", Slapd::settings(&[slapd.url()]));
    let mut adapter = with_directory(&directory).start().await;
    adapter
        .logged("`attributes.phone` names `mobil`, which the schema of the directory does not know", 1)
        .await;
    let answer = adapter.get(READY).await;
    let expected = r#"{"status":"OK","checks":{"backends.directory":"OK","store":"OK"},"unknown":["backends.directory.attributes.phone"]}"#;
    assert_eq!((answer.status, answer.text.as_str()), (200, expected));
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("does not know").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_hides_its_schema_is_ready_and_said_to_hide_it_once() {
    let access = "access to dn.base=\"cn=Subschema\" by * none\naccess to * by * read";
    let Some(slapd) = Slapd::builder().global(access).start() else { return };
    let mut adapter = with_directory(&Slapd::settings(&[slapd.url()])).start().await;
    adapter.logged("the directory hides its schema", 1).await;
    let answer = adapter.get(READY).await;
    assert_eq!((answer.status, answer.text.contains("unknown")), (200, false), "{}", answer.text);
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("hides its schema").count(), 1, "{log}");
}

#[tokio::test]
async fn no_limit_of_requests_holds_for_it() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__SERVER__MAX_CONNECTIONS", "1").start().await;
    let mut first = Connection::open(adapter.address()).await;
    first.send(&RawRequest::bare("GET", "/health/live")).await.expect("an answer");
    assert_eq!(adapter.get("/api/service/status").await.status, 503);
    assert_eq!(adapter.get(READY).await.status, 200);
}
