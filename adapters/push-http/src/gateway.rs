use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{MessageId, OrganizationId, UserId};
use data_adapter_http_client::{Connections, HttpClient, HttpClientError, Patience, TlsFiles};
use data_adapter_sca::{GatewayError, PushGateway, PushMessage};
use minijinja::{AutoEscape, Environment, context};
use reqwest::Url;
use reqwest::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    TRANSFER_ENCODING,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use crate::settings::{HttpPushSettings, PushSettingsError};

/// The name of the template.
const BODY: &str = "body";
/// What it has to name.
const NEEDED: [&str; 3] = ["message_id", "user_id", "text"];
/// All that it may name.
const NAMES: [&str; 5] = ["message_id", "user_id", "organization_id", "title", "text"];

/// A provider that is called over HTTP. Its connections are kept and used again.
pub struct HttpPushGateway {
    http: HttpClient,
    url: Url,
    headers: HeaderMap,
    templates: Environment<'static>,
    is_json: bool,
    success: Vec<u16>,
    deadline: Duration,
}

impl HttpPushGateway {
    /// Makes ready to call a provider, which may be down now.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why. A template that can't be filled in is found here.
    pub fn new(settings: HttpPushSettings) -> Result<Self, PushSettingsError> {
        let HttpPushSettings { url, token, headers, content_type, body, success, timeout_ms, .. } = settings;
        let HttpPushSettings { ca_file, client_certificate_file, client_key_file, .. } = settings;
        let tls = TlsFiles { ca_file, client_certificate_file, client_key_file };
        if timeout_ms == 0 {
            return Err(PushSettingsError::new("timeout_ms", "has to be more than 0"));
        }
        let http =
            HttpClient::new(Connections::default(), &tls, |client| client).map_err(|error| match error {
                HttpClientError::Tls(error) => PushSettingsError::new(error.key, error.why),
                HttpClientError::Client(error) => {
                    PushSettingsError::new("url", format!("can't be called: {error}"))
                }
            })?;
        let gateway = Self {
            http,
            url: service(&url)?,
            is_json: content_type.split(';').next().is_some_and(|kind| kind.trim().ends_with("json")),
            headers: headers_of(token.as_ref(), &content_type, &headers)?,
            templates: templates(body)?,
            success,
            deadline: Duration::from_millis(timeout_ms),
        };
        gateway.body(&example()).map_err(|why| PushSettingsError::new("body", why))?;
        Ok(gateway)
    }

    /// The body of a call, or why there is none.
    fn body(&self, push: &PushMessage) -> Result<String, String> {
        let template = self.templates.get_template(BODY).map_err(|error| error.to_string())?;
        let names = context! {
            message_id => push.message.as_str(),
            user_id => push.user.as_str(),
            organization_id => push.organization.as_ref().map(OrganizationId::as_str),
            title => &push.title,
            text => &push.text,
        };
        let body = template.render(names).map_err(|error| format!("can't be filled in: {error}"))?;
        if self.is_json && serde_json::from_str::<serde_json::Value>(&body).is_err() {
            return Err(
                "does not make JSON: `| tojson` writes a value with what it needs around it".to_owned()
            );
        }
        Ok(body)
    }

    fn is_taken(&self, status: u16) -> bool {
        if self.success.is_empty() { (200..300).contains(&status) } else { self.success.contains(&status) }
    }
}

/// What is said by the connection, the body or a setting of its own.
const OURS: [HeaderName; 8] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    HOST,
    TRANSFER_ENCODING,
    CONNECTION,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
];

/// Where secrets may go: by TLS, or on this machine.
fn service(url: &str) -> Result<Url, PushSettingsError> {
    let refuse = |why: &str| Err(PushSettingsError::new("url", why));
    let Ok(parsed) = Url::parse(url) else {
        return refuse("is not a URL that begins with https:// or http://");
    };
    if !parsed.username().is_empty() || parsed.password().is_some() || parsed.query().is_some() {
        return refuse("has credentials or a query in it, which `config show` would print; use `token`");
    }
    match (parsed.scheme(), parsed.host_str()) {
        ("https", Some(_)) | ("http", Some("localhost" | "127.0.0.1" | "[::1]")) => Ok(parsed),
        ("http", Some(_)) => refuse("has to begin with https:// on another machine than this one"),
        _ => refuse("is not a URL that begins with https:// or http://"),
    }
}

fn headers_of<'a>(
    token: Option<&SecretString>,
    content_type: &str,
    more: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<HeaderMap, PushSettingsError> {
    let mut headers = HeaderMap::new();
    for (name, value) in more {
        let name: HeaderName = name.parse().map_err(|_| {
            PushSettingsError::new("headers", format!("has `{name}`, which is no name of a header"))
        })?;
        if OURS.contains(&name) {
            return Err(PushSettingsError::new(
                "headers",
                format!("has `{name}`, which is not for it to say"),
            ));
        }
        let value = value.parse().map_err(|_| {
            PushSettingsError::new("headers", format!("has a value of `{name}` that no header can carry"))
        })?;
        headers.insert(name, value);
    }
    let content_type = content_type
        .parse()
        .map_err(|_| PushSettingsError::new("content_type", "can't be carried by a header"))?;
    headers.insert(CONTENT_TYPE, content_type);
    if let Some(token) = token {
        let mut bearer: HeaderValue = format!("Bearer {}", token.expose_secret())
            .parse()
            .map_err(|_| PushSettingsError::new("token", "has to be visible ASCII characters"))?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    Ok(headers)
}

fn templates(body: String) -> Result<Environment<'static>, PushSettingsError> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::None);
    templates
        .add_template_owned(BODY, body)
        .map_err(|error| PushSettingsError::new("body", format!("is no template: {error}")))?;
    let used = templates.get_template(BODY).map(|body| body.undeclared_variables(false)).unwrap_or_default();
    if let Some(name) = used.iter().find(|name| !NAMES.contains(&name.as_str())) {
        let why = format!("names `{name}`; there are only: {}", NAMES.join(", "));
        return Err(PushSettingsError::new("body", why));
    }
    // Without the id nobody could say what was decided, and without the text nobody would know what (RTS on SCA, Art. 5).
    match NEEDED.iter().find(|name| !used.contains(**name)) {
        Some(name) => Err(PushSettingsError::new("body", format!("does not name `{name}`"))),
        None => Ok(templates),
    }
}

/// What a template is tried with: values that break what is written around them without a filter.
fn example() -> PushMessage {
    let text = "a \"text\" with \\ and\na line break".to_owned();
    PushMessage {
        message: MessageId::new("018f4e6e-0000-7000-8000-000000000000"),
        user: UserId::new("user \"1\""),
        organization: None,
        title: text.clone(),
        text,
    }
}

#[async_trait]
impl PushGateway for HttpPushGateway {
    /// Never called twice: a person would be asked twice.
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError> {
        let body = self.body(push).map_err(|why| GatewayError::Refused(format!("the body {why}")))?;
        let patience = Patience { answer: self.deadline, repeats: false, whole: self.deadline };
        let request = |client: &reqwest::Client| {
            client.post(self.url.clone()).headers(self.headers.clone()).body(body.clone())
        };
        let answer = timeout(self.deadline, self.http.send(patience, request)).await;
        let answer = answer
            .map_err(|_| GatewayError::Unknown("the provider did not answer in time".to_owned()))?
            // The text of an error of reqwest has the URL, which may have a secret of the provider's in it.
            .map_err(|_| {
                GatewayError::Unknown("the provider can't be reached, or the connection broke".to_owned())
            })?;
        let status = answer.status().as_u16();
        if self.is_taken(status) {
            Ok(())
        } else {
            Err(GatewayError::Refused(format!("the provider answered with the status {status}")))
        }
    }
}
