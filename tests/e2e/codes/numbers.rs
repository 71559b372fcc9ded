//! Where a code goes is read as people write it.

use std::fmt::Write as _;

use super::rent;
use crate::support::DataAdapter;
use crate::support::payloads::{SMS_CREATE, sms_create};

/// As directories and users files have them, and as a gateway wants them; `None` can't be a number.
const NUMBERS: [(&str, Option<&str>); 9] = [
    ("00420600000002", Some("+420600000002")),
    ("600000003", Some("+420600000003")),
    ("+420600/000004", Some("+420600000004")),
    ("+420(600)000005", Some("+420600000005")),
    ("tel:+420600000006", Some("+420600000006")),
    (" +420 600 000 007", Some("+420600000007")),
    ("ask at the desk", None),
    ("+420 6000", None),
    ("+420600000008 ext. 9", None),
];

#[tokio::test]
async fn a_phone_number_is_handed_on_in_e_164_however_it_is_written() {
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzYWx0$WwD2/wGGTuw7u4BW8sLM0Q";
    let mut users = String::new();
    for (id, (written, _)) in NUMBERS.iter().enumerate() {
        let user = format!(
            "id = \"{id}\"\nusername = \"user{id}\"\norganization = \"RETAIL\"\nphone = \"{written}\""
        );
        writeln!(users, "[[users]]\n{user}\npassword_hash = \"{hash}\"").expect("text");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.toml");
    std::fs::write(&file, users).expect("a users file");
    let settings =
        format!("sandbox.enabled = true\nsms.default_region = \"CZ\"\nbackends.memory.users_file = {file:?}");
    let adapter = DataAdapter::builder().config(settings).start().await;
    for (id, (written, expected)) in NUMBERS.iter().enumerate() {
        let context = rent(&format!("op-{id}"));
        let answer = adapter.post(SMS_CREATE, sms_create(id.to_string().as_str(), &context)).await;
        assert_eq!(answer.status, 200, "{written}: {}", answer.text);
        let sent = adapter.messages().await;
        let newest = sent.first().filter(|newest| newest["messageId"] == answer.member("messageId").as_str());
        assert_eq!(newest.and_then(|newest| newest["to"].as_str()), *expected, "{written}: {}", answer.text);
        let result = if expected.is_some() { "SUCCEEDED" } else { "FAILED" };
        assert_eq!(answer.member("smsDeliveryResult"), result, "{written}");
        let error = if expected.is_some() { "" } else { "smsAuthorization.deliveryFailed" };
        assert_eq!(answer.object()["errorMessage"].as_str().unwrap_or_default(), error, "{written}");
    }
    let log = adapter.terminate().await.stderr;
    for reason in ["it is no phone number", "has so many digits", "it has an extension"] {
        assert!(log.contains(reason), "the log does not say why: {log}");
    }
    for written in ["+420 6000", "600000008", "ask at the desk"] {
        assert!(!log.contains(written), "the log shows a number: {log}");
    }
}
