//! A running binary.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{Answer, Builder, Exit, PATIENCE};

/// A running Data Adapter; it is killed when this is dropped.
pub struct DataAdapter {
    child: Child,
    scheme: &'static str,
    address: SocketAddr,
    client: Client,
    stdout: Pipe,
    stderr: Pipe,
    _folder: TempDir,
    /// What stands behind it and sends its texts; `None` when it sends them itself.
    behind: Option<Box<Self>>,
}

impl DataAdapter {
    /// Starts the binary with the demo data, on a free port, with the memory store.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// An instance with settings of a test's own.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) async fn attach(mut child: Child, folder: TempDir, token: Option<&str>) -> Self {
        let stdout = Pipe::read(child.stdout.take().expect("a piped stdout"));
        let mut stderr = Pipe::read(child.stderr.take().expect("a piped stderr"));
        let Ok(address) = timeout(PATIENCE, stderr.wait_for(listening_address)).await else {
            panic!("the program does not say that it is listening:\n{}", stderr.text())
        };
        let Some((scheme, address)) = address else {
            let status = child.wait().await;
            panic!("the program ended ({status:?}) instead of listening:\n{}", stderr.text())
        };
        // The first one stays; it does not matter which test it came from.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let bearer = token.map(|token| (AUTHORIZATION, format!("Bearer {token}").parse().expect("a token")));
        let client = Client::builder().default_headers(bearer.into_iter().collect());
        let client = client.no_proxy().timeout(PATIENCE).build().expect("a client");
        Self { child, scheme, address, client, stdout, stderr, _folder: folder, behind: None }
    }

    /// The address of a path such as `/api/auth/user/lookup`.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// Where it listens, for tests that speak raw TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The client of this instance, for requests that `post` and `get` cannot send.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the program is running")
    }

    /// Sends a request as Web Flow 0.22 does.
    pub async fn post(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self
            .client
            .post(self.url(path))
            .header(ACCEPT, "application/json, application/*+json")
            .header(CONTENT_TYPE, "application/json;charset=UTF-8")
            .body(body.into());
        self.send(request).await
    }

    /// Reads a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path))).await
    }

    /// Sends a request and reads the answer to its end.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => panic!("no answer ({error:?}); the log so far:\n{}", self.log()),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the whole answer arrives");
        let text = String::from_utf8(bytes.to_vec()).expect("the answer is UTF-8");
        Answer::new(status, headers, text)
    }

    /// This instance, with another one behind it that sends the texts.
    #[must_use]
    pub fn in_front_of(self, behind: Self) -> Self {
        Self { behind: Some(Box::new(behind)), ..self }
    }

    /// The texts that the sandbox shows, newest first.
    pub async fn messages(&self) -> Vec<Value> {
        let answer = self.behind.as_deref().unwrap_or(self).get("/sandbox/messages").await;
        assert_eq!(answer.status, 200, "the inbox of the sandbox: {}", answer.text);
        let Value::Array(messages) = answer.json() else {
            panic!("the inbox is not a list: {}", answer.text)
        };
        messages
    }

    /// The code in the newest text for that message.
    pub async fn code_for(&self, message_id: &str) -> String {
        let messages = self.messages().await;
        let message = messages.iter().find(|message| message["messageId"] == message_id);
        let Some(text) = message.and_then(|message| message["text"].as_str()) else {
            panic!("no text for {message_id} in the inbox: {messages:?}")
        };
        // The code stands last: amounts and account numbers come before it.
        let code = text.split(|c: char| !c.is_ascii_digit()).rfind(|run| (6..=9).contains(&run.len()));
        code.unwrap_or_else(|| panic!("no code in the text {text:?}")).to_owned()
    }

    /// Everything that it has printed so far.
    pub fn log(&self) -> String {
        self.stderr.text() + &self.stdout.text()
    }

    /// Waits until its log holds `text` that many times.
    pub async fn logged(&mut self, text: &str, times: usize) {
        let found = self.stderr.wait_for(|log| (log.matches(text).count() >= times).then_some(()));
        if !matches!(timeout(PATIENCE, found).await, Ok(Some(()))) {
            panic!("{text:?} is not {times} times in the log:\n{}", self.log());
        }
    }

    /// Asks it to stop, as `kill` does, and waits until it has.
    pub async fn terminate(self) -> Exit {
        self.signal("TERM").await;
        self.wait().await
    }

    /// Waits until it has ended by itself.
    pub async fn wait(mut self) -> Exit {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it stops when it is asked to");
        let status = status.expect("it can be waited for").code();
        Exit { status, stdout: self.stdout.finish().await, stderr: self.stderr.finish().await }
    }

    /// Sends a signal by its name without `SIG` and does not wait for what it does.
    pub async fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}")).arg(self.pid().to_string()).stdin(Stdio::null());
        let sent = kill.status().await.expect("kill can be run");
        assert!(sent.success(), "the signal {name} could not be sent");
    }
}

/// The port is free to choose, so the log is where it is told.
fn listening_address(log: &str) -> Option<(&'static str, SocketAddr)> {
    // Only up to the last line break: the rest of a line may not have arrived yet.
    let whole = &log[..=log.rfind('\n')?];
    let (scheme, address) = ["http", "https"]
        .into_iter()
        .find_map(|scheme| Some((scheme, whole.split(&format!("listening on {scheme}://")).nth(1)?)))?;
    let end = address.find(|c: char| !(c.is_ascii_hexdigit() || "[]:.".contains(c)))?;
    Some((scheme, address[..end].trim_end_matches('.').parse().ok()?))
}

/// One output of the program, collected while it runs so that it never blocks on a full pipe.
struct Pipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    changed: watch::Receiver<()>,
    task: JoinHandle<()>,
}

impl Pipe {
    fn read(mut source: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (changes, changed) = watch::channel(());
        let collected = Arc::clone(&bytes);
        let task = tokio::spawn(async move {
            let mut more = Vec::new();
            while matches!(source.read_buf(&mut more).await, Ok(read) if read > 0) {
                collected.lock().expect("no reader panics").append(&mut more);
                changes.send_replace(());
            }
        });
        Self { bytes, changed, task }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("no reader panics")).into_owned()
    }

    /// Waits until the text holds what is looked for; `None` when the output ends first.
    async fn wait_for<T>(&mut self, found: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            if let Some(value) = found(&self.text()) {
                return Some(value);
            }
            if self.changed.changed().await.is_err() {
                return found(&self.text());
            }
        }
    }

    async fn finish(mut self) -> String {
        (&mut self.task).await.expect("the output can be read to its end");
        self.text()
    }
}
