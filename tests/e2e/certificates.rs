//! Certificates of people, as Web Flow of each version asks about them.

mod approvals;
mod files;
mod lookups;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_tests::people::{Authority, KeyKind, PersonalCertificate};
use rcgen::SerialNumber;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::payloads::USER;
use crate::support::{Answer, Builder, DataAdapter, shared};

const METHOD_INIT: &str = "/api/auth/method/init";
const CERTIFICATE_VERIFY: &str = "/api/auth/certificate/verify";

/// An authority with files of it, and an instance that trusts it.
struct Bank {
    authority: Authority,
    folder: TempDir,
}

impl Bank {
    fn new(kind: KeyKind) -> Self {
        let bank =
            Self { authority: Authority::root(kind, "Bank"), folder: tempfile::tempdir().expect("a folder") };
        bank.write("ca.pem", bank.authority.pem().as_bytes());
        bank.revoke(&[]);
        bank
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).expect("a file");
    }

    /// Replaces the revocation list.
    fn revoke(&self, serials: &[&SerialNumber]) {
        self.write("crl.der", self.authority.revoke(serials).der());
    }

    /// `[certificates]`, with `more` keys.
    fn section(&self, more: &str) -> String {
        let path = |name| self.folder.path().join(name).display().to_string();
        format!(
            "[certificates]\nca_file = {:?}\ncrl_files = [{:?}]\n{more}\n",
            path("ca.pem"),
            path("crl.der")
        )
    }

    fn builder(&self, more: &str) -> Builder {
        with_section(&self.section(more))
    }

    async fn start(&self) -> DataAdapter {
        self.builder("").start().await
    }
}

/// The demo, asked by later versions of Web Flow, with more configuration.
fn with_section(section: &str) -> Builder {
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n";
    DataAdapter::builder().config(format!("{demo}{section}")).env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1")
}

/// What Web Flow's own client of that version sends, with other members in the `requestObject`.
fn recorded(version: &str, name: &str, members: Value) -> String {
    let recording = shared::read(&format!("web-flow-clients/{version}/{name}.http"));
    let (_, body) = recording.split_once("\r\n\r\n").expect("a body");
    let mut request: Value = serde_json::from_str(body).expect("JSON");
    let object = request["requestObject"].as_object_mut().expect("an object");
    let Value::Object(members) = members else { panic!("no object: {members}") };
    object.extend(members);
    request.to_string()
}

/// The text to sign for the payment that is recorded.
async fn text_to_sign(adapter: &DataAdapter) -> String {
    let request: Value =
        serde_json::from_str(&recorded("1.9.0", "certificate-verify", json!({}))).expect("JSON");
    let payment = request["requestObject"]["operationContext"].clone();
    let members = json!({"authMethod": "APPROVAL_SCA", "operationContext": payment});
    let answer = adapter.post(METHOD_INIT, recorded("1.9.0", "auth-method-init", members)).await;
    answer.member("operationDataExternal")
}

/// Approves the payment that is recorded, as Web Flow 1.9 does, with other members in the request.
async fn approve_with(
    adapter: &DataAdapter,
    certificate: &PersonalCertificate,
    signature: &[u8],
    mut members: Value,
) -> Answer {
    members["certificate"] = certificate.pem.as_str().into();
    members["signedMessage"] = STANDARD.encode(signature).into();
    adapter.post(CERTIFICATE_VERIFY, recorded("1.9.0", "certificate-verify", members)).await
}

async fn approve(adapter: &DataAdapter, certificate: &PersonalCertificate) -> Answer {
    let signature = certificate.sign(&text_to_sign(adapter).await);
    approve_with(adapter, certificate, &signature, json!({})).await
}

fn assert_succeeds(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.text, verified("SUCCEEDED", "null", "ACTIVE"));
}

fn assert_fails(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.text, verified("FAILED", "\"login.authenticationFailed\"", "ACTIVE"));
}

fn assert_skipped(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.text, verified("SKIPPED", "\"login.authenticationFailed\"", "NOT_ACTIVE"));
}

fn verified(result: &str, message: &str, status: &str) -> String {
    format!(
        concat!(
            r#"{{"status":"OK","responseObject":{{"certificateVerificationResult":"{}","errorMessage":{},"#,
            r#""remainingAttempts":null,"showRemainingAttempts":false,"accountStatus":"{}"}}}}"#
        ),
        result, message, status
    )
}
