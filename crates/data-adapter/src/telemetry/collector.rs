use std::error::Error as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use tokio::runtime::Handle;

use crate::failure::Failure;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// The collector that spans are sent to.
#[derive(Debug)]
pub(super) struct Collector {
    http: Client,
    url: Url,
    /// The thread that exports has none of its own.
    runtime: Handle,
    /// Why the last request had no answer.
    last_error: Mutex<Option<String>>,
}

impl Collector {
    /// Makes ready to send, on the runtime that runs now. `auth` goes with every request.
    pub(super) fn new(
        url: Url,
        timeout: Duration,
        auth: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Self, Failure> {
        // It fails when there is one already, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let headers: HeaderMap = auth.into_iter().collect();
        let http = Client::builder()
            .user_agent(concat!("data-adapter/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .timeout(timeout)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| Failure::Failed(format!("traces can't be exported: {error}")))?;
        Ok(Self { http, url, runtime: Handle::current(), last_error: Mutex::default() })
    }

    /// Why the last request had no answer; `None` when it had one.
    pub(super) fn last_error(&self) -> Option<String> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl HttpClient for Collector {
    /// Takes no more than the body from the exporter: its headers come from the environment as well.
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = self.http.post(self.url.clone()).body(request.into_body());
        let request = request.header(CONTENT_TYPE, "application/x-protobuf");
        let answer = match self.runtime.spawn(answer(request)).await {
            Ok(answer) => answer.map_err(lost),
            Err(error) => Err(error.to_string()),
        };
        let error = answer.as_ref().err().cloned();
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
        answer.map_err(Into::into)
    }
}

/// Never more than the limit; what is cut off there tells nothing that is acted on.
async fn answer(request: RequestBuilder) -> reqwest::Result<Response<Bytes>> {
    let mut response = request.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await?.filter(|_| body.len() < LONGEST) {
        body.extend_from_slice(&chunk);
    }
    let mut answer = Response::new(body.into());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    Ok(answer)
}

/// An error and what it came from, without the URL.
fn lost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
