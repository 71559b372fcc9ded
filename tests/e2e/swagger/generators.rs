//! What generators of clients trip over.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{both, operations, printed, untouched};

/// Calls `look` with every object in a value, and the way to it.
fn each_object(value: &Value, way: &str, look: &mut dyn FnMut(&str, &serde_json::Map<String, Value>)) {
    if let Value::Object(members) = value {
        look(way, members);
        members.iter().for_each(|(name, value)| each_object(value, &format!("{way}/{name}"), look));
    }
    if let Value::Array(items) = value {
        items.iter().for_each(|item| each_object(item, way, look));
    }
}

fn schemas(document: &Value) -> &Value {
    &document["components"]["schemas"]
}

fn names(document: &Value) -> BTreeSet<String> {
    schemas(document).as_object().expect("schemas").keys().map(|name| name.to_lowercase()).collect()
}

#[tokio::test]
async fn every_body_is_a_component_of_its_own_name() {
    for document in both().await {
        each_object(&document["paths"], "", &mut |way, members| {
            if let Some(schema) = members.get("schema").filter(|_| !way.contains("/headers/")) {
                let reference = schema.as_object().expect("a schema");
                assert!(reference.contains_key("$ref") && reference.len() == 1, "{way}: {schema}");
            }
        });
    }
}

#[tokio::test]
async fn no_component_is_named_like_what_generators_make_for_an_operation() {
    for document in both().await {
        let names = names(&document);
        for (path, operation) in operations(&document) {
            let id = operation["operationId"].as_str().expect("an id").to_lowercase();
            for made in [format!("{id}request"), format!("{id}response"), id] {
                assert!(!names.contains(&made), "{path}: {made} is a component");
            }
        }
        assert!(!names.contains("operationname"), "a name of ogen's own");
    }
}

#[tokio::test]
async fn an_enum_is_a_component_and_null_is_beside_it() {
    for document in both().await {
        each_object(schemas(&document), "", &mut |way, members| {
            let Some(values) = members.get("enum") else { return };
            assert_eq!(way.matches('/').count(), 1, "{way} is an enum without a name");
            assert_eq!(members["type"], "string", "{way}");
            assert!(!values.as_array().expect("values").contains(&Value::Null), "{way} has null in it");
        });
        let protection = &schemas(&document)["AuthenticationContext"]["properties"]["passwordProtection"];
        assert_eq!(protection["oneOf"][0]["$ref"], "#/components/schemas/PasswordProtection");
        assert_eq!(protection["oneOf"][1], json!({"type": "null"}));
    }
}

#[tokio::test]
async fn a_type_is_one_type_or_null() {
    for document in both().await {
        each_object(schemas(&document), "", &mut |way, members| {
            if let Some(Value::Array(types)) = members.get("type") {
                assert!(types.len() == 2 && types.contains(&json!("null")), "{way}: {types:?}");
            }
        });
    }
}

#[tokio::test]
async fn patterns_are_read_alike_by_the_expressions_of_every_language() {
    for document in both().await {
        let mut count = 0;
        each_object(schemas(&document), "", &mut |way, members| {
            if let Some(Value::String(pattern)) = members.get("pattern") {
                let strange = [r"\u", r"\p", r"\d", "(?"];
                assert!(!strange.iter().any(|part| pattern.contains(part)), "{way}: {pattern}");
                assert!(pattern.is_ascii(), "{way}: {pattern}");
                regex::Regex::new(pattern).expect("a pattern");
                count += 1;
            }
        });
        assert!(count > 20, "{count} patterns");
    }
}

#[tokio::test]
async fn every_object_may_have_more_members() {
    for document in both().await {
        each_object(schemas(&document), "", &mut |way, members| {
            let types = members.get("type").map(Value::to_string).unwrap_or_default();
            if types.contains("\"object\"") {
                let more = members.get("additionalProperties").expect(way);
                assert!(*more == json!(true) || more["type"] == json!(["string", "null"]), "{way}: {more}");
            }
        });
    }
}

#[tokio::test]
async fn the_licence_has_its_identifier_and_no_url_beside_it() {
    for document in both().await {
        assert_eq!(document["info"]["license"], json!({"name": "Apache-2.0", "identifier": "Apache-2.0"}));
    }
}

#[tokio::test]
async fn in_openapi_3_0_it_says_the_same_without_the_words_of_3_1() {
    for (newer, dialect) in both().await.into_iter().zip(["0.22", "1"]) {
        let builder = untouched().arg(format!("--dialect={dialect}")).arg("--openapi-version=3.0");
        let older: Value = serde_json::from_str(&printed(builder).await).expect("JSON");
        assert_eq!((&newer["openapi"], &older["openapi"]), (&json!("3.1.0"), &json!("3.0.3")));
        assert_eq!(older["paths"], newer["paths"]);
        assert_eq!(names(&older), names(&newer));
        assert_eq!(older["info"]["license"].get("identifier"), None);
        let mut nullable = 0;
        each_object(schemas(&older), "", &mut |way, members| {
            for newer in ["const", "examples", "propertyNames"] {
                assert!(way.ends_with("/properties") || !members.contains_key(newer), "{way} has {newer}");
            }
            let types = members.get("type").filter(|_| !way.ends_with("/properties"));
            assert!(types.is_none_or(|types| types.is_string() && types != "null"), "{way}: {types:?}");
            assert!(!members.contains_key("$ref") || members.len() == 1, "{way}: {members:?}");
            nullable += usize::from(members.get("nullable") == Some(&json!(true)));
        });
        assert!(nullable > 50, "{nullable} are nullable");
        let member = &schemas(&older)["AuthenticationContext"]["properties"]["passwordProtection"];
        let expected = json!([{"$ref": "#/components/schemas/PasswordProtection"}]);
        assert_eq!((&member["allOf"], &member["type"]), (&expected, &json!("string")));
    }
}
