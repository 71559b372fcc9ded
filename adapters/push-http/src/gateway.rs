use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{MessageId, OrganizationId, UserId};
use data_adapter_http_call::{
    CallClient, Connection, Credentials, Lost, SettingError, Template, check_json, header_name, header_value,
    is_json, service_url,
};
use data_adapter_sca::{GatewayError, PushGateway, PushMessage};
use minijinja::{Value, context};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use secrecy::SecretString;

use crate::settings::HttpPushSettings;

/// What the template has to name.
const NEEDED: [&str; 3] = ["message_id", "user_id", "text"];
/// All that it may name.
const NAMES: [&str; 5] = ["message_id", "user_id", "organization_id", "title", "text"];

/// A provider that is called over HTTP. Its connections are kept and used again.
pub struct HttpPushGateway {
    http: CallClient,
    url: Url,
    headers: HeaderMap,
    body: Template,
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
    pub fn new(settings: HttpPushSettings) -> Result<Self, SettingError> {
        let HttpPushSettings { url, token, headers, content_type, body, success, timeout_ms, .. } = settings;
        let HttpPushSettings { ca_file, client_certificate_file, client_key_file, .. } = settings;
        if timeout_ms == 0 {
            return Err(SettingError::new("timeout_ms", "has to be more than 0"));
        }
        let connection =
            Connection { ca_file, client_certificate_file, client_key_file, ..Connection::default() };
        let gateway = Self {
            http: CallClient::new(&connection)?,
            url: service_url("url", &url)?,
            is_json: is_json(&content_type),
            headers: headers_of(token, &content_type, &headers)?,
            body: template(body)?,
            success,
            deadline: Duration::from_millis(timeout_ms),
        };
        let tried = gateway.body.try_out(&values(&example()));
        tried.and_then(|body| gateway.checked(body)).map_err(|why| SettingError::new("body", why))?;
        Ok(gateway)
    }

    /// The body of a call, or why there is none.
    fn body(&self, push: &PushMessage) -> Result<String, String> {
        self.checked(self.body.render(&values(push))?)
    }

    fn checked(&self, body: String) -> Result<String, String> {
        if self.is_json {
            check_json(&body)?;
        }
        Ok(body)
    }

    fn is_taken(&self, status: u16) -> bool {
        if self.success.is_empty() { (200..300).contains(&status) } else { self.success.contains(&status) }
    }
}

fn values(push: &PushMessage) -> Value {
    context! {
        message_id => push.message.as_str(),
        user_id => push.user.as_str(),
        organization_id => push.organization.as_ref().map(OrganizationId::as_str),
        title => &push.title,
        text => &push.text,
    }
}

fn headers_of<'a>(
    token: Option<SecretString>,
    content_type: &str,
    more: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<HeaderMap, SettingError> {
    let mut headers = HeaderMap::new();
    for (name, value) in more {
        headers.insert(header_name("headers", name)?, header_value("headers", name, value)?);
    }
    let content_type = content_type
        .parse()
        .map_err(|_| SettingError::new("content_type", "can't be carried by a header"))?;
    headers.insert(CONTENT_TYPE, content_type);
    let credentials = Credentials::of(None, None, token, "Bearer")?;
    headers.extend(credentials.header()?.map(|value| (AUTHORIZATION, value)));
    Ok(headers)
}

fn template(body: String) -> Result<Template, SettingError> {
    let template = Template::new("body", body, &NAMES)?;
    // Without the id nobody could say what was decided, and without the text nobody would know what (RTS on SCA, Art. 5).
    match NEEDED.iter().find(|name| !template.uses(name)) {
        Some(name) => Err(SettingError::new("body", format!("does not name `{name}`"))),
        None => Ok(template),
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
        let request = |client: &reqwest::Client| {
            client.post(self.url.clone()).headers(self.headers.clone()).body(body.clone())
        };
        let answer = self.http.call(self.deadline, request).await.map_err(|lost| match lost {
            Lost::Unsent(why) => GatewayError::Unavailable(why),
            Lost::Unclear(why) => GatewayError::Unknown(why),
        })?;
        let status = answer.status().as_u16();
        if self.is_taken(status) {
            Ok(())
        } else {
            Err(GatewayError::Refused(format!("the provider answered with the status {status}")))
        }
    }
}
