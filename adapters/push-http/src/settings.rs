use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

/// How to reach a provider. `docs/push.md` has what each key is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpPushSettings {
    /// What is called, by `POST`.
    pub url: String,
    /// The bearer token to show; `None` for none.
    pub token: Option<SecretString>,
    /// More headers, none of them secret.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What the body is, such as `application/json`.
    #[serde(default = "json")]
    pub content_type: String,
    /// The template of the body, in MiniJinja.
    pub body: String,
    /// The statuses by which the provider says that it took the push; empty for all from 200 to 299.
    #[serde(default)]
    pub success: Vec<u16>,
    /// How long an answer may take, in milliseconds.
    #[serde(default = "three_seconds")]
    pub timeout_ms: u64,
    /// The authorities that the certificate of the provider is checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
}

fn json() -> String {
    "application/json".to_owned()
}

fn three_seconds() -> u64 {
    3_000
}
