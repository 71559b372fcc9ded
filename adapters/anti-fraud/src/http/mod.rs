mod wire;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, AntiFraud, FraudDecision, FraudQuery, Readiness};
use data_adapter_json_client::{Connections, JsonClient, TlsFiles};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;

use wire::{Answer, Question};

/// How to reach an anti-fraud system. `docs/anti-fraud.md` has what each key is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// What the questions are posted to.
    pub url: String,
    /// The bearer token to show.
    pub token: SecretString,
    /// How long an answer may take, in milliseconds.
    #[serde(default = "one_second")]
    pub timeout_ms: u64,
    /// How long a connection may be without use and still be used again, in seconds, from 1 to 3600.
    #[serde(default = "one_minute")]
    pub idle_seconds: u64,
    /// After how long without a word the system probes whether the other side of a connection is there, in seconds, from 1
    /// to 3600.
    #[serde(default = "one_minute")]
    pub keepalive_seconds: u64,
    /// What answers with JSON while the system is there; `None` where it is not asked.
    pub status_url: Option<String>,
    /// The authorities that the certificate of the system is checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
}

fn one_second() -> u64 {
    1_000
}

fn one_minute() -> u64 {
    60
}

/// An anti-fraud system that is asked over HTTP.
pub struct HttpAntiFraud {
    questions: JsonClient,
    status: Option<JsonClient>,
}

impl HttpSettings {
    fn connections(&self) -> Result<Connections, String> {
        let seconds = |key: &str, value: u64| match value {
            1..=3_600 => Ok(Duration::from_secs(value)),
            _ => Err(format!("`{key}` is {value}; it has to be from 1 to 3600")),
        };
        Ok(Connections {
            idle: seconds("idle_seconds", self.idle_seconds)?,
            keepalive: seconds("keepalive_seconds", self.keepalive_seconds)?,
        })
    }
}

impl HttpAntiFraud {
    /// Makes ready to ask a system, which may be down now.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why.
    pub fn new(settings: HttpSettings) -> Result<Self, String> {
        let connections = settings.connections()?;
        let HttpSettings { url, token, timeout_ms, status_url, .. } = settings;
        let HttpSettings { ca_file, client_certificate_file, client_key_file, .. } = settings;
        let timeout = Duration::from_millis(timeout_ms);
        let tls = TlsFiles { ca_file, client_certificate_file, client_key_file };
        let client = |url: &str| JsonClient::new(url, token.clone(), timeout, connections, &tls);
        let questions = client(&url).map_err(|error| error.to_string())?;
        let status = status_url.as_deref().map(client).transpose();
        // All but the URL was good for the first.
        let status = status.map_err(|error| error.to_string().replace("`url`", "`status_url`"))?;
        Ok(Self { questions, status })
    }

    /// Whether it can be asked how it is.
    #[must_use]
    pub fn has_status(&self) -> bool {
        self.status.is_some()
    }
}

#[async_trait]
impl AntiFraud for HttpAntiFraud {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        let answer: Answer = self.questions.post(&[], &Question::of(query)?).await?;
        answer.decision()
    }
}

#[async_trait]
impl Readiness for HttpAntiFraud {
    async fn check(&self) -> Result<(), AdapterError> {
        let Some(status) = &self.status else { return Ok(()) };
        let there: Option<IgnoredAny> = status.get(&[], &[]).await?;
        let nothing = || AdapterError::Unreachable("there is nothing at `status_url`".to_owned());
        there.map(drop).ok_or_else(nothing)
    }
}
