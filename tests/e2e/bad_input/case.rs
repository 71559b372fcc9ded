//! One bad request and what has to come back for it.

use serde_json::Value;

use super::paths::Path;
use super::raw::{Connection, RawAnswer, RawRequest};

/// How a request is put on the wire.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sending {
    /// With its length, and whole.
    Whole,
    /// In chunks, so that its length shows only while it is read.
    Chunked,
    /// Only its head, with this length.
    Announced(u64),
}

/// What has to come back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    /// A refusal with this status, code and message.
    Refused(u16, &'static str, &'static str),
    /// A refusal with this code, and status 400.
    Code(&'static str),
    /// Any refusal that says that the caller is wrong.
    CallersFault,
    /// 200: the path has no reason to look at what is odd.
    Fine,
    /// Either; never an error of the server.
    Unbroken,
}

/// What the framework refuses.
pub(super) const INVALID_REQUEST: Expected = Expected::Refused(400, "INPUT_INVALID", "error.invalidRequest");
/// What validation refuses.
pub(super) const INPUT_INVALID: Expected = Expected::Code("INPUT_INVALID");
/// An operation that no code can be bound to, or that is not known.
pub(super) const CONTEXT_INVALID: Expected =
    Expected::Refused(400, "OPERATION_CONTEXT_INVALID", "operationContext.invalid");

/// One bad request.
pub(super) struct Case {
    /// What is bad about it.
    pub(super) kind: &'static str,
    /// Where and how.
    pub(super) detail: String,
    pub(super) request: RawRequest,
    pub(super) sending: Sending,
    pub(super) expected: Expected,
}

impl Case {
    pub(super) fn new(
        kind: &'static str,
        detail: impl Into<String>,
        request: RawRequest,
        expected: Expected,
    ) -> Self {
        Self { kind, detail: detail.into(), request, sending: Sending::Whole, expected }
    }

    /// A body of JSON, or of what is nearly JSON.
    pub(super) fn body(
        path: &Path,
        kind: &'static str,
        detail: impl Into<String>,
        body: impl Into<Vec<u8>>,
        expected: Expected,
    ) -> Self {
        Self::new(kind, detail, RawRequest::json(path.path, body), expected)
    }

    pub(super) fn sent(mut self, sending: Sending) -> Self {
        self.sending = sending;
        self
    }

    /// The combination, as a failure names it.
    pub(super) fn name(&self) -> String {
        format!("{} | {} | {}", self.request.path, self.kind, self.detail)
    }

    pub(super) async fn run(&self, connection: &mut Connection) -> std::io::Result<RawAnswer> {
        match self.sending {
            Sending::Whole => connection.send(&self.request).await,
            Sending::Chunked => connection.send_chunked(&self.request).await,
            Sending::Announced(length) => connection.announce(&self.request, length).await,
        }
    }

    /// What is wrong with the answer, if anything.
    pub(super) fn complaint(&self, answer: &RawAnswer) -> Option<String> {
        let RawAnswer { status, body, .. } = answer;
        let shown = body.chars().take(300).collect::<String>();
        let fits = match self.expected {
            Expected::Refused(expected, ..) => *status == expected,
            Expected::Code(_) => *status == 400,
            Expected::CallersFault => (400..500).contains(status),
            Expected::Fine => *status == 200,
            Expected::Unbroken => *status == 200 || (400..500).contains(status),
        };
        let wrong_json = || answer.header("content-type") != Some("application/json");
        let complaint = if fits && wrong_json() {
            format!("content type {:?}", answer.header("content-type"))
        } else if fits {
            self.body_complaint(*status, body)?
        } else {
            format!("status {status}, expected {:?}", self.expected)
        };
        Some(format!("{}: {complaint}: {shown}", self.name()))
    }

    fn body_complaint(&self, status: u16, body: &str) -> Option<String> {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return Some("the answer is not JSON".to_owned());
        };
        if status == 200 {
            return (body["status"] != "OK").then(|| "200 without status OK".to_owned());
        }
        if let Some(complaint) = unified_body_complaint(&body) {
            return Some(complaint);
        }
        let expected = match self.expected {
            Expected::Refused(_, code, message) => (Some(code), Some(message)),
            Expected::Code(code) => (Some(code), None),
            Expected::CallersFault | Expected::Fine | Expected::Unbroken => (None, None),
        };
        let error = &body["responseObject"];
        let wrong = expected.0.is_some_and(|code| error["code"] != code)
            || expected.1.is_some_and(|message| error["message"] != message);
        wrong.then(|| format!("expected {:?}", self.expected))
    }
}

/// What tells this body from the one error body that every client reads, if anything.
pub(crate) fn unified_body_complaint(body: &Value) -> Option<String> {
    let error = &body["responseObject"];
    let members = error.as_object().map(|error| error.keys().map(String::as_str).collect::<Vec<_>>());
    let errors = &error["validationErrors"];
    let errors_are_texts =
        errors.as_array().is_some_and(|errors| !errors.is_empty() && errors.iter().all(Value::is_string));
    let unified = body["status"] == "ERROR"
        && body.as_object().is_some_and(|body| body.len() == 2)
        && members.as_deref() == Some(&["code", "message", "validationErrors", "remainingAttempts"])
        && error["code"].is_string()
        && error["message"].is_string()
        && (errors.is_null() || errors_are_texts)
        && error["remainingAttempts"].is_null();
    (!unified).then(|| "not the unified error body".to_owned())
}
