//! What the document shows works as it stands.

use data_adapter_admin::document;
use data_adapter_server::{Access, Place};
use serde_json::{Value, json};

use crate::bench::Bench;

fn shown(bench: &Bench) -> Value {
    let place = Place { api: "/admin", inbox: None, access: Access::default(), max_body: 1000 };
    serde_json::to_value(document(&bench.settings, &place)).expect("it is JSON")
}

#[actix_web::test]
async fn every_example_of_a_request_is_answered_as_the_document_says() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    service.post("/admin/users/12345678/devices", device).await.with(201);
    let document = shown(&bench);
    let mut sent = 0;
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let operation = &methods["post"];
        let path = path.replace("{userId}", "12345678");
        let examples = operation["requestBody"]["content"]["application/json"]["examples"].as_object();
        for (name, example) in examples.into_iter().flatten() {
            let answered = service.post(&format!("/admin{path}"), example["value"].clone()).await;
            assert!((200..300).contains(&answered.status), "{path} {name}: {answered:?}");
            assert!(
                operation["responses"][answered.status.to_string()].is_object(),
                "{path} {name}: {answered:?}"
            );
            sent += 1;
        }
    }
    assert_eq!(sent, 9);
}

#[actix_web::test]
async fn the_words_of_the_document_are_those_that_are_read() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let schemas = shown(&bench)["components"]["schemas"].clone();
    for method in schemas["ScaMethod"]["enum"].as_array().expect("words") {
        let request = json!({"consumerId": 1, "type": method, "title": "A limit"});
        service.post("/admin/sca-requests", request).await.problem(404);
    }
    for factor in schemas["UserFactor"]["enum"].as_array().expect("words") {
        service.post("/admin/users/12345678/unblock", json!({"factor": factor})).await.with(200);
    }
}
