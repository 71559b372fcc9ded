//! What the metrics call what an API does. They are those of the process, in which no other test may ask for anything.

#[path = "apis/bench.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod bench;

use data_adapter_server::{BuildInfo, Metrics, Parts};

use crate::bench::{ANY_CASE, MOST, OTHER, ask, parts, settings, start};

#[actix_web::test]
async fn requests_are_counted_by_the_operations_of_the_api_and_by_what_the_shell_refuses() {
    let build = BuildInfo { version: "0.0.0", built_at: jiff::Timestamp::UNIX_EPOCH };
    let metrics = Metrics::install(build).unwrap();
    let address = start(settings(), Parts { metrics: Some(metrics), ..parts([OTHER, ANY_CASE]) }).await;
    ask(address, "POST", "/other/echo", "", "four").await;
    ask(address, "POST", "/other/echo", "", &"a".repeat(MOST + 1)).await;
    ask(address, "GET", "/other/echo", "", "").await;
    ask(address, "GET", "/other/nowhere", "", "").await;
    ask(address, "POST", "/BANK/any/Echo", "", "four").await;
    let page = ask(address, "GET", "/metrics", "", "").await.body;
    for (labels, count) in [
        (r#"operation="echo",outcome="ok""#, 2),
        (r#"operation="echo",outcome="too_large""#, 1),
        (r#"operation="echo",outcome="method_not_allowed""#, 1),
        (r#"operation="unknown",outcome="not_found""#, 1),
    ] {
        let line = format!("data_adapter_requests_total{{{labels}}} {count}\n");
        assert!(page.contains(&line), "{line}\n{page}");
    }
}
