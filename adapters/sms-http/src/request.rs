use data_adapter_core::{MessageId, OperationId, OperationName, PhoneNumber, UserId};
use data_adapter_http_call::{Credentials, SettingError, Template, header_name, header_value};
use data_adapter_sca::SmsMessage;
use minijinja::Value;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};
use secrecy::SecretString;

use crate::content::{Content, Filled};
use crate::own::{NAMES, Own};
use crate::settings::{Form, HttpSmsSettings, RequestSettings};

/// What templates have to name, one of each: a message without it is none.
const NEEDED: [&[&str]; 2] = [&["number", "digits"], &["text"]];
const HEADERS: &str = "request.headers";

/// Makes the calls of a gateway.
pub(crate) struct Requests {
    method: Method,
    url: Url,
    headers: HeaderMap,
    more_headers: Vec<(HeaderName, Template)>,
    idempotency: Option<HeaderName>,
    content: Content,
    own: Own,
}

/// A call that is ready to be made, as often as it has to be. It has no `Debug`: number and code are in it.
pub(crate) struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<String>,
}

impl Request {
    pub(crate) fn builder(&self, client: &Client) -> RequestBuilder {
        let builder = client.request(self.method.clone(), self.url.clone()).headers(self.headers.clone());
        self.body.iter().cloned().fold(builder, RequestBuilder::body)
    }
}

impl Requests {
    /// Makes calls by these settings, which are filled, and tells the gateway `receipt_url`.
    pub(crate) fn new(
        settings: &HttpSmsSettings,
        receipt_url: Option<SecretString>,
    ) -> Result<Self, SettingError> {
        let form = settings.request.form.unwrap_or(Form::Json);
        let own = Own::of(settings, receipt_url);
        let more_headers = settings.request.headers.iter().map(|(name, value)| {
            Ok((header_name(HEADERS, name)?, Template::new(HEADERS, value.clone(), &NAMES)?))
        });
        let mut requests = Self {
            method: read_method(settings.request.method.as_deref().unwrap_or("POST"), form)?,
            url: own.url(settings.url.as_deref())?,
            headers: content_type(&settings.request, form)?,
            more_headers: more_headers.collect::<Result<_, SettingError>>()?,
            idempotency: idempotency(&settings.request)?,
            content: Content::new(&settings.request, form)?,
            own,
        };
        let credentials = requests.credentials(settings)?.header()?;
        requests.headers.extend(credentials.map(|value| (AUTHORIZATION, value)));
        requests.try_out()?;
        Ok(requests)
    }

    /// Those for the header. What a template names is sent where it says, and nowhere else.
    fn credentials(&self, settings: &HttpSmsSettings) -> Result<Credentials, SettingError> {
        if self.uses("password") || self.uses("token") {
            return Ok(Credentials::None);
        }
        let HttpSmsSettings { username, password, token, token_scheme, .. } = settings;
        let scheme = token_scheme.as_deref().unwrap_or("Bearer");
        Credentials::of(username.clone(), password.clone(), token.clone(), scheme)
    }

    /// Whether a template names `name`.
    fn uses(&self, name: &str) -> bool {
        self.content.uses(name) || self.more_headers.iter().any(|(_, template)| template.uses(name))
    }

    /// Whether the gateway is told an id of ours, which its receipts name.
    pub(crate) fn tells_reference(&self) -> bool {
        self.uses("reference")
    }

    /// Whether the gateway tells a repeated call.
    pub(crate) fn can_repeat(&self) -> bool {
        self.idempotency.is_some()
    }

    /// The call for a message, with an id that no other call has.
    ///
    /// # Errors
    ///
    /// Why there is none, without anything of the message.
    pub(crate) fn make(&self, message: &SmsMessage, reference: &str) -> Result<Request, String> {
        let values = self.own.values(message, reference);
        let mut headers = self.headers_of(&values, Template::render)?;
        if let Some(name) = &self.idempotency {
            let key = reference.parse().map_err(|_| "has a key that no header can carry".to_owned())?;
            headers.insert(name.clone(), key);
        }
        let (mut url, mut body) = (self.url.clone(), None);
        match self.content.fill(&values, Template::render)? {
            Filled::Body(filled) => body = Some(filled),
            Filled::Query(query) => url.set_query(Some(&query)),
        }
        Ok(Request { method: self.method.clone(), url, headers, body })
    }

    fn headers_of(
        &self,
        values: &Value,
        fill: impl Fn(&Template, &Value) -> Result<String, String>,
    ) -> Result<HeaderMap, String> {
        let mut headers = self.headers.clone();
        for (name, template) in &self.more_headers {
            let value: Result<HeaderValue, _> = fill(template, values)?.trim().parse();
            let mut value =
                value.map_err(|_| format!("makes a value of the header `{name}` that none can carry"))?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }

    /// Fills everything in with values that break what is written around them without a filter.
    fn try_out(&self) -> Result<(), SettingError> {
        let key = self.content.key();
        if let Some(missing) = NEEDED.iter().find(|names| !names.iter().any(|name| self.uses(name))) {
            return Err(SettingError::new(key, format!("does not name `{}`", missing.join("` or `"))));
        }
        for sender in [None, Some("Bank \"1\"".to_owned())] {
            let values = self.own.values(&example(sender), "reference");
            let headers = self.headers_of(&values, Template::try_out);
            headers.map_err(|why| SettingError::new(HEADERS, why))?;
            self.content.fill(&values, Template::try_out).map_err(|why| SettingError::new(key, why))?;
        }
        Ok(())
    }
}

fn example(sender: Option<String>) -> SmsMessage {
    SmsMessage {
        message: MessageId::new("018f4e6e-0000-7000-8000-000000000000"),
        operation: OperationId::new("operation"),
        name: OperationName::new("login"),
        user: UserId::new("user"),
        organization: None,
        to: PhoneNumber::new("+420777123456"),
        sender,
        text: "a \"text\" with \\, & and\na line break".into(),
    }
}

fn read_method(method: &str, form: Form) -> Result<Method, SettingError> {
    let refuse = |why: &str| Err(SettingError::new("request.method", why));
    match (method, form) {
        ("POST", _) => Ok(Method::POST),
        ("PUT", _) => Ok(Method::PUT),
        ("GET", Form::Query) => Ok(Method::GET),
        ("GET", _) => refuse("is GET, which has no body: `request.form` has to be `query`"),
        _ => refuse("has to be POST, PUT or GET"),
    }
}

fn content_type(settings: &RequestSettings, form: Form) -> Result<HeaderMap, SettingError> {
    let usual = match form {
        Form::Json => Some("application/json"),
        Form::Text => Some("text/plain; charset=utf-8"),
        Form::Form => Some("application/x-www-form-urlencoded"),
        Form::Query => None,
    };
    let kind = settings.content_type.as_deref().or(usual);
    let value = kind.map(|kind| header_value("request.content_type", "content-type", kind)).transpose()?;
    Ok(value.into_iter().map(|value| (CONTENT_TYPE, value)).collect())
}

fn idempotency(settings: &RequestSettings) -> Result<Option<HeaderName>, SettingError> {
    let name = settings.idempotency_header.as_deref().filter(|name| !name.is_empty());
    name.map(|name| header_name("request.idempotency_header", name)).transpose()
}
