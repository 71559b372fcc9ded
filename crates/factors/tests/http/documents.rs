//! What the document says, against what is answered.

use std::collections::BTreeSet;

use data_adapter_server::{Access, Place};
use serde_json::Value;

use crate::bench::Bench;

fn document(api: &str) -> Value {
    let bench = Bench::new();
    let apis = bench.apis();
    let place = Place { api, inbox: Some("../../sandbox/inbox"), access: Access::default(), max_body: 1 };
    let first = apis.iter().next().expect("an API").document(&place);
    serde_json::to_value(first).expect("it can be written")
}

#[test]
fn paths_begin_where_the_api_is_wherever_the_document_is_read() {
    for (api, server) in [
        ("http://localhost:8080/multi/authentication_factors", "http://localhost:8080/multi"),
        ("http://localhost:8080/authentication_factors", "http://localhost:8080"),
        ("../authentication_factors", ".."),
        ("..", "../.."),
    ] {
        let document = document(api);
        assert_eq!(document["servers"][0]["url"], server);
        assert!(
            document["paths"]
                .as_object()
                .unwrap()
                .keys()
                .all(|path| path.starts_with("/authentication_factors"))
        );
    }
}

#[test]
fn every_operation_asks_for_both_credentials_and_names_every_status() {
    let document = document("");
    assert_eq!(document["security"][0].as_object().unwrap().len(), 2);
    let operations: Vec<&Value> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .collect();
    assert_eq!(operations.len(), 5);
    for operation in operations {
        let statuses: BTreeSet<&str> =
            operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
        for status in ["400", "401", "403", "429", "500", "503"] {
            assert!(statuses.contains(status), "{operation}");
        }
    }
    assert!(document["info"]["description"].as_str().unwrap().contains("../../sandbox/tokens"));
}
