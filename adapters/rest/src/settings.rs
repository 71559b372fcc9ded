use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use data_adapter_http_client::TlsFiles;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_reach::is_loopback;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::endpoint::Endpoint;

/// How to reach the system behind. `docs/rest.md` has what each key is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestSettings {
    /// Where the API is, up to what comes before `/api/`.
    pub url: String,
    /// Which Web Flow the system behind was made for.
    #[serde(deserialize_with = "dialect")]
    pub dialect: Dialect,
    /// Whether `url` may be `http://` on another machine, where everybody in between reads passwords and codes.
    pub allow_clear_text: bool,
    /// The user name for HTTP Basic; `None` for none.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// A bearer token in place of both; `None` for none.
    pub token: Option<SecretString>,
    /// The authorities that the certificate behind is checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
    /// The URL of an HTTP proxy, with its credentials if it wants some; `None` for none, whatever the environment says.
    pub proxy: Option<SecretString>,
    /// The organization to name where the API needs one and the request has none; `None` for none.
    pub default_organization: Option<String>,
    /// How long a connection may take, in milliseconds.
    pub connect_timeout_ms: u64,
    /// How long an operation may take with all its repetitions, in milliseconds.
    pub timeout_ms: u64,
    /// The same for single operations.
    pub timeouts: Timeouts,
    /// How often a request is sent again where that does no harm.
    pub retries: usize,
    /// Connections at once; who comes later waits for one.
    pub max_connections: usize,
    /// How long a connection is kept that nobody uses, in seconds.
    pub idle_seconds: u64,
    /// After how long without a word the system probes whether the other side of a connection is there, in seconds.
    pub keepalive_seconds: u64,
    /// How many bytes an answer may have.
    pub max_answer_bytes: usize,
}

impl Default for RestSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            dialect: Dialect::default(),
            allow_clear_text: false,
            username: None,
            password: None,
            token: None,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            proxy: None,
            default_organization: None,
            connect_timeout_ms: 2_000,
            timeout_ms: 10_000,
            timeouts: Timeouts::default(),
            retries: 2,
            max_connections: 64,
            idle_seconds: 30,
            keepalive_seconds: 60,
            max_answer_bytes: 1024 * 1024,
        }
    }
}

/// A dialect by its name.
fn dialect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Dialect, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

macro_rules! timeouts {
    ($($key:ident: $endpoint:ident),+ $(,)?) => {
        /// How long single operations may take, in milliseconds; `None` is `timeout_ms`.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Timeouts {
            $(
                #[doc = concat!("For `", stringify!($endpoint), "`.")]
                pub $key: Option<u64>,
            )+
        }

        impl Timeouts {
            fn of(&self, endpoint: Endpoint) -> Option<u64> {
                match endpoint {
                    $(Endpoint::$endpoint => self.$key,)+
                }
            }

            fn check(&self) -> Result<(), RestError> {
                $(
                    if let Some(timeout) = self.$key {
                        check_range(concat!("timeouts.", stringify!($key)), timeout, MILLISECONDS)?;
                    }
                )+
                Ok(())
            }
        }
    };
}

timeouts! {
    status_ms: Status,
    user_lookup_ms: UserLookup,
    user_info_ms: UserInfo,
    authenticate_ms: Authenticate,
    decorate_ms: Decorate,
    form_data_change_ms: FormDataChange,
    operation_change_ms: OperationChange,
    sms_create_ms: SmsCreate,
    sms_verify_ms: SmsVerify,
    sms_password_verify_ms: SmsPasswordVerify,
    consent_init_ms: ConsentInit,
    consent_create_ms: ConsentCreate,
    consent_validate_ms: ConsentValidate,
    consent_save_ms: ConsentSave,
    method_init_ms: MethodInit,
    certificate_verify_ms: CertificateVerify,
    sms_send_ms: SmsSend,
    operation_create_ms: OperationCreate,
    operation_mapping_ms: OperationMapping,
    afs_execute_ms: AfsExecute,
}

/// A setting that can't be used.
#[derive(Debug, Error)]
#[error("`{key}` {why}")]
pub struct RestError {
    key: &'static str,
    why: String,
}

impl RestError {
    pub(crate) fn new(key: &'static str, why: impl Into<String>) -> Self {
        Self { key, why: why.into() }
    }

    /// The key of the setting within its section.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }
}

const MILLISECONDS: RangeInclusive<u64> = 1..=300_000;

fn check_range<T: Copy + Display + PartialOrd>(
    key: &'static str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), RestError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(RestError::new(key, format!("is {value}; it has to be from {} to {}", range.start(), range.end())))
}

impl RestSettings {
    /// What can be checked without a file.
    pub(crate) fn check(&self) -> Result<(), RestError> {
        check_range("connect_timeout_ms", self.connect_timeout_ms, MILLISECONDS)?;
        check_range("timeout_ms", self.timeout_ms, MILLISECONDS)?;
        self.timeouts.check()?;
        check_range("retries", self.retries, 0..=10)?;
        check_range("max_connections", self.max_connections, 1..=10_000)?;
        check_range("idle_seconds", self.idle_seconds, 1..=3_600)?;
        check_range("keepalive_seconds", self.keepalive_seconds, 1..=3_600)?;
        check_range("max_answer_bytes", self.max_answer_bytes, 1_024..=16 * 1_024 * 1_024)?;
        if self.default_organization.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(RestError::new("default_organization", "is empty; leave it out for none"));
        }
        Ok(())
    }

    /// Whom to trust and what to show.
    pub(crate) fn tls(&self) -> TlsFiles {
        TlsFiles {
            ca_file: self.ca_file.clone(),
            client_certificate_file: self.client_certificate_file.clone(),
            client_key_file: self.client_key_file.clone(),
        }
    }

    /// How long an operation may take with all its repetitions.
    pub(crate) fn deadline(&self, endpoint: Endpoint) -> Duration {
        Duration::from_millis(self.timeouts.of(endpoint).unwrap_or(self.timeout_ms))
    }

    /// Where the API is, without a slash at the end. The URL may have been written with a secret in it, so that no error
    /// repeats it.
    pub(crate) fn base(&self) -> Result<Url, RestError> {
        let refuse = |why: &str| Err(RestError::new("url", why));
        if self.url.is_empty() {
            return refuse("is missing: where is the API of the system behind?");
        }
        let Ok(url) = Url::parse(&self.url) else { return refuse("is not a URL") };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return refuse("has to begin with https:// or http://, and to name a host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("has credentials in it; use `username` and `password`, or `token`");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("goes on after its path; end it before `/api/`");
        }
        if url.scheme() == "http"
            && !is_loopback(url.host_str().unwrap_or_default())
            && !self.allow_clear_text
        {
            return refuse(
                "is http:// on another machine: everybody in between reads passwords, codes and credentials. Use \
                 https://, or set `allow_clear_text = true`",
            );
        }
        Ok(url)
    }

    /// The proxy; `None` for none.
    pub(crate) fn proxy_url(&self) -> Result<Option<Url>, RestError> {
        let Some(proxy) = &self.proxy else { return Ok(None) };
        let refuse = |why: &str| Err(RestError::new("proxy", why));
        match Url::parse(proxy.expose_secret()) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
                refuse("has to begin with http:// or https://, and to name a host")
            }
            Ok(url) => Ok(Some(url)),
            Err(_) => refuse("is not a URL"),
        }
    }
}

#[cfg(test)]
mod tests;
