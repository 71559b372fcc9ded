use data_adapter_core::without_byte_order_mark_bytes;
use data_adapter_protocol::json::{Object, check_text};
use data_adapter_protocol::web_flow::ObjectResponse;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::refusal::{Refusal, describe};
use crate::upstream::Call;

/// What came back, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Whether its content type says so.
    pub(crate) is_json: bool,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The content of `responseObject`.
    pub(crate) fn object<A: DeserializeOwned>(self, call: Call<'_>) -> Result<A, Refusal> {
        let object = self.optional_object(call)?;
        object.ok_or_else(|| Refusal::malformed(call.endpoint, "it has no responseObject"))
    }

    /// The same; `None` when there is none.
    pub(crate) fn optional_object<A: DeserializeOwned>(self, call: Call<'_>) -> Result<Option<A>, Refusal> {
        let Some(object) = self.envelope(call)?.into_object() else { return Ok(None) };
        let Object(object) = serde_json::from_str(object.get())
            .map_err(|error| Refusal::malformed(call.endpoint, place("the responseObject", &error)))?;
        Ok(Some(object))
    }

    /// That there is nothing wrong; what else is in it does not matter.
    pub(crate) fn acknowledged(self, call: Call<'_>) -> Result<(), Refusal> {
        self.envelope(call).map(drop)
    }

    /// What the log may have of an error.
    pub(crate) fn description(&self, secrets: &[&SecretString]) -> String {
        describe(self.status, &self.error_body(), secrets)
    }

    fn refusal(&self, call: Call<'_>) -> Refusal {
        Refusal::of(call, self.status, &self.error_body())
    }

    fn json(&self) -> &[u8] {
        without_byte_order_mark_bytes(&self.body)
    }

    /// `null` when it is not JSON.
    fn error_body(&self) -> Value {
        serde_json::from_slice(self.json()).unwrap_or_default()
    }

    fn envelope(&self, call: Call<'_>) -> Result<ObjectResponse<Box<RawValue>>, Refusal> {
        if !self.status.is_success() {
            return Err(self.refusal(call));
        }
        if !self.is_json {
            return Err(Refusal::malformed(call.endpoint, "its content type is not JSON"));
        }
        let json = check_text(self.json()).map_err(|error| Refusal::malformed(call.endpoint, error))?;
        let Object(envelope): Object<ObjectResponse<Box<RawValue>>> = serde_json::from_str(json)
            .map_err(|error| Refusal::malformed(call.endpoint, place("it", &error)))?;
        if envelope.is_ok() { Ok(envelope) } else { Err(self.refusal(call)) }
    }
}

/// Where it can't be read. What the parser says of it may quote what stands there.
fn place(what: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => {
            format!("{what} is not of the right shape at line {line}, column {column}")
        }
        serde_json::error::Category::Eof => format!("{what} ends in the middle"),
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            format!("{what} is not JSON at line {line}, column {column}")
        }
    }
}
