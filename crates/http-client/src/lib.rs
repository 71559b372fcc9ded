//! An HTTP client that keeps its connections, and notices those that are dead: firewalls drop what was idle for some minutes,
//! and tell neither side. Whatever is sent over such a connection is never answered.
//!
//! - A connection that was idle too long is not used again, and TCP probes those that are open.
//! - A request that does no harm when it is repeated, and gets no answer over a connection that was kept, is sent once more
//!   over a new one. Whoever comes after it gets none of those that were kept with it.
//! - A request names the call that it is sent for, by its id and its trace, so that the system behind can name it too.
//! - Certificates are always verified: by the authorities of a file, or by those of the machine.
//! - Redirects are not followed, and what the environment says of proxies does not count.

mod watch;

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

pub use data_adapter_client_tls::{TlsError, TlsFiles};
use data_adapter_core::CallContext;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, retry};
use thiserror::Error;
use tokio::time::timeout;

/// How long after a probe without an answer the next one is sent.
const BETWEEN_PROBES: Duration = Duration::from_secs(15);
/// So many probes without an answer in a row end a connection.
const PROBES: u32 = 3;

/// How connections are kept.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// How long one may be without use and still be used again.
    pub idle: Duration,
    /// After how long without a word the system probes whether the other side of one is there (RFC 9293, 3.8.4).
    pub keepalive: Duration,
}

impl Default for Connections {
    /// A minute each.
    fn default() -> Self {
        let minute = Duration::from_secs(60);
        Self { idle: minute, keepalive: minute }
    }
}

/// A client with the connections that it keeps.
pub struct HttpClient {
    make: Box<dyn Fn() -> reqwest::Result<Client> + Send + Sync>,
    current: RwLock<Generation>,
}

/// A client whose connections are all younger than the last one that was found dead.
#[derive(Clone)]
struct Generation {
    number: u64,
    client: Client,
}

/// How long an answer is waited for over a connection that was kept.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until its head begins. Then the connection is taken for dead.
    pub answer: Duration,
    /// Whether the request is sent once more then. The service may have got it all the same.
    pub repeats: bool,
    /// How long the head is waited for in all where the request is not sent again.
    pub whole: Duration,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum SendError {
    /// None came over a connection that was kept. It may have been dropped on the way long ago, so that this says nothing about
    /// the service; and the service may have got the request.
    #[error("no answer over a connection that was kept, which may have been dead")]
    Kept,
    /// Anything else.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
}

/// Why there can be no client.
#[derive(Debug, Error)]
pub enum HttpClientError {
    /// A file of TLS can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The rest of what describes it can't be used.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

impl HttpClient {
    /// A client with what `describe` adds, who is asked again whenever the connections that there are have to be given up.
    ///
    /// # Errors
    ///
    /// [`HttpClientError`].
    pub fn new(
        connections: Connections,
        tls: &TlsFiles,
        describe: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Result<Self, HttpClientError> {
        let tls = tls.config()?;
        let make = move || {
            let builder = Client::builder().redirect(Policy::none()).no_proxy();
            let builder = builder.tls_backend_preconfigured(tls.clone()).pool_idle_timeout(connections.idle);
            let builder = builder.tcp_keepalive(connections.keepalive).tcp_keepalive_interval(BETWEEN_PROBES);
            let builder = builder.tcp_keepalive_retries(PROBES).connector_layer(watch::layer());
            // It would keep a copy of each request for what only HTTP/2 does.
            let builder = builder.retry(retry::never().max_retries_per_request(0));
            describe(builder).build()
        };
        let current = RwLock::new(Generation { number: 0, client: make()? });
        Ok(Self { make: Box::new(make), current })
    }

    /// Sends what `request` makes, once or twice, and waits for the head of the answer. How long over a new connection is for
    /// the caller to say.
    ///
    /// # Errors
    ///
    /// [`SendError`].
    pub async fn send(
        &self,
        patience: Patience,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Response, SendError> {
        let request = |client: &Client| on_behalf(request(client));
        let Generation { number, client } = self.current();
        let mut first = watch::Watched::new(request(&client).send());
        if let Ok(answer) = timeout(patience.answer, &mut first.answer).await {
            return Ok(answer?);
        }
        if first.is_over_new_connection() {
            return Ok(first.answer.await?);
        }
        self.give_up(number);
        if !patience.repeats {
            let rest = patience.whole.saturating_sub(patience.answer);
            return Ok(timeout(rest, first.answer).await.map_err(|_| SendError::Kept)??);
        }
        drop(first);
        Ok(request(&self.current().client).send().await?)
    }

    fn current(&self) -> Generation {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps no connection of that generation. Requests that are under way go on.
    fn give_up(&self, number: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.number != number {
            return;
        }
        match (self.make)() {
            Ok(client) => {
                *current = Generation { number: number + 1, client };
                tracing::info!(
                    "there is no answer over a connection that was kept; all of them are given up"
                );
            }
            Err(error) => tracing::warn!("connections that were kept can't be given up: {error}"),
        }
    }
}

/// Names the call that the current task works for, where there is one.
fn on_behalf(request: RequestBuilder) -> RequestBuilder {
    let Some(call) = CallContext::current() else { return request };
    let request = request.header("x-request-id", call.request_id());
    match call.traceparent() {
        Some(traceparent) => request.header("traceparent", traceparent.as_str()),
        None => request,
    }
}
