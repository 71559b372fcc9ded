//! Spans of what goes wrong.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::collector::Collector;
use super::span::Span;
use super::{before, exporting_to};
use crate::bad_input::raw::{Connection, RawRequest};
use crate::support::DataAdapter;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};

/// What a span says of the outcome.
fn told(span: &Span) -> [String; 4] {
    ["http.response.status_code", "data_adapter.outcome", "error.type"]
        .map(|key| span.attribute(key))
        .into_iter()
        .chain([span.has_failed().to_string()])
        .collect::<Vec<_>>()
        .try_into()
        .expect("four")
}

#[tokio::test]
async fn a_mistake_of_the_caller_is_no_failure_of_ours() {
    let collector = Collector::start().await;
    let adapter = exporting_to(&collector.endpoint()).start().await;
    adapter.post(LOOKUP, "{").await;
    adapter.post(LOOKUP, lookup("nobody")).await;
    adapter.terminate().await;
    let spans = collector.spans();
    assert_eq!(
        spans.iter().map(told).collect::<Vec<_>>(),
        [["400", "input_invalid", "", "false"], ["400", "user_not_found", "", "false"]]
    );
}

#[tokio::test]
async fn a_system_behind_that_is_gone_is_a_failure_and_so_is_a_5xx() {
    let collector = Collector::start().await;
    let behind = DataAdapter::start().await;
    let adapter = exporting_to(&collector.endpoint()).config(before(&behind)).start().await;
    drop(behind);
    adapter.post(LOOKUP, lookup(USERNAME)).await;
    adapter.get("/health/ready").await;
    adapter.terminate().await;
    let spans = collector.spans();
    assert_eq!(
        spans.iter().map(told).collect::<Vec<_>>(),
        [["400", "remote_error", "remote_error", "true"], ["503", "failed", "failed", "true"]]
    );
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_abandons_its_span() {
    let collector = Collector::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let core = format!(
        "sandbox.enabled = true\n[capabilities]\nusers = \"core\"\nauthentication = \"core\"\noperations = \"core\"\n\
         [backends.core]\nkind = \"rest\"\nurl = \"{url}\"\n"
    );
    let adapter = exporting_to(&collector.endpoint()).config(core).start().await;
    let mut client = TcpStream::connect(adapter.address()).await.expect("a connection");
    let body = lookup(USERNAME);
    let head = format!(
        "POST {LOOKUP} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    client.write_all((head + &body).as_bytes()).await.expect("it is read");
    let asked = tokio::time::timeout(Duration::from_secs(60), silent.accept()).await;
    let _asked = asked.expect("the system behind is asked").expect("a connection");
    // A reset, so that nobody takes it for a client that only has no more to say.
    client.set_zero_linger().expect("a socket can be told");
    drop(client);
    collector.wait_for(1).await;
    assert_eq!(told(&collector.spans()[0]), ["", "", "abandoned", "true"]);
}

#[tokio::test]
async fn a_path_or_a_method_that_there_is_not_names_no_span() {
    let collector = Collector::start().await;
    let adapter = exporting_to(&collector.endpoint()).start().await;
    let mut connection = Connection::open(adapter.address()).await;
    for (method, path) in [("GET", "/nowhere/12345678"), ("SECRET", LOOKUP), ("SECRET", "/nowhere")] {
        connection.send(&RawRequest::bare(method, path)).await.expect("an answer");
    }
    drop(connection);
    adapter.terminate().await;
    let spans = collector.spans();
    let shown = |span: &Span| {
        let [method, route] = ["http.request.method", "http.route"].map(|key| span.attribute(key));
        [span.name().to_owned(), method, route]
    };
    assert_eq!(
        spans.iter().map(shown).collect::<Vec<_>>(),
        [
            ["GET", "GET", ""],
            ["HTTP /api/auth/user/lookup", "_OTHER", "/api/auth/user/lookup"],
            ["HTTP", "_OTHER", ""]
        ]
    );
}
