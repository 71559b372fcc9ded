//! What Web Flow's own clients send, byte for byte: request line, headers and body.

mod later;

use serde_json::Value;

use crate::support::outcome::{
    AUTHENTICATED, COMPLETE, EARLIER, JOHN_DOE, NOT_AUTHENTICATED, NOT_BOTH, NOT_SAVED, SAVED, SHOW,
    UNKNOWN_MESSAGE,
};
use crate::support::payloads::CONTEXT_PATH;
use crate::support::{Answer, DataAdapter, Outcome, raw, shared};

/// A version of the client whose requests were recorded.
struct Client {
    folder: &'static str,
    dialect: &'static str,
    /// Every recorded request and what it comes to on a fresh instance, sent as it stands.
    expected: &'static [(&'static str, Outcome)],
}

const V0_22_0: Client = Client {
    folder: "web-flow-clients/0.22.0",
    dialect: EARLIER,
    expected: &[
        ("consent-create", Outcome::Form),
        ("consent-init", SHOW),
        // The options of the recording are made up: one of ours is ticked, the other is not there.
        ("consent-save", NOT_SAVED),
        ("consent-validate", Outcome::Incomplete),
        ("formdata-change.auth-method", Outcome::Done),
        ("formdata-change.bank-account", Outcome::Done),
        ("formdata-decorate", Outcome::Decorated),
        ("operation-change.canceled", Outcome::Done),
        ("operation-change.done", Outcome::Done),
        ("operation-change.failed", Outcome::Done),
        ("sms-create", Outcome::Sent),
        ("sms-create.null-user", Outcome::Sent),
        ("sms-create.resend", Outcome::Sent),
        ("sms-password-verify", NOT_BOTH),
        ("sms-verify", UNKNOWN_MESSAGE),
        ("sms-verify.null-user", UNKNOWN_MESSAGE),
        ("user-authenticate", AUTHENTICATED),
        ("user-authenticate.aes", NOT_AUTHENTICATED),
        ("user-info", JOHN_DOE),
        ("user-lookup", JOHN_DOE),
    ],
};

const CLIENTS: [Client; 3] = [V0_22_0, later::V1_1_0, later::V1_9_0];

#[test]
fn every_recorded_request_has_an_expectation_and_every_expectation_a_recording() {
    for client in CLIENTS {
        let expected: Vec<&str> = client.expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(shared::list(client.folder, ".http"), expected);
    }
}

#[tokio::test]
async fn every_recorded_request_is_accepted_as_it_stands_with_the_outcome_that_belongs_to_it() {
    for client in CLIENTS {
        for (name, outcome) in client.expected {
            let answer = client.send_as_it_stands(&client.start().await, name).await;
            outcome.assert_in(client.dialect, &answer, &client.named(name));
        }
    }
}

#[tokio::test]
async fn one_instance_answers_all_recorded_requests_one_after_the_other() {
    for client in CLIENTS {
        let adapter = client.start().await;
        for (name, outcome) in client.in_turn() {
            let answer = client.send_as_it_stands(&adapter, name).await;
            outcome.assert_in(client.dialect, &answer, &client.named(name));
        }
    }
}

#[tokio::test]
async fn all_recorded_requests_go_over_one_connection_that_is_kept_alive() {
    for client in CLIENTS {
        let adapter = client.start().await;
        let mut connection = tokio::net::TcpStream::connect(adapter.address()).await.expect("a connection");
        for (name, outcome) in client.in_turn() {
            let answer = raw::exchange(&mut connection, client.recording(name).as_bytes()).await;
            outcome.assert_in(client.dialect, &answer, &client.named(name));
        }
    }
}

#[tokio::test]
async fn a_text_is_sent_to_the_user_and_in_the_language_that_the_request_names() {
    let adapter = DataAdapter::start().await;
    for (name, start) in [
        ("sms-create", "Authorization code for payment"),
        ("sms-create.resend", "Autorizační kód pro platbu"),
    ] {
        let answer = V0_22_0.send_as_it_stands(&adapter, name).await;
        let newest = adapter.messages().await.swap_remove(0);
        assert_eq!(newest["messageId"], answer.object()["messageId"], "{name}");
        assert_eq!(newest["operationId"], "13e8bc90-55ba-48ea-9af8-1a6d2b4f1c4f", "{name}");
        let text = newest["text"].as_str().unwrap_or_default();
        assert!(text.starts_with(start), "{name}: {text}");
        assert!(text.contains("238400856/0300") && text.contains("CZK"), "{name} shows the payee: {text}");
    }
}

#[tokio::test]
async fn a_fake_text_for_nobody_reaches_nobody() {
    let adapter = DataAdapter::start().await;
    let answer = V0_22_0.send_as_it_stands(&adapter, "sms-create.null-user").await;
    Outcome::Sent.assert(&answer, "sms-create.null-user");
    assert_eq!(adapter.messages().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_code_for_nobody_fails_like_any_wrong_code() {
    let adapter = DataAdapter::start().await;
    let created = V0_22_0.send_as_it_stands(&adapter, "sms-create.null-user").await;
    let verify =
        set(&V0_22_0.recording("sms-verify.null-user"), "messageId", created.object()["messageId"].clone());
    for remaining in [4, 3] {
        let answer = raw::send(adapter.address(), verify.as_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_FAILED");
        assert_eq!(answer.object()["errorMessage"], "smsAuthorization.failed");
        assert_eq!(answer.object()["remainingAttempts"], remaining, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_password_that_no_key_opens_is_answered_like_a_wrong_one() {
    let adapter = DataAdapter::start().await;
    let wrong = set(&V0_22_0.recording("user-authenticate"), "password", "wrong".into());
    let wrong = raw::send(adapter.address(), wrong.as_bytes()).await;
    let sealed = V0_22_0.send_as_it_stands(&adapter, "user-authenticate.aes").await;
    assert_eq!((sealed.status, sealed.text), (wrong.status, wrong.text));
}

#[tokio::test]
async fn a_consent_with_the_options_of_our_own_form_ticked_is_valid_and_saved() {
    for form in ["consent-init", "consent-create"] {
        let adapter = DataAdapter::start().await;
        let shown = V0_22_0.send_as_it_stands(&adapter, form).await;
        let mut options = shown.object()["options"].clone();
        for option in options.as_array_mut().expect("a list of options") {
            option["value"] = "CHECKED".into();
        }
        for (name, outcome) in [("consent-validate", COMPLETE), ("consent-save", SAVED)] {
            let request = set(&V0_22_0.recording(name), "options", options.clone());
            outcome.assert(&raw::send(adapter.address(), request.as_bytes()).await, name);
        }
    }
}

#[tokio::test]
async fn the_codes_of_recorded_verifications_succeed_when_they_are_our_own() {
    for (name, field) in
        [("sms-verify", "smsAuthorizationResult"), ("sms-password-verify", "userAuthenticationResult")]
    {
        let adapter = DataAdapter::start().await;
        let message_id = V0_22_0.send_as_it_stands(&adapter, "sms-create").await.member("messageId");
        let code = adapter.code_for(&message_id).await;
        let request = set(&V0_22_0.recording(name), "messageId", message_id.into());
        let request = set(&request, "authorizationCode", code.into());
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        assert_eq!(answer.object()[field], "VERIFIED_SUCCEEDED", "{name}: {}", answer.text);
    }
}

impl Client {
    /// A fresh instance in the dialect of this client.
    async fn start(&self) -> DataAdapter {
        DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__DIALECT", self.dialect).start().await
    }

    fn named(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    async fn send_as_it_stands(&self, adapter: &DataAdapter, name: &str) -> Answer {
        raw::send(adapter.address(), self.recording(name).as_bytes()).await
    }

    /// What is expected, with the ends of the operation last: there are no codes after them.
    fn in_turn(&self) -> impl Iterator<Item = &'static (&'static str, Outcome)> {
        let others = self.expected.iter().filter(|(name, _)| !ends(name));
        others.chain(self.expected.iter().filter(|(name, _)| ends(name)))
    }

    /// The bytes of a recording, which is checked to be whole: a head, its length, and a body of that length.
    fn recording(&self, name: &str) -> String {
        let text = shared::read(&format!("{}.http", self.named(name)));
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with(&format!("POST {CONTEXT_PATH}/api/")), "{name}: {head}");
        assert_eq!(length_line(head), format!("content-length: {}", body.len()), "{name}");
        text
    }
}

/// The header that tells the length of the body, in small letters.
fn length_line(head: &str) -> String {
    let mut lines = head.lines().map(str::to_ascii_lowercase);
    lines.find(|line| line.starts_with("content-length:")).expect("the length of the body")
}

/// The same request with one member of the request object replaced, and the length that it then has.
fn set(recording: &str, member: &str, value: Value) -> String {
    let (head, body) = recording.split_once("\r\n\r\n").expect("a head and a body");
    let mut request: Value = serde_json::from_str(body).expect("a body in JSON");
    let old = request["requestObject"].get_mut(member).expect("the member is in the recording");
    *old = value;
    let changed = request.to_string();
    let other_lines = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    let head: Vec<&str> = other_lines.collect();
    format!("{}\r\ncontent-length: {}\r\n\r\n{changed}", head.join("\r\n"), changed.len())
}

/// Whether a recording ends its operation.
fn ends(name: &str) -> bool {
    name.starts_with("operation-change.")
}
