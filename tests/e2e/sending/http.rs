//! Gateways that are called over HTTP, and that call back.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::receipts::known;
use super::*;

const SECRET: &str = "hidden_456789-abcdef0123456789abcdef";

/// A gateway that answers each call with this status, and keeps the bodies.
struct HttpGateway {
    port: u16,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl HttpGateway {
    async fn answering(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let bodies = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&bodies);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, status, Arc::clone(&kept)));
            }
        });
        Self { port, bodies }
    }

    /// Its section, under this id.
    fn section(&self, id: &str) -> String {
        format!(
            "[[sms.gateways]]\nid = \"{id}\"\n[sms.gateways.http]\nurl = \"http://127.0.0.1:{}/messages\"\ntoken = \"s3cret\"\n\
             timeout_ms = 8000\nconnect_timeout_ms = 4000\n\
             [sms.gateways.http.receipts]\nverification = \"path\"\nsecret = \"{SECRET}\"\n",
            self.port
        )
    }

    fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().expect("nobody panicked").clone()
    }
}

async fn answer(mut stream: TcpStream, status: u16, bodies: Arc<Mutex<Vec<Value>>>) -> Option<()> {
    let mut came = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&came).into_owned();
        let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
        if let Some(body) = body {
            bodies.lock().expect("nobody panicked").push(body);
            came.clear();
            let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: 2\r\n\r\n{{}}");
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
        if stream.read_buf(&mut came).await.ok()? == 0 {
            return None;
        }
    }
}

fn with_sections(folder: &TempDir, sections: &[String]) -> Builder {
    DataAdapter::builder().config(configuration(folder, &[]) + &sections.concat())
}

async fn call_back(adapter: &DataAdapter, path: &str, body: &Value) -> u16 {
    adapter.send(adapter.client().post(adapter.url(path)).json(body)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_leaves_over_http_and_what_became_of_it_may_be_told_to_another_instance() {
    let gateway = HttpGateway::answering(200).await;
    let (folder, beside) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (store, section) = (folder.path().join("store.db"), [gateway.section("primary")]);
    let sender = with_sections(&folder, &section).store(&store).start().await;
    let (result, message) = create(&sender, "op").await;
    assert_eq!(result, "SUCCEEDED");
    let sent = gateway.bodies().remove(0);
    assert_eq!(sent["to"], "+420606123456");
    let code = code_in(sent["text"].as_str().expect("a text"));
    let other = with_sections(&beside, &section).store(&store);
    let other = other.env("DATA_ADAPTER__LOG__FILTER", "trace").start().await;
    let receipt = json!({ "id": sent["id"], "status": "undelivered", "reason": "EC_ABSENT" });
    for wrong in ["/callbacks/sms/primary".to_owned(), format!("/callbacks/sms/primary/{SECRET}0")] {
        assert_eq!(call_back(&other, &wrong, &receipt).await, 401, "{wrong}");
    }
    let path = format!("/callbacks/sms/primary/{SECRET}");
    assert_eq!(call_back(&other, &format!("/powerauth-data-adapter{path}"), &receipt).await, 404);
    assert_eq!(call_back(&other, &path, &json!({})).await, 400);
    for _ in 0..2 {
        assert_eq!(call_back(&other, &path, &receipt).await, 204);
    }
    let undelivered = json!({"status": "undelivered", "gateway": "primary", "reason": "EC_ABSENT"});
    known(&sender, &message, &undelivered).await;
    assert_eq!(recorded(&beside, "code_delivery").len(), 1);
    let answer = crate::codes::verify(&sender, &message, &code, USER, &rent("op")).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    let metrics = other.get("/metrics").await.text;
    let log = sender.terminate().await.stderr + &other.terminate().await.stderr + &metrics;
    for secret in [SECRET, "s3cret", "606123456", &code] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    assert!(log.contains("/callbacks/sms/{gateway}"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_gateway_is_asked_only_where_the_first_does_not_have_the_message() {
    for (status, result, asked) in [(429, "SUCCEEDED", 1), (500, "FAILED", 0), (400, "FAILED", 0)] {
        let (first, backup) = (HttpGateway::answering(status).await, HttpGateway::answering(202).await);
        let folder = TempDir::new().expect("a folder");
        let sections = [first.section("first"), backup.section("backup")];
        let adapter = with_sections(&folder, &sections).start().await;
        assert_eq!(create(&adapter, "op").await.0, result, "{status}");
        assert_eq!((first.bodies().len(), backup.bodies().len()), (1, asked), "{status}");
        let log = adapter.terminate().await.stderr;
        assert!(log.contains("gateway=\"first\"") && log.contains(&status.to_string()), "{status}: {log}");
    }
}
