//! What the document says of callers, as the configuration has them.

use serde_json::{Value, json};

use super::{PAGES, document, operation, printed, untouched};
use crate::callers;
use crate::support::DataAdapter;
use crate::support::payloads::valid_requests;
use crate::support::pki::{Authority, TlsFolder};

/// The document that the program prints under this configuration.
async fn under(configuration: String, version: &str) -> Value {
    let builder = untouched().config(configuration).arg(format!("--openapi-version={version}"));
    serde_json::from_str(&printed(builder).await).expect("JSON")
}

fn schemes(document: &Value) -> Vec<&str> {
    let schemes = document["components"]["securitySchemes"].as_object();
    schemes.into_iter().flat_map(|schemes| schemes.keys().map(String::as_str)).collect()
}

#[tokio::test]
async fn where_anybody_may_call_it_asks_for_nothing() {
    let adapter = DataAdapter::start().await;
    let document = document(&adapter, PAGES[0]).await;
    assert_eq!(document["security"], json!([]));
    assert_eq!(document["components"]["securitySchemes"], Value::Null);
    for (path, _) in valid_requests() {
        assert_eq!(operation(&document, path)["responses"].get("403"), None, "{path}");
    }
}

#[tokio::test]
async fn where_callers_have_tokens_one_is_asked_for_and_its_lack_is_among_the_answers() {
    let adapter = DataAdapter::builder().config(callers::configuration()).start().await;
    let document = document(&adapter, PAGES[0]).await;
    assert_eq!(document["security"], json!([{"bearer": []}, {"basic": []}]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(
        (&schemes["bearer"]["scheme"], &schemes["basic"]["scheme"]),
        (&json!("bearer"), &json!("basic"))
    );
    assert_eq!(schemes["mutualTls"], Value::Null);
    for (path, _) in valid_requests() {
        for status in ["401", "403"] {
            assert!(
                operation(&document, path)["responses"][status].is_object(),
                "{path} does not say {status}"
            );
        }
    }
}

#[tokio::test]
async fn where_a_certificate_will_do_as_well_it_is_one_of_the_ways() {
    let (authority, folder) = (Authority::new("ours"), TlsFolder::with(&Authority::new("ours").server()));
    let tls = folder.section_with_clients(&authority, "");
    let document = under(format!("{}{tls}", callers::configuration()), "3.1").await;
    assert_eq!(document["security"], json!([{"bearer": []}, {"basic": []}, {"mutualTls": []}]));
    assert_eq!(document["components"]["securitySchemes"]["mutualTls"]["type"], "mutualTLS");
    let by_certificate = "[sandbox]\nenabled = true\n[[callers.allowed]]\nname = \"web-flow\"\n";
    let document = under(format!("{by_certificate}{tls}"), "3.1").await;
    assert_eq!(document["security"], json!([{"mutualTls": []}]));
    assert_eq!(schemes(&document), ["mutualTls"]);
    assert!(operation(&document, "/api/auth/user/lookup")["responses"]["401"].is_object());
}

#[tokio::test]
async fn where_a_certificate_is_required_it_goes_with_each_token() {
    let (authority, folder) = (Authority::new("ours"), TlsFolder::with(&Authority::new("ours").server()));
    let tls = folder.section_with_clients(&authority, "client_certificate_required = true");
    let with_tokens = under(format!("{}{tls}", callers::configuration()), "3.1").await;
    let expected = json!([
        {"bearer": [], "mutualTls": []}, {"basic": [], "mutualTls": []}, {"mutualTls": []}
    ]);
    assert_eq!(with_tokens["security"], expected);
    let of_anybody = under(format!("[sandbox]\nenabled = true\n{tls}"), "3.1").await;
    assert_eq!(of_anybody["security"], json!([{"mutualTls": []}]));
}

#[tokio::test]
async fn a_certificate_that_nobody_is_known_by_is_not_asked_for() {
    let (authority, folder) = (Authority::new("ours"), TlsFolder::with(&Authority::new("ours").server()));
    let tls = folder.section_with_clients(&authority, "");
    let document = under(format!("[sandbox]\nenabled = true\n{tls}"), "3.1").await;
    assert_eq!((&document["security"], schemes(&document)), (&json!([]), Vec::new()));
}

#[tokio::test]
async fn openapi_3_0_has_no_word_for_certificates_and_says_the_rest() {
    let (authority, folder) = (Authority::new("ours"), TlsFolder::with(&Authority::new("ours").server()));
    let tls = folder.section_with_clients(&authority, "client_certificate_required = true");
    let document = under(format!("{}{tls}", callers::configuration()), "3.0").await;
    assert_eq!(document["security"], json!([{"bearer": []}, {"basic": []}, {}]));
    assert_eq!(schemes(&document), ["basic", "bearer"]);
    let text = document["info"]["description"].as_str().expect("a text");
    assert!(text.contains("show a certificate in the TLS handshake"), "{text}");
}
