//! Asks a service that speaks JSON over HTTP, for back ends that have one behind them: what each of them would have to get
//! right, once.
//!
//! - An answer that is late, too long, of another status or of another shape is [`AdapterError::Remote`]. Without a
//!   connection it is [`AdapterError::Unreachable`]; a 400, 409, 410 or 422, which finds fault with what is asked, is
//!   [`AdapterError::Unanswerable`], and so is a `POST` without an answer over a connection that was kept, which may be dead.
//! - What stands for an id in a path reaches that id or nothing: `../admin` is no way to another path.
//! - The token is shown to the service and to nobody else: by `https://` or on this machine only, and never by `Debug`.
//! - A `GET` without an answer over a connection that was kept is sent once more over a new one: something on the way may have
//!   dropped the first without a word.
//! - A request names the call that it is sent for, by `x-request-id` and `traceparent`.
//! - The service may have a certificate of an authority of its own, and may want to be shown one ([`TlsFiles`]).
//! - Redirects are not followed, and what the environment says of proxies does not count.

mod answer;
mod path;

use std::time::Duration;

use data_adapter_core::AdapterError;
pub use data_adapter_http_client::{Connections, TlsError, TlsFiles};
use data_adapter_http_client::{HttpClient, HttpClientError, Patience};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::time::timeout;

use answer::{Fault, read, unanswered};
use path::below;

/// A service that speaks JSON. Its connections are kept and used again.
pub struct JsonClient {
    http: HttpClient,
    base: Url,
    token: SecretString,
    deadline: Duration,
}

/// Why a service can't be asked at all, in words for operators: `url`, `token` and `timeout_ms` are the keys that they know.
#[derive(Debug, Error)]
pub enum JsonClientError {
    /// The text is no URL of a service.
    #[error("`url` is not a URL that begins with https:// or http://")]
    NotUrl,
    /// It is `http://` on another machine.
    #[error("`url` has to begin with https:// on another machine than this one: secrets go there")]
    ClearText,
    /// The token is empty, or has characters that no header can carry.
    #[error("`token` has to be visible ASCII characters")]
    Token,
    /// No answer would come in time.
    #[error("`timeout_ms` has to be more than 0")]
    NoTime,
    /// A file of [`TlsFiles`] can't be used; their members are keys too.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// There can be no client, for a reason that none of the settings has.
    #[error("`url` can't be asked: {0}")]
    Client(String),
}

impl JsonClient {
    /// Makes ready to ask the service at `url`, which may be down now. Each request carries `token` as a bearer token, and
    /// has its whole answer within `deadline`, also when it is sent twice.
    ///
    /// # Errors
    ///
    /// [`JsonClientError`], without the token.
    pub fn new(
        url: &str,
        token: SecretString,
        deadline: Duration,
        connections: Connections,
        tls: &TlsFiles,
    ) -> Result<Self, JsonClientError> {
        let base = Url::parse(url).map_err(|_| JsonClientError::NotUrl)?;
        match (base.scheme(), base.host_str()) {
            ("https", Some(_)) | ("http", Some("localhost" | "127.0.0.1" | "[::1]")) => {}
            ("http", Some(_)) => return Err(JsonClientError::ClearText),
            _ => return Err(JsonClientError::NotUrl),
        }
        let shown = token.expose_secret();
        if shown.is_empty() || !shown.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(JsonClientError::Token);
        }
        if deadline.is_zero() {
            return Err(JsonClientError::NoTime);
        }
        let http = HttpClient::new(connections, tls, |builder| builder).map_err(|error| match error {
            HttpClientError::Tls(error) => JsonClientError::Tls(error),
            HttpClientError::Client(error) => JsonClientError::Client(error.to_string()),
        })?;
        Ok(Self { http, base, token, deadline })
    }

    /// What is at a path below the URL of the service; `None` when there is nothing, which it says by a 404.
    ///
    /// # Errors
    ///
    /// As above, for every other answer than a 200 with the JSON of a `T`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Option<T>, AdapterError> {
        match below(&self.base, path) {
            Some(url) => self.send(true, |http| http.get(url.clone()).query(query)).await,
            None => Ok(None),
        }
    }

    /// Sends `body` to a path below the URL of the service: for what changes something, and for secrets, which belong into no
    /// URL.
    ///
    /// # Errors
    ///
    /// As above, for every other answer than a 200 with the JSON of a `T`, a 404 included.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl Serialize + Sync),
    ) -> Result<T, AdapterError> {
        let answer = match below(&self.base, path) {
            Some(url) => self.send(false, |http| http.post(url.clone()).json(body)).await?,
            None => None,
        };
        answer.ok_or_else(|| AdapterError::Remote(self.named("there is nothing to send this to")))
    }

    async fn send<T: DeserializeOwned>(
        &self,
        repeats: bool,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Option<T>, AdapterError> {
        // As much is left for the second time.
        let whole = self.deadline - self.deadline / 16;
        let patience = Patience { answer: self.deadline / 2, repeats, whole };
        let request = |http: &Client| request(http).bearer_auth(self.token.expose_secret());
        let answer = async { read(self.http.send(patience, request).await.map_err(unanswered)?).await };
        let answer = timeout(self.deadline, answer).await;
        let late = format!("it timed out after {:?} without a whole answer", self.deadline);
        let answer = answer.unwrap_or_else(|_| Err(Fault::unclear(late)));
        answer.map_err(|Fault { kind, why }| kind(self.named(&why)))
    }

    /// Names the service, but not the path: it may name a user.
    fn named(&self, why: &str) -> String {
        format!("{}: {why}", self.base.host_str().unwrap_or_default())
    }
}
