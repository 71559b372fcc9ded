//! The OpenAPI document.

use data_adapter_security::document;
use data_adapter_server::{Access, Certificates, Place};
use serde_json::{Value, json};

use crate::bench::Bench;

fn written(access: Access) -> Value {
    let place = Place { api: "/security", inbox: Some("../sandbox/inbox"), access, max_body: 65536 };
    serde_json::to_value(document(&Bench::new().settings, &place)).expect("it can be written")
}

#[test]
fn it_names_the_eight_operations_as_the_document_of_the_api_prints_them() {
    let document = written(Access::default());
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "/login",
        "/PostLoginDetails",
        "/Authorize",
        "/RegenerateSCA",
        "/GetSCAPendingRequest",
        "/ListSDKDevices",
        "/DeRegisterSDKDevice",
        "/logout",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn everything_but_the_login_needs_a_token_beside_the_certificate_that_everybody_has_to_show() {
    let document = written(Access::default());
    assert_eq!(document["paths"]["/login"]["post"]["security"], json!([]));
    assert_eq!(document["paths"]["/logout"]["post"]["security"], json!([{"token": []}]));
    let document = written(Access { tokens: false, certificates: Certificates::Required });
    assert_eq!(document["paths"]["/login"]["post"]["security"], json!([{"mutualTls": []}]));
    assert_eq!(document["paths"]["/logout"]["post"]["security"], json!([{"mutualTls": [], "token": []}]));
}

#[test]
fn lengths_and_enums_are_those_of_the_document_of_the_api() {
    let document = written(Access::default());
    let schemas = &document["components"]["schemas"];
    let authorize = &schemas["AuthorizeRequest"];
    assert_eq!(authorize["required"], json!(["SCAReferenceNumber"]));
    let member = |name: &str| &authorize["properties"][name];
    assert_eq!(
        (&member("SCAReferenceNumber")["minLength"], &member("SCAReferenceNumber")["maxLength"]),
        (&json!(36), &json!(36))
    );
    assert_eq!(member("SCAIdentification")["maxLength"], 50);
    assert_eq!(member("ClientRequestReference")["maxLength"], 50);
    assert_eq!(schemas["FactorOption"]["enum"], json!([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    assert_eq!(schemas["ScaType"]["enum"], json!([0, 1, 2]));
    assert_eq!(schemas["Culture"]["enum"], json!([1, 2, 3]));
    assert_eq!(schemas["DeregisterRequest"]["properties"]["SDKDeviceReferenceID"]["format"], "int64");
    assert_eq!(schemas["LoginForm"]["required"], json!(["GRANT_TYPE", "UserName", "Password"]));
}
