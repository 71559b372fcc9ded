//! Whether the schemas say what is sent.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{both, examples, operations};
use crate::support::shared;

/// What checks values against a schema of the document.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::draft202012::new(&whole).expect("the schema of a body can be used")
}

/// Where a value breaks a schema, a line each.
fn complaints(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let validator = validator(document, schema);
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The bodies of an operation: what it takes, and what it answers, those that are shared included.
fn bodies(document: &Value, operation: &Value) -> Vec<Value> {
    let responses = operation["responses"].as_object().expect("answers").values();
    let resolved = responses.map(|response| match response["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).expect("a component"),
        None => response,
    });
    operation.get("requestBody").into_iter().chain(resolved).cloned().collect()
}

#[tokio::test]
async fn every_example_is_valid_against_its_schema() {
    for document in both().await {
        let mut count = 0;
        for (path, operation) in operations(&document) {
            for body in bodies(&document, operation) {
                let schema = &body["content"]["application/json"]["schema"];
                for example in examples(&body) {
                    let complaints = complaints(&document, schema, example);
                    assert!(complaints.is_empty(), "{path}: {complaints:?} in {example}");
                    count += 1;
                }
            }
        }
        assert!(count > 100, "{count} examples are looked at");
    }
}

#[tokio::test]
async fn what_the_clients_of_web_flow_send_is_valid_against_the_schema() {
    let [earlier, later] = both().await;
    for (version, document) in [("0.22.0", &earlier), ("1.1.0", &later), ("1.9.0", &later)] {
        let folder = format!("web-flow-clients/{version}");
        for name in shared::list(&folder, ".http") {
            let recording = shared::read(&format!("{folder}/{name}.http"));
            let (head, body) = recording.split_once("\r\n\r\n").expect("a head and a body");
            let path = head.split(' ').nth(1).expect("a path").trim_start_matches("/powerauth-data-adapter");
            let body: Value = serde_json::from_str(body).expect("JSON");
            let content = &document["paths"][path]["post"]["requestBody"]["content"];
            let complaints = complaints(document, &content["application/json"]["schema"], &body);
            assert!(complaints.is_empty(), "{version}, {name}: {complaints:?}");
        }
    }
}

fn parameter(document: &Value, parameter: &Value) -> Vec<String> {
    complaints(document, &json!({"$ref": "#/components/schemas/FormAttribute"}), parameter)
}

#[tokio::test]
async fn each_attribute_of_a_form_is_known_by_its_type_and_may_have_more_members() {
    let values = |kind: &str| match kind {
        "AMOUNT" => json!({"amount": 1, "currency": "CZK", "valueFormatType": "AMOUNT"}),
        "NOTE" => json!({"note": "x", "valueFormatType": "LOCALIZED_TEXT"}),
        "BANK_ACCOUNT_CHOICE" => json!({"bankAccounts": [{"accountId": "x", "balance": 1.10, "more": 1}]}),
        "KEY_VALUE" => json!({"value": "x", "valueFormatType": "ACCOUNT"}),
        "BANNER" => json!({"bannerType": "BANNER_ERROR", "message": "x"}),
        "HEADING" => json!({"value": "x", "valueFormatType": null}),
        "PARTY_INFO" => json!({"partyInfo": {"name": "x", "more": 1}}),
        other => panic!("no type: {other}"),
    };
    for document in both().await {
        let attribute = &document["components"]["schemas"]["FormAttribute"];
        assert_eq!(attribute["discriminator"]["propertyName"], "type");
        let mapping = attribute["discriminator"]["mapping"].as_object().expect("a mapping");
        assert_eq!(mapping.len(), 7);
        for (kind, schema) in mapping {
            let mut value = values(kind);
            value["type"] = kind.as_str().into();
            value["added_later"] = json!([null]);
            assert_eq!(parameter(&document, &value), Vec::<String>::new(), "{kind}");
            let alone = complaints(&document, &json!({"$ref": schema}), &value);
            assert_eq!(alone, Vec::<String>::new(), "{kind} is mapped to what it is");
            for wrong in [json!("OTHER"), json!(null), Value::Array(Vec::new())] {
                value["type"] = wrong;
                assert_ne!(parameter(&document, &value), Vec::<String>::new(), "{value}");
            }
            value.as_object_mut().expect("an object").remove("type");
            assert_ne!(parameter(&document, &value), Vec::<String>::new(), "{kind} without a type");
        }
    }
}

#[tokio::test]
async fn an_amount_is_a_number_of_any_size_and_nothing_else() {
    for document in both().await {
        let amount = &document["components"]["schemas"]["Amount"];
        assert_eq!((&amount["type"], &amount["format"]), (&json!("number"), &Value::Null));
        let text = amount["description"].as_str().expect("a description");
        assert!(text.contains("as many digits as it needs"), "{text}");
        let schema = json!({"$ref": "#/components/schemas/Amount"});
        for number in ["158121.10", "100", "0.1", "12345678901234567.89", "-1E400"] {
            let number: Value = serde_json::from_str(number).expect("JSON");
            assert_eq!(complaints(&document, &schema, &number), Vec::<String>::new(), "{number}");
        }
        assert_ne!(complaints(&document, &schema, &json!("1")), Vec::<String>::new());
    }
}
