use serde::{Deserialize, Serialize};

use super::strict::Object;

/// What every request is wrapped in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRequest<T> {
    /// The request itself.
    pub request_object: Object<T>,
}

/// What every successful answer is wrapped in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectResponse<T> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_object: Option<T>,
}

impl<T> ObjectResponse<T> {
    /// An answer with content.
    pub fn of(response_object: T) -> Self {
        Self { status: "OK", response_object: Some(response_object) }
    }
}

impl ObjectResponse<()> {
    /// An answer without content: the notification was received.
    #[must_use]
    pub fn received() -> Self {
        Self { status: "OK", response_object: None }
    }
}
