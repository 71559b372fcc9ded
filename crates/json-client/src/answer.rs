use std::error::Error as _;

use data_adapter_reach::refused_certificate;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Reads an answer; `None` is a 404. The error is for the log.
pub(crate) async fn read<T: DeserializeOwned>(mut response: Response) -> Result<Option<T>, String> {
    match response.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Ok(None),
        status => return Err(format!("it answers with the status {}", status.as_u16())),
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > LONGEST {
            return Err(format!("its answer has more than {LONGEST} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    // The parser's own words may quote what stands there, such as a phone number.
    let unreadable = |error: serde_json::Error| {
        format!("its answer can't be understood at line {}, column {}", error.line(), error.column())
    };
    serde_json::from_slice(&body).map(Some).map_err(unreadable)
}

/// An error and what it came from, without the URL.
pub(crate) fn lost(error: reqwest::Error) -> String {
    let error = error.without_url();
    if let Some(why) = refused_certificate(&error) {
        return why;
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
