//! An anti-fraud system that does what the test tells it to.

use std::time::Duration;

use data_adapter_anti_fraud::{HttpAntiFraud, HttpSettings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A system that says the same to everybody, and what it is asked.
pub(crate) struct Service {
    pub(crate) url: String,
    requests: UnboundedReceiver<String>,
}

impl Service {
    /// Sends these bytes in answer to each request, after a pause, and hangs up.
    pub(crate) async fn saying(answer: Vec<u8>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}/assess", listener.local_addr().expect("it has an address"));
        let (heard, requests) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(play(connection, answer.clone(), pause, heard.clone()));
            }
        });
        Self { url, requests }
    }

    /// Answers with a status and a body.
    pub(crate) async fn answering(status: &str, body: &str) -> Self {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        Self::saying(answer.into_bytes(), Duration::ZERO).await
    }

    /// The next request, its head and its body.
    pub(crate) async fn asked(&mut self) -> (String, serde_json::Value) {
        let request = self.requests.recv().await.expect("it is asked");
        let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
        (head.to_owned(), serde_json::from_str(body).unwrap_or_default())
    }

    /// Who asks this system.
    pub(crate) fn client(&self) -> HttpAntiFraud {
        HttpAntiFraud::new(settings(&self.url)).expect("the settings can be used")
    }
}

/// Waits for an answer far longer than one takes on any machine.
pub(crate) fn settings(url: &str) -> HttpSettings {
    HttpSettings {
        url: url.to_owned(),
        token: "MARKED-token".into(),
        timeout_ms: 5_000,
        idle_seconds: 60,
        keepalive_seconds: 60,
        status_url: None,
        ca_file: None,
        client_certificate_file: None,
        client_key_file: None,
    }
}

async fn play(mut connection: TcpStream, answer: Vec<u8>, pause: Duration, heard: UnboundedSender<String>) {
    // Not every test listens.
    let _ = heard.send(request(&mut connection).await);
    tokio::time::sleep(pause).await;
    // Whoever asks may have gone.
    let _ = connection.write_all(&answer).await;
}

/// A whole request, or what came of it.
async fn request(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0_usize) {
                return text.into_owned();
            }
        }
        if !matches!(connection.read_buf(&mut bytes).await, Ok(read) if read > 0) {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
}
