//! For which call a service is asked.

use std::time::Duration;

use data_adapter_core::CallContext;
use data_adapter_json_client::{Connections, JsonClient, TlsFiles};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A client, and what the service that answers everything with `null` hears of it.
async fn client() -> (JsonClient, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let (heard, requests) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = vec![0; 16 * 1024];
            let read = connection.read(&mut request).await.unwrap_or_default();
            heard.send(String::from_utf8_lossy(&request[..read]).into_owned()).expect("the test listens");
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnull";
            connection.write_all(answer).await.expect("the client listens");
        }
    });
    let deadline = Duration::from_secs(20);
    let client = JsonClient::new(&url, "t".into(), deadline, Connections::default(), &TlsFiles::default());
    (client.expect("the settings can be used"), requests)
}

async fn ask(client: &JsonClient) {
    client.get::<()>(&["users"], &[]).await.expect("an answer");
    client.post::<()>(&["events"], &()).await.expect("an answer");
}

#[tokio::test]
async fn the_request_id_and_the_trace_of_a_call_go_on_with_whatever_is_asked_for_it() {
    let (client, mut requests) = client().await;
    CallContext::new("request-7", TRACE.parse().ok()).scope(ask(&client)).await;
    for _ in 0..2 {
        let request = requests.recv().await.expect("a request");
        assert!(request.contains("\r\nx-request-id: request-7\r\n"), "{request}");
        assert!(request.contains(&format!("\r\ntraceparent: {TRACE}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn a_call_without_a_trace_hands_on_its_id_alone_and_no_call_nothing() {
    let (client, mut requests) = client().await;
    CallContext::new("request-7", None).scope(ask(&client)).await;
    ask(&client).await;
    for has_id in [true, true, false, false] {
        let request = requests.recv().await.expect("a request");
        assert_eq!(request.contains("\r\nx-request-id: request-7\r\n"), has_id, "{request}");
        assert!(!request.contains("traceparent"), "{request}");
    }
}
