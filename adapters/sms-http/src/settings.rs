use std::collections::BTreeMap;
use std::path::PathBuf;

use data_adapter_http_call::SettingError;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::preset::Preset;

/// How to reach a gateway, and what to say to it. `docs/sending-codes.md` has what each key is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSmsSettings {
    /// What fills in whatever is `None` or empty here.
    pub preset: Preset,
    /// What is called: a template that may name `account` and `username`.
    pub url: Option<String>,
    /// The account, for templates; `None` for `username`.
    pub account: Option<String>,
    /// The name for HTTP Basic.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// A token in place of both.
    pub token: Option<SecretString>,
    /// The word before the token in the header `authorization`; `None` for that of the preset, or `Bearer`.
    pub token_scheme: Option<String>,
    /// How long sending a message may take, with a repeated call, in milliseconds.
    pub timeout_ms: u64,
    /// How long it may take to connect, TLS included, in milliseconds; less than `timeout_ms`.
    pub connect_timeout_ms: u64,
    /// The authorities that the certificate of the gateway is checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
    /// The URL of an HTTP proxy, with its credentials if it wants some; `None` for none, whatever the environment says.
    pub proxy: Option<SecretString>,
    /// What is said.
    pub request: RequestSettings,
    /// How answers are understood.
    pub answer: AnswerSettings,
    /// How the gateway tells what became of messages.
    pub receipts: ReceiptSettings,
}

/// What is said to a gateway. What is `None`, and the headers and fields that are not named, is for the preset to say.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestSettings {
    /// `POST`, `PUT` or `GET`.
    pub method: Option<String>,
    /// Where the message stands in the call.
    pub form: Option<Form>,
    /// What the body is, such as `application/json`; `None` for what [`Form`] says.
    pub content_type: Option<String>,
    /// The template of the body, in MiniJinja, where the form has one.
    pub body: Option<String>,
    /// The header that carries a key by which the gateway tells a repeated call; `None` where it has none.
    pub idempotency_header: Option<String>,
    /// More headers of each call, each a template.
    pub headers: BTreeMap<String, String>,
    /// The fields of a form or query, each a template; one that comes out empty is left out.
    pub fields: BTreeMap<String, String>,
}

/// Where a message stands in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// In a body of JSON, by a template.
    Json,
    /// In a body of another kind, by a template.
    Text,
    /// In a body of fields (`application/x-www-form-urlencoded`).
    Form,
    /// In the query of the URL.
    Query,
}

/// How the answers of a gateway are understood. What is `None` is for the preset to say.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerSettings {
    /// The statuses by which the gateway says that it read the message; empty for all from 200 to 299.
    pub success: Option<Vec<u16>>,
    /// The statuses by which it says that it takes nothing now, or nothing from this caller.
    pub unavailable: Option<Vec<u16>>,
    /// Where the result stands in the body, as a JSON pointer (RFC 6901) in which `*` is each element; `None` where there is none.
    pub result: Option<String>,
    /// The results that say that it took the message. As in the two below, `*` at the end stands for anything.
    pub accepted: Option<Vec<String>>,
    /// The results that say that it takes nothing now, or nothing from this caller.
    pub unavailable_results: Option<Vec<String>>,
    /// The results after which nobody knows whether it took the message.
    pub unclear_results: Option<Vec<String>>,
    /// A regular expression for the body of an answer that says that it took the message; `None` for none. What its group
    /// `reference` finds is the id of the message.
    pub pattern: Option<String>,
    /// Where the ids that receipts name stand in the body, as a JSON pointer; `None` where they are ours, or there are none.
    pub reference: Option<String>,
    /// Where the code of an error stands in the body, for the log; `None` where there is none.
    pub error: Option<String>,
}

/// How a gateway tells what became of messages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReceiptSettings {
    /// How it is known that a call is the gateway's; `None` for what the preset says.
    pub verification: Option<Verification>,
    /// The secret for that. Without it there are no receipts, but for [`Verification::Twilio`], which takes the password.
    pub secret: Option<SecretString>,
    /// The URL of the callback as the gateway reaches it, without the secret; `None` where it is not told in calls. Signatures of
    /// [`Verification::Twilio`] are over it.
    pub public_url: Option<String>,
    /// What the call says.
    pub report: ReportSettings,
}

/// How it is known whose a callback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// By the signature of Standard Webhooks 1.0.0.
    StandardWebhooks,
    /// By the header `x-twilio-signature`: HMAC-SHA1 over the URL and the fields.
    Twilio,
    /// By a secret that is the last part of the path.
    Path,
}

/// What a callback says of messages. What is `None` is for the preset to say.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSettings {
    /// Where it stands: fields are read as an object of JSON, too.
    pub form: Option<Form>,
    /// Where the list of receipts stands, as a JSON pointer; `None` where there is one receipt, which is all.
    pub list: Option<String>,
    /// Where the id of the message stands in a receipt.
    pub reference: Option<String>,
    /// Where its status stands.
    pub status: Option<String>,
    /// Where the reason stands, in a short code; `None` where there is none.
    pub reason: Option<String>,
    /// The statuses of a message that the phone has. As below, `*` at the end stands for anything.
    pub delivered: Option<Vec<String>>,
    /// The statuses of one that will not arrive. Any other status is no end.
    pub undelivered: Option<Vec<String>>,
}

impl Default for HttpSmsSettings {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            url: None,
            account: None,
            username: None,
            password: None,
            token: None,
            token_scheme: None,
            timeout_ms: 4_000,
            connect_timeout_ms: 1_500,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            proxy: None,
            request: RequestSettings::default(),
            answer: AnswerSettings::default(),
            receipts: ReceiptSettings::default(),
        }
    }
}

impl HttpSmsSettings {
    /// The same with what the preset says where nothing is said here.
    #[must_use]
    pub fn filled(self) -> Self {
        let preset = self.preset.settings();
        Self {
            url: self.url.or(preset.url),
            token_scheme: self.token_scheme.or(preset.token_scheme).or_else(|| Some("Bearer".to_owned())),
            request: self.request.or(preset.request),
            answer: self.answer.or(preset.answer),
            receipts: self.receipts.or(preset.receipts),
            ..self
        }
    }

    /// Finds a secret that is empty, as is that of a file which nobody has filled: everybody knows it.
    ///
    /// # Errors
    ///
    /// Which one is.
    pub(crate) fn check_secrets(&self) -> Result<(), SettingError> {
        let secrets = [
            ("password", &self.password),
            ("token", &self.token),
            ("receipts.secret", &self.receipts.secret),
        ];
        for (key, secret) in secrets {
            if secret.as_ref().is_some_and(|secret| secret.expose_secret().is_empty()) {
                return Err(SettingError::new(key, "is empty"));
            }
        }
        Ok(())
    }

    /// The URL of the callback as calls tell it, before a secret; `None` where they do not.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.receipts.public_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// The secret of receipts; `None` where there are none.
    pub(crate) fn receipt_secret(&self) -> Option<&SecretString> {
        let ReceiptSettings { verification, secret, public_url, .. } = &self.receipts;
        let is_signed_by_password = *verification == Some(Verification::Twilio) && public_url.is_some();
        secret.as_ref().or_else(|| self.password.as_ref().filter(|_| is_signed_by_password))
    }
}

impl RequestSettings {
    fn or(self, preset: Self) -> Self {
        Self {
            method: self.method.or(preset.method),
            form: self.form.or(preset.form),
            content_type: self.content_type.or(preset.content_type),
            body: self.body.or(preset.body),
            idempotency_header: self.idempotency_header.or(preset.idempotency_header),
            headers: preset.headers.into_iter().chain(self.headers).collect(),
            fields: preset.fields.into_iter().chain(self.fields).collect(),
        }
    }
}

impl AnswerSettings {
    /// Whether a gateway that answers so can have the message is asked of statuses alone where nothing else is said: a 500 may
    /// have been one step too late, but whoever is not let in, or finds nothing, was not heard.
    const UNAVAILABLE: [u16; 7] = [401, 402, 403, 404, 405, 407, 429];

    fn or(self, preset: Self) -> Self {
        Self {
            success: self.success.or(preset.success).or_else(|| Some(Vec::new())),
            unavailable: self.unavailable.or(preset.unavailable).or_else(|| Some(Self::UNAVAILABLE.to_vec())),
            result: self.result.or(preset.result),
            accepted: self.accepted.or(preset.accepted),
            unavailable_results: self.unavailable_results.or(preset.unavailable_results),
            unclear_results: self.unclear_results.or(preset.unclear_results),
            pattern: self.pattern.or(preset.pattern),
            reference: self.reference.or(preset.reference),
            error: self.error.or(preset.error),
        }
    }
}

impl ReceiptSettings {
    fn or(self, preset: Self) -> Self {
        Self {
            verification: self.verification.or(preset.verification),
            report: self.report.or(preset.report),
            ..self
        }
    }
}

impl ReportSettings {
    fn or(self, preset: Self) -> Self {
        Self {
            form: self.form.or(preset.form),
            list: self.list.or(preset.list),
            reference: self.reference.or(preset.reference),
            status: self.status.or(preset.status),
            reason: self.reason.or(preset.reason),
            delivered: self.delivered.or(preset.delivered),
            undelivered: self.undelivered.or(preset.undelivered),
        }
    }
}
