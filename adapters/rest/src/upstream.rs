use std::error::Error as _;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_core::{AdapterError, Step, Subject};
use data_adapter_http_client::{Connections, HttpClient, HttpClientError, Patience, SendError, TlsError};
use data_adapter_protocol::json::Object;
use data_adapter_protocol::web_flow::{Dialect, ObjectRequest};
use data_adapter_reach::{refused_certificate, steps_to};
use data_adapter_shares::{Shares, Sizes};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, Proxy, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::answer::Answer;
use crate::endpoint::{Endpoint, Repeat};
use crate::refusal::{Refusal, ascii};
use crate::settings::{RestError, RestSettings};

/// The system behind, over HTTP/1.1.
pub(crate) struct Upstream {
    http: HttpClient,
    base: Url,
    /// A connection carries one request at a time.
    connections: Shares,
    settings: RestSettings,
}

/// A request to the system behind.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) dialect: Dialect,
    /// `None` for a GET.
    pub(crate) body: Option<&'a [u8]>,
    /// The secrets in the body, so that none of them comes back in an error.
    pub(crate) secrets: &'a [&'a SecretString],
}

/// A request without an answer.
struct Lost {
    why: String,
    repeat: Repeat,
    /// Whether it was lost over a connection that was kept, which says nothing about the system.
    is_kept: bool,
}

impl Upstream {
    pub(crate) fn new(settings: &RestSettings) -> Result<Self, RestError> {
        settings.check()?;
        let base = settings.base()?;
        Ok(Self {
            http: client(settings)?,
            base,
            connections: Shares::new(Sizes::of(settings.max_connections)),
            settings: settings.clone(),
        })
    }

    /// Which Web Flow the system behind was made for.
    pub(crate) fn dialect(&self) -> Dialect {
        self.settings.dialect
    }

    /// Asks and reads the answer.
    pub(crate) async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        request: Q,
        secrets: &[&SecretString],
    ) -> Result<A, Refusal> {
        let body = written(endpoint, request)?;
        let call = self.call(endpoint, Some(&body), secrets);
        self.send(call).await?.object(call)
    }

    /// Asks and reads the answer; `None` when there is nothing in it.
    pub(crate) async fn ask_optional<Q: Serialize, A: DeserializeOwned>(
        &self,
        endpoint: Endpoint,
        request: Q,
    ) -> Result<Option<A>, Refusal> {
        let body = written(endpoint, request)?;
        let call = self.call(endpoint, Some(&body), &[]);
        self.send(call).await?.optional_object(call)
    }

    /// Tells something; the answer has nothing to read.
    pub(crate) async fn tell<Q: Serialize>(&self, endpoint: Endpoint, request: Q) -> Result<(), Refusal> {
        let body = written(endpoint, request)?;
        let call = self.call(endpoint, Some(&body), &[]);
        self.send(call).await?.acknowledged(call)
    }

    /// What it takes to connect, to the proxy where there is one.
    pub(crate) async fn steps(&self) -> Vec<Step> {
        let proxy = self.settings.proxy_url().ok().flatten();
        let url = proxy.as_ref().unwrap_or(&self.base);
        let (host, port) =
            (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
        steps_to(host, port, Duration::from_millis(self.settings.connect_timeout_ms)).await
    }

    /// Asks how it is.
    pub(crate) async fn status(&self) -> Result<(), Refusal> {
        let call = self.call(Endpoint::Status, None, &[]);
        self.send(call).await?.acknowledged(call)
    }

    /// Gives `work`, whatever is asked in it, no more time than `endpoint` may take.
    pub(crate) async fn within<T>(
        &self,
        endpoint: Endpoint,
        work: impl Future<Output = Result<T, AdapterError>>,
    ) -> Result<T, AdapterError> {
        let deadline = self.settings.deadline(endpoint);
        timeout(deadline, work).await.unwrap_or_else(|_| {
            let why = format!("{endpoint}: no whole answer within {} ms", deadline.as_millis());
            Err(AdapterError::Remote(why))
        })
    }

    fn call<'a>(
        &self,
        endpoint: Endpoint,
        body: Option<&'a [u8]>,
        secrets: &'a [&'a SecretString],
    ) -> Call<'a> {
        Call { endpoint, dialect: self.dialect(), body, secrets }
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, AdapterError> {
        let endpoint = call.endpoint;
        let deadline = Instant::now() + self.settings.deadline(endpoint);
        let attempts = (|| self.attempt(call, deadline))
            .retry(backoff(self.settings.retries))
            .when(|lost| lost.may_be_repeated(endpoint))
            .notify(|lost, _| tracing::debug!(%endpoint, why = lost.why, "the system behind is asked again"));
        let answer = async { attempts.await.map_err(|lost| lost.error(endpoint)) };
        self.within(endpoint, answer).await
    }

    async fn attempt(&self, call: Call<'_>, deadline: Instant) -> Result<Answer, Lost> {
        let _connection = self
            .connections
            .acquire(Subject::current())
            .await
            .map_err(|refusal| Lost::new(refusal.to_string(), Repeat::Never))?;
        let patience = patience(call.endpoint, deadline.saturating_duration_since(Instant::now()));
        let response = self.http.send(patience, |http| self.request(http, call)).await.map_err(Lost::from)?;
        let answer = self.read(response).await?;
        if is_passing(answer.status) {
            return Err(Lost::new(answer.description(call.secrets), Repeat::Always));
        }
        Ok(answer)
    }

    fn request(&self, http: &Client, call: Call<'_>) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), call.endpoint.path()));
        match call.body {
            None => http.request(Method::GET, url),
            Some(body) => http.request(Method::POST, url).body(body.to_vec()),
        }
    }

    /// Never more than the limit, whatever is announced.
    async fn read(&self, mut response: Response) -> Result<Answer, Lost> {
        let max = self.settings.max_answer_bytes;
        let too_long = || Lost::new(format!("the answer has more than {max} bytes"), Repeat::Never);
        if response.content_length().is_some_and(|length| length > max as u64) {
            return Err(too_long());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Lost::from)? {
            if body.len() + chunk.len() > max {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status: response.status(), is_json: is_json(response.headers()), body })
    }
}

fn written<Q: Serialize>(endpoint: Endpoint, request: Q) -> Result<Vec<u8>, AdapterError> {
    serde_json::to_vec(&ObjectRequest { request_object: Object(request) })
        .map_err(|_| AdapterError::Internal(format!("the request to {endpoint} can't be written")))
}

fn client(settings: &RestSettings) -> Result<HttpClient, RestError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(authorization(settings)?.map(|value| (AUTHORIZATION, value)));
    let proxy = settings.proxy_url()?.map(Proxy::all).transpose();
    let proxy = proxy.map_err(|_| RestError::new("proxy", "can't be used as a proxy"))?;
    let connect_timeout = Duration::from_millis(settings.connect_timeout_ms);
    let max_connections = settings.max_connections;
    let describe = move |builder: ClientBuilder| {
        let builder = builder
            .user_agent(concat!("data-adapter/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers.clone())
            .http1_only()
            .connect_timeout(connect_timeout)
            .pool_max_idle_per_host(max_connections);
        proxy.iter().cloned().fold(builder, ClientBuilder::proxy)
    };
    let connections = Connections {
        idle: Duration::from_secs(settings.idle_seconds),
        keepalive: Duration::from_secs(settings.keepalive_seconds),
    };
    HttpClient::new(connections, &settings.tls(), describe).map_err(|error| match error {
        HttpClientError::Tls(TlsError { key, why }) => RestError::new(key, why),
        HttpClientError::Client(error) => {
            RestError::new("url", format!("can't be called: {}", chain(&error)))
        }
    })
}

/// How long an answer over a connection that was kept is waited for, of the time that is left: as much has to be there for
/// the second time. Who asks for the status wants to know it soon.
fn patience(endpoint: Endpoint, left: Duration) -> Patience {
    const STATUS: Duration = Duration::from_millis(250);
    let half = left / 2;
    match endpoint.repeat() {
        Repeat::Never => Patience { answer: half.min(STATUS), repeats: true, whole: left },
        Repeat::Always => Patience { answer: half, repeats: true, whole: left },
        // Sooner than all that is asked within the same time is over, which could not tell why.
        Repeat::Unsent => Patience { answer: half, repeats: false, whole: left - left / 16 },
    }
}

/// The credentials as a header that no `Debug` shows; `None` without credentials.
fn authorization(settings: &RestSettings) -> Result<Option<HeaderValue>, RestError> {
    let (key, text) = match (&settings.username, &settings.password, &settings.token) {
        (None, None, None) => return Ok(None),
        (None, None, Some(token)) => ("token", format!("Bearer {}", token.expose_secret())),
        (Some(name), Some(password), None) => {
            if name.contains(':') {
                return Err(RestError::new("username", "has a colon in it, which HTTP Basic can't carry"));
            }
            ("password", format!("Basic {}", STANDARD.encode(format!("{name}:{}", password.expose_secret()))))
        }
        (Some(_), None, None) => return Err(RestError::new("password", "is missing beside `username`")),
        (None, Some(_), None) => return Err(RestError::new("username", "is missing beside `password`")),
        (_, _, Some(_)) => {
            return Err(RestError::new(
                "token",
                "is set beside `username` or `password`; keep one of the two",
            ));
        }
    };
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| RestError::new(key, "has characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// From 50 ms on, doubled each time up to 1 s, with as much again by chance, so that callers do not come back together.
fn backoff(retries: usize) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(1))
        .with_max_times(retries)
        .with_jitter()
}

/// What a proxy or a system that restarts says: the next moment may be better.
fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

impl Lost {
    fn new(why: String, repeat: Repeat) -> Self {
        Self { why, repeat, is_kept: false }
    }

    /// What is not even sent is so for everybody.
    fn error(self, endpoint: Endpoint) -> AdapterError {
        let why = format!("{endpoint}: {}", self.why);
        if self.is_kept {
            return AdapterError::Unanswerable(why);
        }
        if self.repeat == Repeat::Unsent { AdapterError::Unreachable(why) } else { AdapterError::Remote(why) }
    }

    fn may_be_repeated(&self, endpoint: Endpoint) -> bool {
        match (endpoint.repeat(), self.repeat) {
            (Repeat::Never, _) | (_, Repeat::Never) => false,
            (Repeat::Always, _) => true,
            (Repeat::Unsent, cause) => cause == Repeat::Unsent,
        }
    }
}

impl From<reqwest::Error> for Lost {
    /// Without a connection nothing was sent. Anything later may have arrived.
    fn from(error: reqwest::Error) -> Self {
        let repeat = if error.is_connect() { Repeat::Unsent } else { Repeat::Always };
        Self::new(chain(&error.without_url()), repeat)
    }
}

impl From<SendError> for Lost {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Kept => Self { why: error.to_string(), repeat: Repeat::Always, is_kept: true },
            SendError::Http(error) => error.into(),
        }
    }
}

/// An error and what it came from.
fn chain(error: &reqwest::Error) -> String {
    if let Some(why) = refused_certificate(error) {
        return ascii(&why);
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    ascii(&text)
}
