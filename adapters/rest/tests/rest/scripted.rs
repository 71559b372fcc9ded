//! A server that answers what the test tells it to, byte for byte, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens once a request has come.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, then the end of the connection.
    Close(Vec<u8>),
    /// These bytes, one every 20 ms.
    Drip(Vec<u8>),
    /// A reset of the connection.
    Reset,
    /// Nothing.
    Hang,
}

impl Reply {
    pub(crate) fn of(status: &str, content_type: &str, body: &str) -> Self {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n");
        Self::Bytes(format!("{head}{body}").into_bytes())
    }

    pub(crate) fn json(status: &str, body: &str) -> Self {
        Self::of(status, "application/json", body)
    }

    /// A success with this `responseObject`.
    pub(crate) fn ok(object: &str) -> Self {
        Self::json("200 OK", &format!(r#"{{"status":"OK","responseObject":{object}}}"#))
    }

    /// The unified error.
    pub(crate) fn error(status: &str, code: &str, message: &str) -> Self {
        let object = format!(r#"{{"code":"{code}","message":"{message}","validationErrors":null}}"#);
        Self::json(status, &format!(r#"{{"status":"ERROR","responseObject":{object}}}"#))
    }
}

/// The server; it ends with this.
pub(crate) struct Scripted {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    most: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Scripted {
    /// Answers the first request with the first reply and so on; the last one goes for all that follow.
    pub(crate) async fn start(replies: impl Into<Vec<Reply>>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.expect("a free port"), replies.into())
    }

    pub(crate) fn on(listener: TcpListener, replies: Vec<Reply>) -> Self {
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (most, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (seen, counted) = (Arc::clone(&requests), Arc::clone(&most));
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let (replies, seen, open) = (replies.clone(), Arc::clone(&seen), Arc::clone(&open));
                tokio::spawn(async move {
                    serve(connection, replies, seen).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, requests, most, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came so far, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no server panics").clone()
    }

    /// How many connections were open at once at most.
    pub(crate) fn most_connections(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// The only request that came.
    pub(crate) fn request(&self) -> String {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut connection: TcpStream, replies: Vec<Reply>, seen: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read(&mut connection).await {
        let reply = {
            let mut seen = seen.lock().expect("no server panics");
            seen.push(request);
            replies.get(seen.len() - 1).or(replies.last()).cloned().expect("a reply")
        };
        // A client that has gone away is none of the server's business.
        let _ = match reply {
            Reply::Bytes(bytes) => connection.write_all(&bytes).await,
            Reply::Close(bytes) => {
                let _ = connection.write_all(&bytes).await;
                return;
            }
            Reply::Drip(bytes) => drip(&mut connection, &bytes).await,
            Reply::Reset => {
                connection.set_zero_linger().expect("a socket that can be reset");
                return;
            }
            Reply::Hang => {
                std::future::pending::<()>().await;
                return;
            }
        };
    }
}

async fn drip(connection: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        connection.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// A request with its body; `None` when no more come.
async fn read(connection: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                return Some(text);
            }
        }
        if !matches!(connection.read_buf(&mut bytes).await, Ok(read) if read > 0) {
            return None;
        }
    }
}
