use reqwest::RequestBuilder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::callers::{TOKEN, configuration};
use crate::support::DataAdapter;

const TEXTING: &str = "another-token-for-the-one-who-texts";

async fn status(adapter: &DataAdapter, token: Option<&str>) -> u16 {
    let request = adapter.client().get(adapter.url("/metrics"));
    let request = token.into_iter().fold(request, RequestBuilder::bearer_auth);
    adapter.send(request).await.status
}

#[tokio::test]
async fn they_are_for_callers_whose_path_it_is() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    for (token, expected) in [(None, 401), (Some("wrong"), 401), (Some(TEXTING), 403), (Some(TOKEN), 200)] {
        assert_eq!(status(&adapter, token).await, expected, "{token:?}");
    }
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("error=Unauthorized").count(), 2, "{log}");
}

#[tokio::test]
async fn they_are_for_everybody_if_left_open_by_name_and_nothing_else_is() {
    let file = format!("{}[metrics]\nanonymous = true\n", configuration());
    let adapter = DataAdapter::builder().config(file).start().await;
    assert_eq!(status(&adapter, None).await, 200);
    for path in
        ["/metrics/", "/metrics/x", "///metrics", "/powerauth-data-adapter/metrics", "/api/service/status"]
    {
        assert_eq!(adapter.get(path).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn without_them_there_is_no_such_path() {
    let off = |more: &str| {
        DataAdapter::builder().config(format!("{}[metrics]\nenabled = false\n{more}", configuration()))
    };
    let adapter = off("").start().await;
    assert_eq!(status(&adapter, Some(TOKEN)).await, 404);
    let exit = off("anonymous = true\n").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("metrics.anonymous"), "{exit:?}");
}

#[tokio::test]
async fn no_limit_holds_for_them() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__SERVER__MAX_CONNECTIONS", "1").start().await;
    let mut first = TcpStream::connect(adapter.address()).await.expect("a connection");
    // What was answered over it has been counted.
    first.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("a request");
    assert!(first.read(&mut [0; 1024]).await.expect("an answer") > 0);
    assert_eq!(adapter.get("/api/service/status").await.status, 503);
    assert_eq!(status(&adapter, None).await, 200);
}
