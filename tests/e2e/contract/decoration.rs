//! A decoration adds the accounts and leaves everything else as it came, byte for byte.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, from_str};

use super::request;
use crate::support::payloads::{DECORATE, USER, context, formdata_decorate, payment_named};
use crate::support::{Answer, DataAdapter};

pub(super) const CHOICE: &str = "BANK_ACCOUNT_CHOICE";

/// Attributes of kinds that are known and not, in an order and with numbers that a reader may lose.
const ODD_PARAMETERS: &str = concat!(
    r#"{"zeta":1,"type":"AMOUNT","id":"operation.amount","label":null,"valueFormatType":"AMOUNT","#,
    r#""formattedValues":{},"amount":158121.10,"currency":"CZK","currencyId":"operation.currency","alpha":[]},"#,
    r#"{"type":"CRYPTIC","id":"x","value":1.0E7,"more":{"b":0.00,"a":12345678901234567890.12,"c":[1e-7,-0]}},"#,
    r#"{"type":"KEY_VALUE","id":"operation.account","label":null,"valueFormatType":null,"#,
    r#""formattedValues":{},"value":"238400856/0300"},"#,
    r#"{"type":"NOTE","id":"operation.note","label":"Note","note":"žluťoučký\nkůň 🐎 <b>&amp;</b>"},"#,
    r#"{"type":"BANNER","id":"banner.info","label":null,"message":"","bannerType":"BANNER_NEW"},"#,
    r#"{"type":"PARTY_INFO","id":"p","label":null,"partyInfo":{"websiteUrl":null,"name":"Tesco"}}"#
);

#[tokio::test]
async fn what_a_decoration_does_not_know_goes_through_unchanged_and_in_order() {
    let adapter = DataAdapter::start().await;
    let form = odd_form(ODD_PARAMETERS, "[]");
    let answer = decorate(&adapter, "authorize_payment", &form).await;
    let (before, after) = form.split_once("],\"userInput\"").expect("the end of the parameters");
    let decorated = form_data(&answer);
    assert!(decorated.starts_with(before), "sent\n{form}\nreceived\n{decorated}");
    assert!(decorated.ends_with(&format!("],\"userInput\"{after}")), "sent\n{form}\nreceived\n{decorated}");
    let added = &decorated[before.len()..decorated.len() - after.len() - "],\"userInput\"".len()];
    assert!(added.starts_with(",{") && added.contains(CHOICE), "only a choice was added: {added}");
    assert!(added.contains(r#""balance":158121.10"#), "with its numbers as printed: {added}");
}

#[tokio::test]
async fn a_decoration_applied_to_its_own_output_changes_nothing() {
    let adapter = DataAdapter::start().await;
    let first = decorate(&adapter, "authorize_payment", &odd_form(ODD_PARAMETERS, "[]")).await;
    let second = decorate(&adapter, "authorize_payment", &form_data(&first)).await;
    assert_eq!(form_data(&second), form_data(&first));

    let example: Value = from_str(&request("formdata-decorate")).expect("an example in JSON");
    let example = example["requestObject"]["operationContext"]["formData"].to_string();
    let first = decorate(&adapter, "authorize_payment", &example).await;
    let second = decorate(&adapter, "authorize_payment", &form_data(&first)).await;
    assert_eq!(form_data(&second), form_data(&first));
}

#[tokio::test]
async fn a_choice_that_is_already_there_is_refreshed_and_not_added_twice() {
    let adapter = DataAdapter::start().await;
    let stale = concat!(
        r#"{"type":"BANK_ACCOUNT_CHOICE","id":"operation.bankAccountChoice","label":null,"bankAccounts":["#,
        r#"{"number":"99/0100","accountId":"CZ99","name":"Closed","balance":5.00,"currency":"CZK","#,
        r#""usableForPayment":true,"unusableForPaymentReason":null}],"enabled":true,"defaultValue":"CZ99"}"#
    );
    let fresh = decorate(&adapter, "authorize_payment", &odd_form(ODD_PARAMETERS, "[]")).await;
    let with_stale = format!("{stale},{ODD_PARAMETERS}");
    let answer = decorate(&adapter, "authorize_payment", &odd_form(&with_stale, "[]")).await;
    assert_eq!(choice(&answer)["bankAccounts"], choice(&fresh)["bankAccounts"], "{}", answer.text);
    assert_eq!(choice(&answer)["defaultValue"], choice(&fresh)["defaultValue"], "{}", answer.text);
    assert!(form_data(&answer).contains(ODD_PARAMETERS), "the others stay in order: {}", answer.text);
    assert!(!answer.text.contains("CZ99"), "nothing stale is left: {}", answer.text);
}

#[tokio::test]
async fn the_form_data_of_a_login_comes_back_as_it_was() {
    let adapter = DataAdapter::start().await;
    for name in ["login", "login_sca"] {
        for form in [odd_form("", "[]"), odd_form(ODD_PARAMETERS, r#"[{"id":"login.other","x":1.50}]"#)] {
            let answer = decorate(&adapter, name, &form).await;
            assert_eq!(form_data(&answer), form, "{name}");
        }
    }
}

#[tokio::test]
async fn both_kinds_of_payment_are_decorated() {
    let adapter = DataAdapter::start().await;
    for name in ["authorize_payment", "authorize_payment_sca"] {
        let payment = payment_named(name, "op", "100", "CZK", "238400856/0300");
        let answer = adapter.post(DECORATE, formdata_decorate(USER, &payment)).await;
        assert_eq!(choice(&answer)["bankAccounts"].as_array().map(Vec::len), Some(3), "{name}");
    }
}

/// A form with these parameters and this configuration, and with members that nobody knows.
pub(super) fn odd_form(parameters: &str, config: &str) -> String {
    format!(
        concat!(
            r#"{{"title":{{"id":"operation.title","message":null,"unknown":0.00}},"#,
            r#""unknown":{{"b":1.0E7,"a":158121.10}},"#,
            r#""greeting":{{"id":"operation.greeting","message":null}},"#,
            r#""summary":{{"id":"operation.summary","message":"100 CZK"}},"config":{},"#,
            r#""banners":[{{"type":"BANNER","id":"b","bannerType":"BANNER_INFO","message":null,"n":1.50}}],"#,
            r#""parameters":[{}],"userInput":{{"other":"x","number":2.0}},"last":[1.0,true,null]}}"#
        ),
        config, parameters
    )
}

/// Sends form data as it is written.
pub(super) async fn decorate(adapter: &DataAdapter, operation: &str, form: &str) -> Answer {
    let context = context("op", operation, "A1", "");
    let (before, rest) = context.split_once(r#""formData":"#).expect("form data");
    let (_, after) = rest.split_once(r#","applicationContext""#).expect("an application");
    let context = format!(r#"{before}"formData":{form},"applicationContext"{after}"#);
    let answer = adapter.post(DECORATE, formdata_decorate(USER, &context)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

/// The form data of an answer as it is printed.
pub(super) fn form_data(answer: &Answer) -> String {
    type Members<'a> = BTreeMap<String, &'a RawValue>;
    let envelope: Members = from_str(&answer.text).expect("a JSON object");
    let object: Members = from_str(envelope["responseObject"].get()).expect("a JSON object");
    object["formData"].get().to_owned()
}

/// The only choice of accounts in an answer.
pub(super) fn choice(answer: &Answer) -> &Value {
    let parameters = answer.object()["formData"]["parameters"].as_array().expect("a list of parameters");
    let mut choices = parameters.iter().filter(|parameter| parameter["type"] == CHOICE);
    let choice = choices.next().unwrap_or_else(|| panic!("no choice of accounts: {}", answer.text));
    assert!(choices.next().is_none(), "more than one choice of accounts: {}", answer.text);
    choice
}
