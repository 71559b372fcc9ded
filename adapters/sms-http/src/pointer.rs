use data_adapter_http_call::SettingError;
use serde_json::Value;

/// Where something stands in JSON: a JSON pointer (RFC 6901) in which `*` is each element of an array or member of an object.
#[derive(Debug)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    /// Reads `text`, the setting `key`.
    pub(crate) fn new(key: &'static str, text: &str) -> Result<Self, SettingError> {
        let Some(parts) = text.strip_prefix('/') else {
            return Err(SettingError::new(key, "has to be a JSON pointer, such as `/messageId`"));
        };
        Ok(Self(parts.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// The same of a setting that may be missing.
    pub(crate) fn of(key: &'static str, text: Option<&String>) -> Result<Option<Self>, SettingError> {
        text.map(|text| Self::new(key, text)).transpose()
    }

    /// All values that stand there, in their order.
    pub(crate) fn all<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        self.0.iter().fold(vec![value], |found, part| {
            found.into_iter().flat_map(|value| within(value, part)).collect()
        })
    }

    /// The texts of all simple values that stand there.
    pub(crate) fn texts(&self, value: &Value) -> Vec<String> {
        self.all(value).into_iter().filter_map(text_of).collect()
    }

    /// The text of the first.
    pub(crate) fn text(&self, value: &Value) -> Option<String> {
        self.texts(value).into_iter().next()
    }
}

fn within<'v>(value: &'v Value, part: &str) -> Vec<&'v Value> {
    match value {
        Value::Array(elements) if part == "*" => elements.iter().collect(),
        Value::Object(members) if part == "*" => members.values().collect(),
        Value::Array(elements) => {
            part.parse().ok().and_then(|at: usize| elements.get(at)).into_iter().collect()
        }
        Value::Object(members) => members.get(part).into_iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The text of a value that is no list, no object and not nothing.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether `text` is one of `patterns`, of which `*` at the end stands for anything.
pub(crate) fn is_one_of(text: &str, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_is_each_element_and_the_rest_is_as_the_standard_has_it() {
        let value =
            json!({ "messages": [{ "id": "a" }, { "id": 2 }, {}], "a/b": { "~": true }, "none": null });
        let texts = |pointer: &str| Pointer::new("result", pointer).unwrap().texts(&value);
        assert_eq!(texts("/messages/*/id"), ["a", "2"]);
        assert_eq!(texts("/messages/1/id"), ["2"]);
        assert_eq!(texts("/a~1b/~0"), ["true"]);
        for nothing in ["/messages", "/messages/9/id", "/none", "/messages/*/id/*"] {
            assert!(texts(nothing).is_empty(), "{nothing}");
        }
        assert!(Pointer::new("result", "messages").is_err());
    }

    #[test]
    fn a_star_at_the_end_stands_for_anything() {
        let patterns = ["PENDING_*".to_owned(), "0".to_owned()];
        assert!(is_one_of("PENDING_ACCEPTED", &patterns) && is_one_of("0", &patterns));
        assert!(!is_one_of("REJECTED", &patterns) && !is_one_of("00", &patterns));
    }
}
