use std::path::PathBuf;

use data_adapter_sms_http::{
    AnswerSettings, HttpReceipts, HttpSmsGateway, HttpSmsSettings, Preset, ReceiptSettings, ReportSettings,
    RequestSettings, SmsSettingsError, Verification,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use crate::config::secret::{Secret, read_text};
use crate::failure::Failure;

/// `[sms.gateways.http]`: a gateway that is called over HTTP.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HttpGatewaySettings {
    preset: Preset,
    url: Option<String>,
    account: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    password_file: Option<PathBuf>,
    token: Option<Secret>,
    token_file: Option<PathBuf>,
    token_scheme: Option<String>,
    timeout_ms: u64,
    connect_timeout_ms: u64,
    ca_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
    proxy: Option<Secret>,
    proxy_file: Option<PathBuf>,
    request: RequestSettings,
    answer: AnswerSettings,
    receipts: HttpReceiptSettings,
}

/// `[sms.gateways.http.receipts]`: how the gateway says what became of messages.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct HttpReceiptSettings {
    verification: Option<Verification>,
    secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    public_url: Option<String>,
    report: ReportSettings,
}

impl Default for HttpGatewaySettings {
    fn default() -> Self {
        let HttpSmsSettings { preset, timeout_ms, connect_timeout_ms, request, answer, .. } =
            HttpSmsSettings::default();
        Self {
            preset,
            url: None,
            account: None,
            username: None,
            password: None,
            password_file: None,
            token: None,
            token_file: None,
            token_scheme: None,
            timeout_ms,
            connect_timeout_ms,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
            proxy: None,
            proxy_file: None,
            request,
            answer,
            receipts: HttpReceiptSettings::default(),
        }
    }
}

impl HttpGatewaySettings {
    /// How long handing a message over may take, in milliseconds.
    pub(super) fn timeout_ms(&self) -> u64 {
        self.timeout_ms
    }

    /// The gateway of that id, which has not been called yet.
    pub(super) fn gateway(&self, id: &str) -> Result<HttpSmsGateway, Failure> {
        HttpSmsGateway::new(id.to_owned(), self.settings()?).map_err(|error| unusable(id, &error))
    }

    /// What reads its receipts; `None` where it sends none.
    pub(super) fn receipts(&self, id: &str) -> Result<Option<HttpReceipts>, Failure> {
        HttpReceipts::new(id.to_owned(), self.settings()?).map_err(|error| unusable(id, &error))
    }

    fn settings(&self) -> Result<HttpSmsSettings, Failure> {
        let receipts = &self.receipts;
        let open = self.open();
        Ok(HttpSmsSettings {
            password: secret("password", self.password.as_ref(), self.password_file.as_ref())?,
            token: secret("token", self.token.as_ref(), self.token_file.as_ref())?,
            proxy: secret("proxy", self.proxy.as_ref(), self.proxy_file.as_ref())?,
            receipts: ReceiptSettings {
                secret: secret("receipts.secret", receipts.secret.as_ref(), receipts.secret_file.as_ref())?,
                ..open.receipts
            },
            ..open
        })
    }

    /// All but the secrets.
    fn open(&self) -> HttpSmsSettings {
        HttpSmsSettings {
            preset: self.preset,
            url: self.url.clone(),
            account: self.account.clone(),
            username: self.username.clone(),
            token_scheme: self.token_scheme.clone(),
            timeout_ms: self.timeout_ms,
            connect_timeout_ms: self.connect_timeout_ms,
            ca_file: self.ca_file.clone(),
            client_certificate_file: self.client_certificate_file.clone(),
            client_key_file: self.client_key_file.clone(),
            request: self.request.clone(),
            answer: self.answer.clone(),
            receipts: ReceiptSettings {
                verification: self.receipts.verification,
                secret: None,
                public_url: self.receipts.public_url.clone(),
                report: self.receipts.report.clone(),
            },
            ..HttpSmsSettings::default()
        }
    }

    /// The same with what the preset says where nothing is said here.
    fn filled(&self) -> Self {
        let HttpSmsSettings { url, token_scheme, request, answer, receipts, .. } = self.open().filled();
        let ReceiptSettings { verification, report, .. } = receipts;
        let receipts = HttpReceiptSettings { verification, report, ..self.receipts.clone() };
        Self { url, token_scheme, request, answer, receipts, ..self.clone() }
    }
}

/// Shows what is in effect.
pub(super) fn shown<S: Serializer>(
    http: &Option<HttpGatewaySettings>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    http.as_ref().map(HttpGatewaySettings::filled).serialize(serializer)
}

fn unusable(id: &str, error: &SmsSettingsError) -> Failure {
    Failure::Configuration(format!("`sms.gateways.http.{}` of `{id}` {}", error.key(), error.why()))
}

fn secret(
    key: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<SecretString>, Failure> {
    let text = read_text(&format!("sms.gateways.http.{key}"), value, file)?;
    Ok(text.map(|(text, _)| SecretString::from(text.trim())))
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    fn load(http: &str) -> Result<String, String> {
        let text = format!(
            "[sms]\ndefault_region = \"CZ\"\n[[sms.gateways]]\nid = \"primary\"\n[sms.gateways.http]\n{http}"
        );
        let loaded = load_text(&text).map_err(|error| error.to_string())?;
        Ok(toml::to_string(&loaded).expect("it can be shown"))
    }

    #[test]
    fn what_a_preset_fills_in_is_shown_and_no_secret_is() {
        let http = "preset = \"twilio\"\nusername = \"AC1\"\npassword = \"hushhush\"\nproxy = \"http://a:hushhush@b\"\n\
                    [sms.gateways.http.request.fields]\nFrom = \"\"\nMessagingServiceSid = \"MG1\"";
        let shown = load(http).unwrap();
        assert!(!shown.contains("hushhush"), "{shown}");
        for filled in [
            "url = \"https://api.twilio.com/2010-04-01/Accounts/{{ account }}/Messages.json\"",
            "form = \"form\"",
            "To = \"{{ number }}\"",
            "From = \"\"",
            "MessagingServiceSid = \"MG1\"",
            "reference = \"/sid\"",
            "verification = \"twilio\"",
        ] {
            assert!(shown.contains(filled), "{filled}: {shown}");
        }
    }

    #[test]
    fn a_gateway_that_makes_no_sense_is_refused_by_its_key_and_without_its_secrets() {
        for (http, named) in [
            ("", "url"),
            ("url = \"http://sms.example\"", "url"),
            ("url = \"https://sms.example\"\ntoken = \"hush\\nhush\"", "token"),
            ("url = \"https://sms.example\"\ntoken = \"hush\"\ntoken_file = \"a\"", "token"),
            ("url = \"https://sms.example\"\npassword_file = \"/nowhere\"", "password_file"),
            ("url = \"https://sms.example\"\nproxy = \"hush\"", "proxy"),
            ("url = \"https://sms.example\"\nconnect_timeout_ms = 9000", "connect_timeout_ms"),
            (
                "url = \"https://sms.example\"\n[sms.gateways.http.request]\nbody = \"{{ hush }}\"",
                "request.body",
            ),
            (
                "url = \"https://sms.example\"\n[sms.gateways.http.receipts]\nsecret = \"hush\"",
                "receipts.secret",
            ),
            (
                "url = \"https://sms.example\"\n[sms.gateways.http.receipts]\npublic_url = \"https://bank.example\"",
                "receipts.secret",
            ),
            (
                "url = \"https://sms.example\"\n[sms.gateways.http.answer]\naccepted = [\"0\"]",
                "answer.accepted",
            ),
        ] {
            let refused = load(http).unwrap_err();
            assert!(refused.starts_with(&format!("`sms.gateways.http.{named}` ")), "{http}: {refused}");
            assert!(!refused.contains("hush") || http.contains("{{ hush }}"), "{refused}");
        }
    }
}
