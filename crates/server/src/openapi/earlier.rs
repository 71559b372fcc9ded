//! The document for tools that read nothing newer than OpenAPI 3.0.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use super::access::MUTUAL_TLS;

/// The same document in OpenAPI 3.0.
///
/// What 3.0 has no words for is said as its tools read it: a named schema that may be `null` is `nullable` beside `allOf`, and
/// mutual TLS, which 3.0 does not know, is left to the text.
///
/// # Errors
///
/// When the document can't be written as JSON.
pub fn in_openapi_3_0(document: &OpenApi) -> serde_json::Result<Value> {
    let mut document = serde_json::to_value(document)?;
    document["openapi"] = json!("3.0.3");
    // It knows no identifier.
    let name = document["info"]["license"]["name"].take();
    document["info"]["license"] = json!({"name": name, "url": "https://www.apache.org/licenses/LICENSE-2.0"});
    without_mutual_tls(&mut document);
    let schemas = document["components"]["schemas"].take();
    document["components"]["schemas"] = Schemas(&schemas).all();
    Ok(document)
}

/// Takes out a scheme that tools refuse. Where nothing else is left, they need nothing.
fn without_mutual_tls(document: &mut Value) {
    if let Some(schemes) = document["components"].get_mut("securitySchemes").and_then(Value::as_object_mut) {
        schemes.shift_remove(MUTUAL_TLS);
    }
    let requirements = document["security"].as_array_mut().into_iter().flatten();
    for requirement in requirements.filter_map(Value::as_object_mut) {
        requirement.shift_remove(MUTUAL_TLS);
    }
}

/// The schemas of the document, by name.
struct Schemas<'a>(&'a Value);

impl Schemas<'_> {
    fn all(&self) -> Value {
        self.each(self.0)
    }

    /// Every schema of a map or a list.
    fn each(&self, schemas: &Value) -> Value {
        if let Value::Array(list) = schemas {
            return list.iter().map(|schema| self.schema(schema)).collect();
        }
        let by_name = schemas.as_object().into_iter().flatten();
        by_name.map(|(name, schema)| (name.clone(), self.schema(schema))).collect()
    }

    fn schema(&self, schema: &Value) -> Value {
        let Value::Object(members) = schema else { return schema.clone() };
        if let Some(reference) = or_null(members) {
            let mut nullable = wrapped(reference);
            nullable.insert("type".to_owned(), self.kind(&reference["$ref"]));
            nullable.insert("nullable".to_owned(), json!(true));
            return nullable.into();
        }
        if members.contains_key("$ref") {
            let alone = members.len() == 1;
            return if alone { schema.clone() } else { wrapped(schema).into() };
        }
        members.iter().flat_map(|(name, value)| self.member(name, value)).collect()
    }

    /// What a member of a schema becomes: 3.0 writes it otherwise, in two members, or knows no such thing.
    fn member(&self, name: &str, value: &Value) -> Vec<(String, Value)> {
        let value = match (name, value) {
            ("type", Value::Array(types)) => {
                let kind = types.iter().find(|kind| **kind != "null").cloned().unwrap_or_default();
                return vec![(name.to_owned(), kind), ("nullable".to_owned(), json!(true))];
            }
            // There it only says of `minimum` that it is left out itself.
            ("exclusiveMinimum", Value::Number(_)) => {
                return vec![("minimum".to_owned(), value.clone()), (name.to_owned(), json!(true))];
            }
            ("propertyNames", _) => return Vec::new(),
            ("properties" | "oneOf" | "allOf", _) => self.each(value),
            ("items" | "additionalProperties", _) => self.schema(value),
            _ => value.clone(),
        };
        vec![(name.to_owned(), value)]
    }

    /// The type of what is referred to.
    fn kind(&self, reference: &Value) -> Value {
        let name = reference.as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
        self.0[name].get("type").cloned().unwrap_or_else(|| json!("object"))
    }
}

/// A reference in a schema of its own, since 3.0 allows nothing beside it.
fn wrapped(reference: &Value) -> Map<String, Value> {
    let mut wrapped = Map::new();
    wrapped.insert("allOf".to_owned(), json!([{"$ref": reference["$ref"]}]));
    if let Some(description) = reference.get("description") {
        wrapped.insert("description".to_owned(), description.clone());
    }
    wrapped
}

/// What a schema refers to, when it is that or `null`.
fn or_null(schema: &Map<String, Value>) -> Option<&Value> {
    match schema.get("oneOf")?.as_array()?.as_slice() {
        [reference, null] if null["type"] == "null" && reference.get("$ref").is_some() => Some(reference),
        _ => None,
    }
}
