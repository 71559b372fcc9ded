//! A gateway that answers as it is told, one behaviour for each connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a gateway does with a call.
#[derive(Clone)]
pub(crate) enum Does {
    /// Answers with this status, these headers and this body.
    Answer(u16, &'static str, String),
    /// Closes the connection without reading.
    CloseBefore,
    /// Closes it when the call has come.
    CloseAfter,
    /// Begins an answer and closes the connection in its body.
    Half,
    /// Never answers.
    Silent,
    /// Begins an answer, and goes on with it, a byte at a time, for ever.
    Dribble,
    /// Answers with a body of a gigabyte.
    Gigabyte,
}

impl Does {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::Answer(200, "", body.into())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, "", String::new())
    }
}

/// A call as it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Call {
    /// The first line, without the version.
    pub(crate) fn target(&self) -> &str {
        self.head
            .lines()
            .next()
            .and_then(|line| line.strip_suffix(" HTTP/1.1"))
            .expect("a request of HTTP/1.1")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.head.lines().filter_map(|line| line.split_once(": "));
        named.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The fields of the body.
    pub(crate) fn fields(&self) -> BTreeMap<String, String> {
        fields(&self.body)
    }

    /// The fields of the query.
    pub(crate) fn query(&self) -> BTreeMap<String, String> {
        fields(self.target().split_once('?').map_or("", |(_, query)| query))
    }
}

fn fields(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The calls that have come.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

impl Calls {
    pub(crate) fn all(&self) -> Vec<Call> {
        self.0.lock().expect("nobody panicked").clone()
    }

    pub(crate) fn only(&self) -> Call {
        let calls = self.all();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls[0].clone()
    }

    fn add(&self, call: Call) {
        self.0.lock().expect("nobody panicked").push(call);
    }
}

/// A gateway that does so with its connections, one after the other, and the last of it with all that follow: its URL and its calls.
pub(crate) async fn gateway(does: &[Does]) -> (String, Calls) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/messages", listener.local_addr().expect("an address"));
    let (calls, does) = (Calls::default(), does.to_vec());
    let seen = calls.clone();
    tokio::spawn(async move {
        for at in 0.. {
            let (stream, _) = listener.accept().await.expect("a connection");
            let does = does[at.min(does.len() - 1)].clone();
            tokio::spawn(serve(stream, does, seen.clone()));
        }
    });
    (url, calls)
}

async fn serve(stream: TcpStream, does: Does, calls: Calls) {
    if !matches!(does, Does::CloseBefore) {
        talk(stream, does, calls).await;
    }
}

/// Reads calls and does with each what there is to do, until the other side has gone.
pub(crate) async fn talk(mut stream: impl AsyncRead + AsyncWrite + Unpin, does: Does, calls: Calls) {
    while let Some(call) = read(&mut stream).await {
        calls.add(call);
        if answer(&mut stream, &does).await.is_none() {
            return;
        }
    }
}

/// `None` when the connection is to be closed.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), does: &Does) -> Option<()> {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n";
    match does {
        Does::Answer(status, headers, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\n\r\n{body}");
            stream.write_all(head.as_bytes()).await.ok()
        }
        Does::CloseBefore | Does::CloseAfter => None,
        Does::Half => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"status\": ").await.ok()?;
            None
        }
        Does::Silent => std::future::pending().await,
        Does::Dribble => {
            stream.write_all(HEAD).await.ok()?;
            loop {
                stream.write_all(b" ").await.ok()?;
                stream.flush().await.ok()?;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        Does::Gigabyte => {
            stream.write_all(HEAD).await.ok()?;
            for _ in 0..1000 {
                stream.write_all(&[b' '; 1_000_000]).await.ok()?;
            }
            Some(())
        }
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Call> {
    let mut came = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(call) = whole(&came) {
            return Some(call);
        }
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        came.extend_from_slice(&buffer[..read]);
    }
}

fn whole(came: &[u8]) -> Option<Call> {
    let text = String::from_utf8_lossy(came);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let call = Call { head: head.to_owned(), body: body.to_owned() };
    let length = call.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    (body.len() >= length).then_some(call)
}
