use std::error::Error as _;
use std::path::PathBuf;
use std::time::Duration;

use data_adapter_http_client::{Connections, HttpClient, HttpClientError, Patience, SendError, TlsFiles};
use data_adapter_reach::{refused_by_server, refused_certificate};
use reqwest::{Client, ClientBuilder, Proxy, RequestBuilder, Response};
use secrecy::SecretString;
use tokio::time::timeout;

use crate::setting::SettingError;
use crate::url::proxy_url;

/// How a provider is reached. The names are those of settings.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The authorities that certificates of the provider are checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
    /// The URL of an HTTP proxy, with its credentials if it wants some; `None` for none, whatever the environment says.
    pub proxy: Option<SecretString>,
    /// How long it may take to connect, TLS included; `None` for as long as the whole call may take.
    pub timeout: Option<Duration>,
}

/// Makes calls. Connections are kept and used again.
pub struct CallClient {
    http: HttpClient,
}

/// Why a call has no whole answer, in words for the log that have neither the URL nor anything of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// There was no connection to send it over: it never left.
    Unsent(String),
    /// It left, or may have, and nobody knows what became of it.
    Unclear(String),
}

impl CallClient {
    /// Makes ready to call a provider, which may be down now.
    ///
    /// # Errors
    ///
    /// Which setting can't be used.
    pub fn new(connection: &Connection) -> Result<Self, SettingError> {
        let proxy = connection.proxy.as_ref().map(|url| proxy_url("proxy", url)).transpose()?;
        let proxy = proxy.map(Proxy::all).transpose();
        let proxy = proxy.map_err(|_| SettingError::new("proxy", "can't be used as a proxy"))?;
        let connect = connection.timeout;
        let describe = move |builder: ClientBuilder| {
            let builder =
                builder.user_agent(concat!("data-adapter/", env!("CARGO_PKG_VERSION"))).http1_only();
            let builder = connect.into_iter().fold(builder, ClientBuilder::connect_timeout);
            proxy.iter().cloned().fold(builder, ClientBuilder::proxy)
        };
        let tls = TlsFiles {
            ca_file: connection.ca_file.clone(),
            client_certificate_file: connection.client_certificate_file.clone(),
            client_key_file: connection.client_key_file.clone(),
        };
        let http = HttpClient::new(Connections::default(), &tls, describe).map_err(|error| match error {
            HttpClientError::Tls(error) => SettingError::new(error.key, error.why),
            HttpClientError::Client(error) => {
                SettingError::new("url", format!("can't be called: {}", error.without_url()))
            }
        })?;
        Ok(Self { http })
    }

    /// Makes the call that `request` describes, once, and waits for the head of the answer until `deadline` is over.
    ///
    /// # Errors
    ///
    /// [`Lost`].
    pub async fn call(
        &self,
        deadline: Duration,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Response, Lost> {
        let patience = Patience { answer: deadline, repeats: false, whole: deadline };
        let answer = timeout(deadline, self.http.send(patience, request)).await;
        let late = |_| Lost::Unclear("there was no answer in time".to_owned());
        answer.map_err(late)?.map_err(|error| match error {
            SendError::Kept => Lost::Unclear(error.to_string()),
            SendError::Http(error) => error.into(),
        })
    }

    /// The body of an answer.
    ///
    /// # Errors
    ///
    /// [`Lost::Unclear`] when it has more than `max` bytes, of which no more is read, or breaks off.
    pub async fn body(mut response: Response, max: usize) -> Result<Vec<u8>, Lost> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Lost::Unclear(reason(error)))? {
            if body.len() + chunk.len() > max {
                return Err(Lost::Unclear(format!("the answer has more than {max} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Lost {
    /// What happened.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Unsent(why) | Self::Unclear(why) => why,
        }
    }
}

impl From<reqwest::Error> for Lost {
    /// Without a connection nothing was sent. Nor was anything taken by a server that refuses the certificate that it is shown: by
    /// TLS 1.3 that comes when the handshake is over on this side.
    fn from(error: reqwest::Error) -> Self {
        let is_unsent = error.is_connect() || refused_by_server(&error);
        let why = reason(error);
        if is_unsent { Self::Unsent(why) } else { Self::Unclear(why) }
    }
}

/// An error and what it came from, without the URL.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    if let Some(why) = refused_certificate(&error) {
        return why;
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
