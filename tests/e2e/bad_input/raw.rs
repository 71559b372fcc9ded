//! HTTP/1.1 as bytes, so that nothing between the test and the server repairs what is broken on purpose.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Longer than any answer takes, so that a server that hangs is a failure and not a test that never ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// What goes out: a body and the headers that describe it.
#[derive(Clone, Debug)]
pub(crate) struct RawRequest {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl RawRequest {
    /// A POST of JSON.
    pub(crate) fn json(path: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST",
            path: path.to_owned(),
            headers: vec![("Content-Type", "application/json".to_owned())],
            body: body.into(),
        }
    }

    /// A request without a body.
    pub(crate) fn bare(method: &'static str, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// With one more header, or without the one of that name when `value` is `None`.
    pub(crate) fn header(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        if let Some(value) = value {
            self.headers.push((name, value.to_owned()));
        }
        self
    }

    fn head(&self, framing: &str) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head + framing + "\r\n\r\n"
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl RawAnswer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the server said that it ends the connection.
    pub(crate) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// One connection that is kept alive.
pub(crate) struct Connection {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server accepts connections");
        stream.set_nodelay(true).expect("a socket can be told not to wait");
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader), writer }
    }

    /// Sends a request whose length is said first, and reads the answer.
    pub(crate) async fn send(&mut self, request: &RawRequest) -> io::Result<RawAnswer> {
        let framing = format!("Content-Length: {}", request.body.len());
        let mut bytes = request.head(&framing).into_bytes();
        bytes.extend_from_slice(&request.body);
        self.exchange(&bytes).await
    }

    /// Sends a request whose length nobody knows beforehand.
    pub(crate) async fn send_chunked(&mut self, request: &RawRequest) -> io::Result<RawAnswer> {
        let mut bytes = request.head("Transfer-Encoding: chunked").into_bytes();
        for chunk in request.body.chunks(16 * 1024) {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        self.exchange(&bytes).await
    }

    /// Sends only the head, with the length that a body would have, and waits: the head alone is reason enough.
    pub(crate) async fn announce(&mut self, request: &RawRequest, length: u64) -> io::Result<RawAnswer> {
        let head = request.head(&format!("Content-Length: {length}"));
        self.exchange(head.as_bytes()).await
    }

    /// Sends bytes that may be anything, and hangs up.
    pub(crate) async fn say(mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.expect("the server reads");
        // It may have hung up before.
        let _ = self.writer.shutdown().await;
        let mut answer = Vec::new();
        // Whatever it says, it says it and closes.
        let read = self.reader.read_to_end(&mut answer);
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server hangs up as well");
    }

    /// Writes and reads at the same time: a server may answer, and close, before it has read everything.
    async fn exchange(&mut self, bytes: &[u8]) -> io::Result<RawAnswer> {
        let Self { reader, writer } = self;
        let write = async {
            // A failed write shows in what is read, or does not matter.
            let _ = writer.write_all(bytes).await;
            std::future::pending::<()>().await;
        };
        let answer = async {
            tokio::select! {
                answer = read_answer(reader) => answer,
                () = write => Err(io::Error::other("unreachable: the write never ends")),
            }
        };
        tokio::time::timeout(PATIENCE, answer)
            .await
            .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")))
    }
}

async fn read_answer(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<RawAnswer> {
    let broken = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    if reader.read_line(&mut line).await? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "closed without an answer"));
    }
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| broken(&format!("no status line: {line:?}")))?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).await?;
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        let (name, value) = text.split_once(':').ok_or_else(|| broken(&format!("no header: {text:?}")))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut answer = RawAnswer { status, headers, body: String::new() };
    let length = answer
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok())
        .ok_or_else(|| broken(&format!("no Content-Length with status {status}")))?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await?;
    answer.body = String::from_utf8(body).map_err(|_| broken("the answer is not UTF-8"))?;
    Ok(answer)
}
