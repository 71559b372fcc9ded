//! Form data, changes, and the status of the service.

use serde_json::Value;

use super::{PREFIXES, assert_example, request};
use crate::support::DataAdapter;
use crate::support::payloads::{DECORATE, FORMDATA_CHANGE, OPERATION_CHANGE, SERVICE_STATUS};

#[tokio::test]
async fn a_payment_is_decorated_with_the_users_accounts_as_the_document_prints_them() {
    let adapter = DataAdapter::start().await;
    // Whether an account can be used follows the account and not the document, which says "no" of all.
    let usable: Vec<String> = (0..3)
        .map(|index| format!("responseObject.formData.parameters[4].bankAccounts[{index}].usableForPayment"))
        .collect();
    let aside: Vec<&str> = usable.iter().map(String::as_str).collect();
    for prefix in PREFIXES {
        let answer = adapter.post(&format!("{prefix}{DECORATE}"), request("formdata-decorate")).await;
        assert_example(&answer, 200, "formdata-decorate", &aside);
        let accounts = &answer.object()["formData"]["parameters"][4]["bankAccounts"];
        for account in accounts.as_array().expect("a list of accounts") {
            let usable = account["unusableForPaymentReason"].is_null();
            assert_eq!(account["usableForPayment"], usable, "{account}");
        }
    }
}

#[tokio::test]
async fn changes_are_taken_note_of() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        for (path, name) in [(FORMDATA_CHANGE, "formdata-change"), (OPERATION_CHANGE, "operation-change")] {
            let answer = adapter.post(&format!("{prefix}{path}"), request(name)).await;
            assert_example(&answer, 200, name, &[]);
        }
    }
}

#[tokio::test]
async fn the_status_of_the_service_is_what_the_document_prints() {
    let adapter = DataAdapter::start().await;
    for prefix in PREFIXES {
        let answer = adapter.get(&format!("{prefix}{SERVICE_STATUS}")).await;
        let aside = ["version", "buildTime", "timestamp"].map(|member| format!("responseObject.{member}"));
        assert_example(&answer, 200, "service-status", &aside.each_ref().map(String::as_str));
        for member in ["buildTime", "timestamp"] {
            let time = &answer.object()[member];
            assert!(is_timestamp(time), "{member} is {time}");
        }
        let version = answer.object()["version"].as_str().unwrap_or_default();
        assert!(version.starts_with(|c: char| c.is_ascii_digit()), "the version is {version:?}");
    }
}

#[tokio::test]
async fn the_environment_that_the_status_names_is_a_setting() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__ENVIRONMENT", "TEST2").start().await;
    let answer = adapter.get(SERVICE_STATUS).await;
    assert_eq!(answer.object()["applicationEnvironment"], "TEST2", "{}", answer.text);
}

/// `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`, as FACTS A15 has it.
fn is_timestamp(value: &Value) -> bool {
    let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "9");
    value
        .as_str()
        .is_some_and(|text| shape(text) == "9999-99-99T99:99:99.999+9999" && text.ends_with("+0000"))
}
