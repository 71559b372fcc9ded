//! Consent over time: remembered, withdrawn, exported, erased.

mod erasure;
mod remembered;
mod withdrawals;

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::payloads::{
    CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, USER, consent_create, consent_init, consent_save,
};
use crate::support::{Answer, Builder, DataAdapter, Exit};

/// Where the dialect of Web Flow up to 0.22 is spoken, and that from 0.23 on.
const DIALECTS: [&str; 2] = ["", "/later"];

const TICKED: &str = r#"[{"id":"TERMS","value":"CHECKED"}]"#;

/// Consents to a login are remembered for 90 days. `version` is that of its form, `payment` are keys of the form of a payment.
fn configuration(version: &str, payment: &str) -> String {
    format!(
        r#"
sandbox.enabled = true
web_flow.other_context_path = "/later"
backends.memory.demo_users = true
otp.key = "JSQ0tIGgnuYkXoyXAHbDQUuAlfM+qAfMy0nBTfFsaPs="
[admin]
enabled = true
[[admin.operators]]
name = "ann"
token_sha256 = "91c16f0d6cc1bec3c3603972182a07c66ff4fa71618a975e963d6dbe42b6dd37"
[consent.forms.login]
version = "{version}"
remember_days = 90
text.en = "You log in."
[[consent.forms.login.options]]
id = "TERMS"
required = true
text.en = "I agree."
[consent.forms.authorize_payment]
version = "1"
{payment}
text.en = "You pay."
[[consent.forms.authorize_payment.options]]
id = "TERMS"
required = true
text.en = "I agree."
"#
    )
}

/// A store and an audit log that outlive an instance.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    /// The program over them, with these settings.
    fn with(&self, configuration: String) -> Builder {
        let log = self.0.path().join("audit.jsonl").display().to_string();
        DataAdapter::builder()
            .config(configuration)
            .store(&self.store())
            .env("DATA_ADAPTER__AUDIT__TARGET", "file")
            .env("DATA_ADAPTER__AUDIT__FILE", log)
    }

    fn builder(&self) -> Builder {
        self.with(configuration("1", ""))
    }

    /// Another instance over the same store, with an audit log of its own.
    fn beside(&self) -> Builder {
        let log = self.0.path().join("audit-beside.jsonl").display().to_string();
        self.builder().env("DATA_ADAPTER__AUDIT__FILE", log)
    }

    async fn run(&self, arguments: &[&str]) -> Exit {
        arguments
            .iter()
            .fold(self.builder(), |builder, argument| builder.arg(*argument))
            .spawn_failing()
            .await
    }

    /// What a command printed that did what it should.
    async fn command(&self, arguments: &[&str]) -> String {
        let exit = self.run(arguments).await;
        assert_eq!(exit.status, Some(0), "{exit:?}");
        exit.stdout
    }

    async fn export(&self) -> Value {
        serde_json::from_str(&self.command(&["consent", "export", USER]).await).expect("JSON")
    }

    /// The lines of the audit log about this.
    fn lines(&self, event: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.0.path().join("audit.jsonl")).expect("an audit log");
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("an object"));
        lines.filter(|line: &Value| line["event"] == event).collect()
    }
}

/// An operation that another application asks for than the usual one.
fn asked_by(context: &str, application: &str) -> String {
    let usual = r#"{"id":"DEMO","name":"Demo application","description":null,"extras":{}}"#;
    assert!(context.contains(usual), "{context}");
    context.replace(usual, application)
}

/// Shows the form and saves what was ticked.
async fn consent(adapter: &DataAdapter, prefix: &str, user: &str, context: &str) {
    let shown = adapter.post(&format!("{prefix}{CONSENT_CREATE}"), consent_create(user, context, "en")).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let saved = adapter.post(&format!("{prefix}{CONSENT_SAVE}"), consent_save(user, context, TICKED)).await;
    assert_eq!(saved.object()["saveSucceeded"], true, "{}", saved.text);
}

async fn init(adapter: &DataAdapter, prefix: &str, user: &str, context: &str) -> Answer {
    adapter.post(&format!("{prefix}{CONSENT_INIT}"), consent_init(user, context)).await
}

/// Whether a form has to be shown; where not, there is none in the answer.
async fn asks(adapter: &DataAdapter, prefix: &str, user: &str, context: &str) -> bool {
    let answer = init(adapter, prefix, user, context).await;
    let object = answer.object();
    let asks = object["shouldDisplayConsentForm"].as_bool();
    let asks = asks.unwrap_or_else(|| panic!("nobody says whether a form is needed: {}", answer.text));
    let options = object["options"].as_array().expect("a list").len();
    assert_eq!((object["consentHtml"] != "", options), (asks, usize::from(asks)), "{}", answer.text);
    asks
}
