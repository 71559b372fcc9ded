//! Codes that leave the house: gateways, what their answers come to, and what they report.

mod failing;
mod http;
mod pushes;
mod receipts;
mod reload;
mod smsc;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::codes::rent;
use crate::support::payloads::{SMS_CREATE, USER, sms_create};
use crate::support::{Builder, DataAdapter, PATIENCE};
use smsc::Nobody;
pub(crate) use smsc::Smsc;

/// The token of the operator.
const TOKEN: &str = "operator-of-a-test";

/// One user with a phone, an operator, and an audit log.
fn configuration(folder: &TempDir, gateways: &[(&str, SocketAddr)]) -> String {
    let users = folder.path().join("users.toml");
    std::fs::write(
        &users,
        "[[users]]\nid = \"12345678\"\nusername = \"user1234\"\norganization = \"RETAIL\"\ngiven_name = \"A\"\n\
         family_name = \"B\"\nphone = \"+420606123456\"\n\
         password_hash = \"$argon2id$v=19$m=19456,t=2,p=1$nHZghWRdhohP40GFHBq92w$hZK1Xs9e1aPljOsg+J1mSsIX4Uf5JUwt6DyhhrHxVk0\"\n",
    )
    .expect("users");
    let gateways = gateways.iter().map(|(id, address)| {
        format!(
            "[[sms.gateways]]\nid = \"{id}\"\n[sms.gateways.smpp]\nurl = \"smpp://{address}\"\n\
             system_id = \"bank\"\npassword = \"s3cret\"\ntimeout_ms = 5000\n"
        )
    });
    format!(
        "[otp]\nkey = \"YW4gZXhhbXBsZSwgbm90IGEga2V5OiBtYWtlIHlvdXIgb3du\"\n\
         [backends.memory]\nusers_file = \"{}\"\n[audit]\ntarget = \"file\"\nfile = \"{}\"\n\
         [admin]\nenabled = true\n[[admin.operators]]\nname = \"ann\"\n\
         token_sha256 = \"f35bd3d8c66ff7d779c43aeab3869968585bee3f3ffb35f0392855427d1acc7a\"\n\
         [sms]\ndefault_region = \"CZ\"\ntimeout_ms = 30000\n{}",
        users.display(),
        folder.path().join("audit.jsonl").display(),
        gateways.collect::<String>()
    )
}

fn with_gateways(folder: &TempDir, gateways: &[(&str, SocketAddr)]) -> Builder {
    DataAdapter::builder().config(configuration(folder, gateways))
}

/// What is told of the delivery of a code for a payment, and the id of its message.
async fn create(adapter: &DataAdapter, operation: &str) -> (Value, String) {
    let answer = adapter.post(SMS_CREATE, sms_create(USER, &rent(operation))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let result = answer.object()["smsDeliveryResult"].clone();
    if result == "FAILED" {
        assert_eq!(answer.object()["errorMessage"], "smsAuthorization.deliveryFailed", "{}", answer.text);
    }
    (result, answer.member("messageId"))
}

/// What operators see of the delivery of that message.
async fn delivery(adapter: &DataAdapter, message: &str) -> Value {
    let request = adapter.client().get(adapter.url("/admin/challenges"));
    let answer = adapter.send(request.header(AUTHORIZATION, format!("Bearer {TOKEN}"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let challenges = answer.json()["challenges"].as_array().cloned().unwrap_or_default();
    let found = challenges.into_iter().find(|challenge| {
        let number = challenge["scaReferenceNumber"].as_str();
        number.is_some_and(|number| number.eq_ignore_ascii_case(message))
    });
    found.expect("it is listed")["delivery"].clone()
}

/// The lines of that event in the audit log.
fn recorded(folder: &TempDir, event: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("an audit log");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["event"] == event).collect()
}

/// Waits until the gateway is ready, as `/health/ready` has it.
async fn ready(adapter: &DataAdapter, gateway: &str) {
    let check = format!("sms.{gateway}");
    let wait = async {
        while adapter.get("/health/ready").await.json()["checks"][&check] != "OK" {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it is ready in the end");
}

/// Every metric of gateways, of an instance that has met all that they count.
pub(crate) async fn metered() -> Option<DataAdapter> {
    let mut smsc = Smsc::start().await?;
    let folder = TempDir::new().expect("a folder");
    let dead = Nobody::new();
    let gateways = [("dead", dead.address()), ("primary", smsc.address())];
    let adapter = with_gateways(&folder, &gateways).start().await;
    ready(&adapter, "primary").await;
    for number in 1..=5 {
        assert_eq!(create(&adapter, &format!("op-{number}")).await.0, "SUCCEEDED");
    }
    for (state, id) in [("DELIVRD", "n-1"), ("UNDELIV", "n-2")] {
        smsc.report(state, id).await;
    }
    Some(adapter)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_leaves_by_a_gateway_and_only_the_gateway_knows_it() {
    let Some(mut smsc) = Smsc::start().await else { return };
    let folder = TempDir::new().expect("a folder");
    let adapter = with_gateways(&folder, &[("primary", smsc.address())]).start().await;
    ready(&adapter, "primary").await;
    let (result, message) = create(&adapter, "op").await;
    assert_eq!(result, "SUCCEEDED");
    let sent = smsc.event("submit").await;
    assert_eq!(sent["to"], json!([1, 1, "420606123456"]));
    let code = code_in(sent["text"].as_str().expect("a text"));
    let answer = crate::codes::verify(&adapter, &message, &code, USER, &rent("op")).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    let line = &recorded(&folder, "code_sent")[0];
    assert_eq!((&line["gateway"], &line["outcome"]), (&json!("primary"), &json!("succeeded")));
    assert_eq!(adapter.get("/sandbox/messages").await.status, 404, "no page shows it");
    let log = adapter.terminate().await.stderr;
    assert!(!log.contains(&code) && !log.contains("606123456") && !log.contains("s3cret"), "{log}");
    smsc.event("unbind").await;
}

/// The last number of a text.
fn code_in(text: &str) -> String {
    let mut numbers = text.rsplit(|letter: char| !letter.is_ascii_digit());
    numbers.find(|number| number.len() >= 6).expect("a code").to_owned()
}
