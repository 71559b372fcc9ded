//! An answer of the service, read to its end.

use std::cell::OnceCell;

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What came back for one request.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
    parsed: OnceCell<Value>,
}

impl Answer {
    /// An answer that was read in another way than by [`DataAdapter`](crate::DataAdapter).
    #[must_use]
    pub fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        Self { status, headers, text, parsed: OnceCell::new() }
    }

    /// The body as JSON; numbers keep the digits they were printed with.
    pub fn json(&self) -> Value {
        self.parsed().clone()
    }

    /// The `responseObject` of the body.
    pub fn object(&self) -> &Value {
        &self.parsed()["responseObject"]
    }

    /// The `code` of an error body, empty when there is none.
    pub fn error_code(&self) -> String {
        self.object()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The `message` of an error body or the `errorMessage` of a result, empty when there is none.
    pub fn message(&self) -> String {
        let object = self.object();
        let message = object.get("message").or_else(|| object.get("errorMessage"));
        message.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// A text member of the `responseObject`; panics when it is not there.
    pub fn member(&self, name: &str) -> String {
        match self.object()[name].as_str() {
            Some(value) => value.to_owned(),
            None => panic!("no text member {name} in HTTP {}: {}", self.status, self.text),
        }
    }

    fn parsed(&self) -> &Value {
        self.parsed.get_or_init(|| match serde_json::from_str(&self.text) {
            Ok(value) => value,
            Err(error) => panic!("HTTP {} is not JSON ({error}): {}", self.status, self.text),
        })
    }
}
