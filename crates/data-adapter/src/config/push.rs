use std::collections::BTreeMap;
use std::path::PathBuf;

use data_adapter_push_http::{
    CallbackSettings, HttpPushGateway, HttpPushSettings, PushSettingsError, SignedCallbacks,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::secret::{Secret, read_text};
use super::{check_range, refuse};
use crate::failure::Failure;

/// `[push]`: how users are asked on their devices. Without `url` that is in the sandbox only.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PushSettings {
    url: Option<String>,
    token: Option<Secret>,
    token_file: Option<PathBuf>,
    headers: BTreeMap<String, String>,
    content_type: String,
    body: String,
    success: Vec<u16>,
    timeout_ms: u64,
    ca_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    callback: PushCallbackSettings,
}

/// `[push.callback]`: how the provider says what was decided.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct PushCallbackSettings {
    secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    message: String,
    decision: String,
    accepted: String,
    rejected: String,
}

impl Default for PushSettings {
    fn default() -> Self {
        Self {
            url: None,
            token: None,
            token_file: None,
            headers: BTreeMap::new(),
            content_type: "application/json".to_owned(),
            body: "{\"messageId\": {{ message_id|tojson }}, \"userId\": {{ user_id|tojson }}, \
                   \"title\": {{ title|tojson }}, \"text\": {{ text|tojson }}}"
                .to_owned(),
            success: Vec::new(),
            timeout_ms: 3_000,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            callback: PushCallbackSettings::default(),
        }
    }
}

impl Default for PushCallbackSettings {
    fn default() -> Self {
        Self {
            secret: None,
            secret_file: None,
            message: "/messageId".to_owned(),
            decision: "/decision".to_owned(),
            accepted: "accepted".to_owned(),
            rejected: "rejected".to_owned(),
        }
    }
}

/// A provider: what it is called with, and what reads its callbacks.
pub(crate) struct PushProvider {
    pub(crate) gateway: HttpPushGateway,
    pub(crate) callbacks: SignedCallbacks,
}

impl PushSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        check_range("push.timeout_ms", self.timeout_ms, 100..=60_000)?;
        self.provider().map(drop)
    }

    /// Whether a provider is called, who calls back.
    pub(crate) fn has_provider(&self) -> bool {
        self.url.is_some()
    }

    /// The provider; `None` where there is none.
    pub(crate) fn provider(&self) -> Result<Option<PushProvider>, Failure> {
        let Some(url) = &self.url else { return Ok(None) };
        let gateway = HttpPushGateway::new(HttpPushSettings {
            url: url.clone(),
            token: secret("push.token", self.token.as_ref(), self.token_file.as_ref())?,
            headers: self.headers.clone(),
            content_type: self.content_type.clone(),
            body: self.body.clone(),
            success: self.success.clone(),
            timeout_ms: self.timeout_ms,
            ca_file: self.ca_file.clone(),
            client_certificate_file: self.client_certificate_file.clone(),
            client_key_file: self.client_key_file.clone(),
        });
        let PushCallbackSettings { secret: given, secret_file, message, decision, accepted, rejected } =
            &self.callback;
        let name = "push.callback.secret";
        let Some(secret) = secret(name, given.as_ref(), secret_file.as_ref())? else {
            return refuse(name, "is missing, without which nobody knows whose callbacks are");
        };
        let callbacks = SignedCallbacks::new(CallbackSettings {
            secret,
            message: message.clone(),
            decision: decision.clone(),
            accepted: accepted.clone(),
            rejected: rejected.clone(),
        });
        Ok(Some(PushProvider {
            gateway: gateway.map_err(|error| unusable(&error))?,
            callbacks: callbacks.map_err(|error| unusable(&error))?,
        }))
    }
}

fn unusable(error: &PushSettingsError) -> Failure {
    Failure::Configuration(format!("`push.{}` {}", error.key(), error.why()))
}

fn secret(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<SecretString>, Failure> {
    let text = read_text(name, value, file)?;
    Ok(text.map(|(text, _)| SecretString::from(text.trim())))
}
