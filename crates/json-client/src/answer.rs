use std::error::Error as _;

use data_adapter_core::{AdapterError, without_byte_order_mark_bytes};
use data_adapter_http_client::SendError;
use data_adapter_reach::refused_certificate;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Why there is no answer, in words for the log, and whom that concerns.
pub(crate) struct Fault {
    pub(crate) kind: fn(String) -> AdapterError,
    pub(crate) why: String,
}

impl Fault {
    pub(crate) fn unclear(why: String) -> Self {
        Self { kind: AdapterError::Remote, why }
    }
}

/// Reads an answer; `None` is a 404.
pub(crate) async fn read<T: DeserializeOwned>(mut response: Response) -> Result<Option<T>, Fault> {
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Ok(None),
        status => {
            let kind = if is_about_this(status) { AdapterError::Unanswerable } else { AdapterError::Remote };
            return Err(Fault { kind, why: format!("it answers with the status {}", status.as_u16()) });
        }
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(Fault::unclear(format!("its answer has more than {LONGEST} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    // The parser's own words may quote what stands there, such as a phone number.
    let unreadable = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        Fault::unclear(format!("its answer can't be understood at line {line}, column {column}"))
    };
    serde_json::from_slice(without_byte_order_mark_bytes(&body)).map(Some).map_err(unreadable)
}

/// Whether the service took the request and finds fault with what is asked. Any other status may be about this caller, the
/// path, or the state of the service.
fn is_about_this(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::GONE | StatusCode::UNPROCESSABLE_ENTITY
    )
}

/// Why nothing came back. What a connection that was kept leaves open says nothing about the service.
pub(crate) fn unanswered(error: SendError) -> Fault {
    match error {
        SendError::Kept => Fault { kind: AdapterError::Unanswerable, why: error.to_string() },
        SendError::Http(error) => lost(error),
    }
}

/// An error and what it came from, without the URL.
fn lost(error: reqwest::Error) -> Fault {
    let kind = if error.is_connect() { AdapterError::Unreachable } else { AdapterError::Remote };
    let error = error.without_url();
    if let Some(why) = refused_certificate(&error) {
        return Fault { kind, why };
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    Fault { kind, why: text }
}
