//! Which lines are looked for.

use std::borrow::Cow;

use data_adapter_core::UserId;
use data_adapter_sca::TrailSearch;
use serde::Deserialize;

use crate::chain::ascii;

/// What lines have to say.
pub(super) struct Conditions<'a> {
    search: &'a TrailSearch,
    /// Each value as a line has it. What does not have one of them is not parsed.
    values: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow, default)]
    user: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    operation_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn new(search: &'a TrailSearch) -> Self {
        let user = search.user.as_ref().map(UserId::as_str);
        let values = [user, search.operation.as_deref(), search.request.as_deref()];
        let written = |value: &str| ascii(&serde_json::Value::from(value).to_string()).into_bytes();
        Self { search, values: values.into_iter().flatten().map(written).collect() }
    }

    /// Whether a line is one of them.
    pub(super) fn hold(&self, line: &[u8]) -> bool {
        let has = |value: &Vec<u8>| line.windows(value.len()).any(|part| part == value.as_slice());
        if !self.values.iter().all(has) {
            return false;
        }
        if self.values.is_empty() {
            return true;
        }
        let Ok(line) = serde_json::from_slice::<Line<'_>>(line) else { return false };
        let is = |wanted: Option<&str>, found: &Option<Cow<'_, str>>| {
            wanted.is_none_or(|wanted| found.as_deref() == Some(wanted))
        };
        is(self.search.user.as_ref().map(UserId::as_str), &line.user)
            && is(self.search.operation.as_deref(), &line.operation_id)
            && is(self.search.request.as_deref(), &line.request_id)
    }
}
