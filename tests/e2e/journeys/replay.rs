//! Replaying a recording: our own codes and our own consent forms take the place of the recorded ones.

use serde_json::Value;

use crate::support::outcome::{EXPIRED, NOT_AUTHENTICATED, NOT_BOTH, USED};
use crate::support::payloads::{self, CONTEXT_PATH, PASSWORD, USER};
use crate::support::{Answer, Builder, DataAdapter, Outcome, shared};

/// A version of Web Flow whose journeys were recorded.
pub(crate) struct Version {
    /// Where the recordings are.
    pub(crate) folder: &'static str,
    /// What it speaks.
    pub(crate) dialect: &'static str,
}

/// A recorded journey and what each of its steps has to come to.
pub(crate) struct Journey {
    pub(crate) version: &'static Version,
    pub(crate) file: &'static str,
    pub(super) steps: &'static [Step],
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// A recorded request to this path, and its outcome.
    Sent(&'static str, Outcome),
    /// A check of our own between two recorded requests.
    Check(Check),
}

/// What is tried between two recorded requests, with the contexts of the recording.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// Before a verification: the code before the newest one is not accepted any more.
    OlderCodeIsReplaced,
    /// After a verification: the same code is not accepted a second time.
    CodeIsUsed,
    /// After an authentication: the right password fails now.
    RightPasswordFails,
    /// Before the operation ends: a code is sent for it.
    CodeIsOpen,
    /// After the operation has ended: that code is not accepted any more.
    OpenCodeHasEnded,
}

/// A code that was sent: the message, the code, and the request that asked for it.
#[derive(Clone)]
struct Sent {
    message_id: String,
    code: String,
    context: Value,
}

impl Journey {
    /// The program in the dialect of this journey.
    pub(crate) fn builder(&self) -> Builder {
        DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__DIALECT", self.version.dialect)
    }
}

struct Replay {
    adapter: DataAdapter,
    dialect: &'static str,
    /// What takes the place of the recorded password.
    password: String,
    /// The codes of the recorded `sms/create` requests, oldest first.
    sent: Vec<Sent>,
    /// The code of [`Check::CodeIsOpen`].
    open: Option<Sent>,
    /// The options of the form that was created last.
    options: Value,
    /// The request before, as it was sent.
    last: Option<(String, Value)>,
    /// What was answered to the recorded requests.
    answers: Vec<String>,
}

/// Replays a journey on a fresh instance.
pub(super) async fn replay(journey: &Journey) {
    replay_on(journey.builder().start().await, journey, PASSWORD).await;
}

/// Replays a journey on an instance where the user has another password, and gives the instance back with what it answered.
pub(crate) async fn replay_on(
    adapter: DataAdapter,
    journey: &Journey,
    password: &str,
) -> (DataAdapter, Vec<String>) {
    let mut recording = recording(journey.version, journey.file).into_iter().peekable();
    let password = password.to_owned();
    let (sent, answers) = (Vec::new(), Vec::new());
    let mut replay = Replay {
        adapter,
        dialect: journey.version.dialect,
        password,
        sent,
        open: None,
        options: Value::Null,
        last: None,
        answers,
    };
    for (number, step) in journey.steps.iter().enumerate() {
        match *step {
            Step::Sent(path, outcome) => {
                let (recorded_path, request) = recording.next().expect("the recording has a request left");
                let name = format!("{}, line {} of its table, {path}", journey.file, number + 1);
                assert_eq!(recorded_path, format!("{CONTEXT_PATH}{path}"), "{name}");
                let answer = replay.send(recorded_path, request).await;
                outcome.assert_in(journey.version.dialect, &answer, &name);
            }
            Step::Check(check) => {
                let next = recording.peek().map(|(_, request)| request);
                replay.check(check, next).await;
            }
        }
    }
    let left: Vec<String> = recording.map(|(path, _)| path).collect();
    assert!(left.is_empty(), "{}: the table says nothing of {left:?}", journey.file);
    (replay.adapter, replay.answers)
}

impl Replay {
    async fn send(&mut self, path: String, mut request: Value) -> Answer {
        self.put_in_our_own(&mut request["requestObject"]);
        let answer = self.adapter.post(&path, request.to_string()).await;
        if path.ends_with(payloads::SMS_CREATE) {
            let context = request["requestObject"]["operationContext"].clone();
            self.sent.push(self.received(&answer, context).await);
        }
        if path.ends_with(payloads::CONSENT_CREATE) {
            self.options = answer.object()["options"].clone();
        }
        self.last = Some((path, request));
        self.answers.push(answer.text.clone());
        answer
    }

    /// Our password, our message, our code (or one that is wrong where the recorded one was) and our options.
    fn put_in_our_own(&self, object: &mut Value) {
        if let Some(recorded) = object.get("password").and_then(Value::as_str) {
            let wrong = format!("{}-{recorded}", self.password);
            object["password"] = if recorded == PASSWORD { self.password.clone() } else { wrong }.into();
        }
        if object.get("messageId").is_some() {
            let sent = self.sent.last().expect("a code was sent before it is verified");
            let wrong = object["authorizationCode"] == "00000000";
            object["messageId"] = sent.message_id.clone().into();
            object["authorizationCode"] =
                if wrong { other_than(&sent.code) } else { sent.code.clone() }.into();
        }
        if let Some(recorded) = object.get("options").and_then(Value::as_array) {
            let ticked = recorded.iter().all(|option| option["value"] == "CHECKED");
            let mut options = self.options.clone();
            for option in options.as_array_mut().expect("a form was created before it is filled in") {
                option["value"] = if ticked { "CHECKED" } else { "NOT_CHECKED" }.into();
            }
            object["options"] = options;
        }
    }

    async fn received(&self, answer: &Answer, context: Value) -> Sent {
        let message_id = answer.member("messageId");
        let code = self.adapter.code_for(&message_id).await;
        Sent { message_id, code, context }
    }

    async fn check(&mut self, check: Check, next: Option<&Value>) {
        match check {
            Check::OlderCodeIsReplaced => {
                let [older, newer] = self.sent.as_slice() else { panic!("two codes were sent") };
                assert_ne!(older.message_id, newer.message_id);
                let next = next.expect("a verification comes next");
                let context = &next["requestObject"]["operationContext"];
                self.verify(older, context, EXPIRED, "the code that was replaced").await;
            }
            Check::CodeIsUsed => {
                let (path, request) = self.last.clone().expect("a verification came before");
                let answer = self.adapter.post(&path, request.to_string()).await;
                let with_password = path.ends_with(payloads::SMS_PASSWORD_VERIFY);
                let refused = if with_password { NOT_BOTH } else { USED };
                refused.assert_in(self.dialect, &answer, "the used code");
            }
            Check::RightPasswordFails => {
                let (path, mut request) = self.last.clone().expect("an authentication came before");
                request["requestObject"]["password"] = self.password.clone().into();
                let answer = self.adapter.post(&path, request.to_string()).await;
                NOT_AUTHENTICATED.assert_in(
                    self.dialect,
                    &answer,
                    "the right password after five wrong ones",
                );
            }
            Check::CodeIsOpen => {
                let next = next.expect("a change of the operation comes next");
                let context = next["requestObject"]["operationContext"].clone();
                let request = payloads::sms_create(USER, &context.to_string());
                let answer = self.adapter.post(payloads::SMS_CREATE, request).await;
                Outcome::Sent.assert(&answer, "a code before the operation ends");
                self.open = Some(self.received(&answer, context).await);
            }
            Check::OpenCodeHasEnded => {
                let open = self.open.as_ref().expect("a code was open");
                self.verify(open, &open.context, EXPIRED, "the code of an ended operation").await;
            }
        }
    }

    async fn verify(&self, sent: &Sent, context: &Value, outcome: Outcome, what: &str) {
        let request = payloads::sms_verify(&sent.message_id, &sent.code, USER, &context.to_string());
        outcome.assert_in(self.dialect, &self.adapter.post(payloads::SMS_VERIFY, request).await, what);
    }
}

/// A code of the same length that is surely wrong.
fn other_than(code: &str) -> String {
    let (first, rest) = code.split_at(1);
    format!("{}{rest}", if first == "9" { "0" } else { "9" })
}

/// The requests of a recording: path and body.
pub(super) fn recording(version: &Version, file: &str) -> Vec<(String, Value)> {
    let text = shared::read(&format!("{}/{file}.http", version.folder));
    text.split("\n###\n")
        .map(|request| {
            let (head, body) = request.trim().split_once("\n\n").expect("a head and a body");
            let path = head.split(' ').nth(1).expect("a path").to_owned();
            (path, serde_json::from_str(body).expect("a body in JSON"))
        })
        .collect()
}
