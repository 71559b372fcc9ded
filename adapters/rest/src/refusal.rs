use std::fmt;

use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::{Dialect, ErrorCode};
use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize as _;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::upstream::Call;

/// Why there is no answer to read.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The system behind knows no such user, which may be an answer.
    UserNotFound(String),
    /// Any other reason.
    Error(AdapterError),
}

impl Refusal {
    /// An answer that can't be understood.
    pub(crate) fn malformed(endpoint: Endpoint, why: impl fmt::Display) -> Self {
        Self::Error(AdapterError::Remote(format!("{endpoint}: the answer can't be used: {why}")))
    }

    /// What the error body of an answer says; whatever else it is, it is [`AdapterError::Remote`].
    pub(crate) fn of(call: Call<'_>, status: StatusCode, body: &Value) -> Self {
        let endpoint = call.endpoint;
        let text = format!("{endpoint}: {}", describe(status, body, call.secrets));
        let code = ErrorCode::deserialize(&body["responseObject"]["code"]).ok();
        let code = code.or_else(|| meant(call.dialect, status));
        let Some(code) = code.filter(|code| counts(*code, call, status)) else {
            return AdapterError::Remote(text).into();
        };
        let error = match code {
            ErrorCode::UserNotFound => return Self::UserNotFound(text),
            ErrorCode::InputInvalid => AdapterError::InvalidInput(text),
            ErrorCode::OperationContextInvalid => AdapterError::InvalidOperationContext(text),
            ErrorCode::ConsentDataInvalid => AdapterError::InvalidConsentData(text),
            ErrorCode::RemoteError => AdapterError::Remote(text),
            ErrorCode::AuthenticationFailed => AdapterError::AuthenticationFailed(text),
            ErrorCode::SmsAuthorizationFailed => AdapterError::SmsAuthorizationFailed(text),
            ErrorCode::ErrorGeneric => AdapterError::Internal(text),
        };
        error.into()
    }

    /// `None` in place of a user who is not there.
    pub(crate) fn user_or_error<T>(self) -> Result<Option<T>, AdapterError> {
        match self {
            Self::UserNotFound(_) => Ok(None),
            Self::Error(error) => Err(error),
        }
    }
}

/// What the log may have of an error: the status, and what the body says of code and message.
pub(crate) fn describe(status: StatusCode, body: &Value, secrets: &[&SecretString]) -> String {
    let object = &body["responseObject"];
    let mut text = format!("HTTP {}", status.as_u16());
    for name in ["code", "message"] {
        if let Some(value) = object[name].as_str() {
            text.push_str(&format!(", {name} \"{}\"", shown(value, secrets)));
        }
    }
    text
}

/// What an error without a code says. Web Flow reads the bodies of errors up to 0.22 only: systems made for a later one may
/// leave it at the status.
fn meant(dialect: Dialect, status: StatusCode) -> Option<ErrorCode> {
    match dialect {
        Dialect::V0_22 => None,
        Dialect::V1 => is_refused(status).then_some(ErrorCode::InputInvalid),
    }
}

/// Whether the code of an error is about the request. With any other status it is about this caller, the path or the load,
/// which the operator has to mend. The Java Data Adapter says 500 where the document says 400, and 0.22 knows no other
/// statuses.
fn counts(code: ErrorCode, call: Call<'_>, status: StatusCode) -> bool {
    let usual =
        matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::INTERNAL_SERVER_ERROR);
    let usual = usual || (call.dialect == Dialect::V1 && is_refused(status));
    match code {
        ErrorCode::AuthenticationFailed => {
            call.endpoint.authenticates() && (usual || status == StatusCode::UNAUTHORIZED)
        }
        ErrorCode::SmsAuthorizationFailed => {
            call.endpoint.takes_code() && (usual || status == StatusCode::UNAUTHORIZED)
        }
        ErrorCode::UserNotFound => usual || (call.dialect == Dialect::V1 && status == StatusCode::NOT_FOUND),
        ErrorCode::InputInvalid
        | ErrorCode::OperationContextInvalid
        | ErrorCode::ConsentDataInvalid
        | ErrorCode::RemoteError
        | ErrorCode::ErrorGeneric => usual,
    }
}

/// Whether a request arrived, was understood and is not accepted.
fn is_refused(status: StatusCode) -> bool {
    matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

impl From<AdapterError> for Refusal {
    fn from(error: AdapterError) -> Self {
        Self::Error(error)
    }
}

impl From<Refusal> for AdapterError {
    /// Where an unknown user is no answer, the request makes no sense.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UserNotFound(text) => Self::InvalidInput(text),
            Refusal::Error(error) => error,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserNotFound(text) => f.write_str(text),
            Self::Error(error) => error.fmt(f),
        }
    }
}

const LONGEST: usize = 200;

/// Printable ASCII, and not much of it.
pub(crate) fn ascii(text: &str) -> String {
    let mut escaped: String =
        text.chars().take(LONGEST).flat_map(char::escape_default).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        escaped.push_str("...");
    }
    escaped
}

/// What the log may have of a text from behind: nothing that was secret in the request, and no number that could be part of
/// a code, a phone number or an account.
fn shown(text: &str, secrets: &[&SecretString]) -> String {
    let is_in_it = |secret: &&SecretString| {
        let secret = secret.expose_secret();
        !secret.is_empty() && text.contains(secret)
    };
    if secrets.iter().any(is_in_it) { "[withheld]".to_owned() } else { ascii(&without_numbers(text)) }
}

fn without_numbers(text: &str) -> String {
    const SHORTEST: usize = 3;
    let mut masked = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        if digits.len() < SHORTEST {
            masked.push_str(run);
        } else {
            masked.push('#');
            masked.push_str(&run[digits.len()..]);
        }
    }
    masked
}

#[cfg(test)]
mod tests;
