use serde_json::{Map, Value};
use url::form_urlencoded;

/// Fields as they are sent, percent-encoded.
pub(crate) fn encoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Fields as they came, in their order.
pub(crate) fn decoded(fields: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(fields).into_owned().collect()
}

/// Fields as an object of JSON; the first of several with one name counts.
pub(crate) fn object(fields: Vec<(String, String)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        object.entry(name).or_insert(Value::String(value));
    }
    Value::Object(object)
}
