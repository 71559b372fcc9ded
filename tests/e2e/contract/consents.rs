//! The consent form: shown, judged, saved.

use serde_json::{Value, json};

use super::{PREFIXES, assert_example, assert_holds, request, request_with, response};
use crate::support::DataAdapter;
use crate::support::outcome::NOT_SAVED;
use crate::support::payloads::{CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE};

#[tokio::test]
async fn the_beginning_of_a_consent_says_that_a_form_is_to_be_shown_and_holds_it() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{CONSENT_INIT}"), request("consent-init")).await;
        // The document prints the form; Web Flow reads the boolean (FACTS A1).
        let mut example = response("consent-init");
        example["responseObject"]["shouldDisplayConsentForm"] = true.into();
        assert_holds(&answer, 200, &example, &[]);
    }
}

#[tokio::test]
async fn the_form_of_a_payment_is_the_documents() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{CONSENT_CREATE}"), request("consent-create")).await;
        assert_example(&answer, 200, "consent-create", &[]);
    }
}

#[tokio::test]
async fn a_form_that_is_not_filled_in_does_not_pass() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let path = format!("{prefix}{CONSENT_VALIDATE}");
        for value in [Value::Null, "NOT_CHECKED".into()] {
            let request = request_with("consent-validate", &[("options", options(&value))]);
            assert_example(&adapter.post(&path, request).await, 200, "consent-validate.failed", &[]);
        }
        let as_it_stands = adapter.post(&path, request("consent-validate")).await;
        assert_example(&as_it_stands, 200, "consent-validate.failed", &[]);
    }
}

#[tokio::test]
async fn a_form_that_is_filled_in_passes() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let request = request_with("consent-validate", &[("options", options(&"CHECKED".into()))]);
        let answer = adapter.post(&format!("{prefix}{CONSENT_VALIDATE}"), request).await;
        assert_example(&answer, 200, "consent-validate.passed", &[]);
    }
}

#[tokio::test]
async fn a_form_that_is_filled_in_is_saved() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{CONSENT_SAVE}"), request("consent-save")).await;
        assert_example(&answer, 200, "consent-save.succeeded", &[]);
    }
}

#[tokio::test]
async fn a_form_that_is_not_filled_in_is_not_saved_whatever_the_client_says_is_required() {
    let adapter = DataAdapter::start().await;
    let mut optional = options(&"NOT_CHECKED".into());
    for option in optional.as_array_mut().expect("a list") {
        option["required"] = false.into();
    }
    for options in [optional, options(&Value::Null), json!([])] {
        let request = request_with("consent-save", &[("options", options)]);
        NOT_SAVED.assert(&adapter.post(CONSENT_SAVE, request).await, "a form that is not filled in");
    }
}

#[tokio::test]
async fn an_option_that_nobody_asked_for_changes_nothing() {
    let adapter = DataAdapter::start().await;
    let mut ticked = options(&"CHECKED".into());
    ticked.as_array_mut().expect("a list").push(json!({ "id": "CONSENT_OTHER", "value": "NOT_CHECKED" }));
    let ticked = [("options", ticked)];
    let answer = adapter.post(CONSENT_VALIDATE, request_with("consent-validate", &ticked)).await;
    assert_example(&answer, 200, "consent-validate.passed", &[]);
    let answer = adapter.post(CONSENT_SAVE, request_with("consent-save", &ticked)).await;
    assert_example(&answer, 200, "consent-save.succeeded", &[]);
}

/// The options of the example with this value each.
fn options(value: &Value) -> Value {
    let example: Value = serde_json::from_str(&request("consent-validate")).expect("an example in JSON");
    let mut options = example["requestObject"]["options"].clone();
    for option in options.as_array_mut().expect("a list of options") {
        option["value"] = value.clone();
    }
    options
}
