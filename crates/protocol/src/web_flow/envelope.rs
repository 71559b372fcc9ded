use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::json::Object;

/// What every request is wrapped in.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRequest<T> {
    /// The request itself.
    pub request_object: Object<T>,
}

/// What every successful answer is wrapped in.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectResponse<T> {
    status: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_object: Option<T>,
}

impl<T> ObjectResponse<T> {
    /// An answer with content.
    pub fn of(response_object: T) -> Self {
        Self { status: "OK".into(), response_object: Some(response_object) }
    }
}

impl<T> ObjectResponse<T> {
    /// Whether it is the answer of a success; an error says `ERROR` in this place.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == "OK"
    }

    /// The content; `None` when there is none.
    pub fn into_object(self) -> Option<T> {
        self.response_object
    }
}

impl ObjectResponse<()> {
    /// An answer without content: the notification was received.
    #[must_use]
    pub fn received() -> Self {
        Self { status: "OK".into(), response_object: None }
    }
}
