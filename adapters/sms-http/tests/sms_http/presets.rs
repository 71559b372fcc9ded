//! What each preset says, field by field as the documentation of the gateway has it, and how it reads answers.

use data_adapter_sca::SmsGateway as _;
use serde_json::{Value, json};

use crate::server::{Call, Does, gateway};
use crate::support::{is_refused, is_unavailable, is_unknown, made, message, saying, send, settings};

/// The call of a preset for a text, when the gateway answers so.
async fn called(preset: &str, text: &str, answer: &str, more: Value) -> Call {
    let (url, calls) = gateway(&[Does::ok(answer)]).await;
    let mut all = json!({ "preset": preset });
    all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let taken = made(settings(&url, all)).send(&saying(text)).await;
    assert!(taken.is_ok(), "{preset}: {taken:?}");
    calls.only()
}

fn pairs(fields: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const TWILIO: &str = r#"{"account_sid": "AC0123456789abcdef0123456789abcdef", "body": "Hi", "direction": "outbound-api",
    "error_code": null, "num_segments": "1", "sid": "SM0123456789abcdef0123456789abcdef", "status": "queued"}"#;

#[tokio::test]
async fn twilio_is_told_in_a_form_and_says_what_it_calls_the_message() {
    let credentials = json!({
        "username": "AC0123456789abcdef0123456789abcdef", "password": "MARKED-token",
        "receipts": { "public_url": "https://bank.example/callbacks/sms/primary" }
    });
    let call = called("twilio", "Žluť & co", TWILIO, credentials).await;
    assert!(call.target().starts_with("POST "));
    assert_eq!(call.header("content-type"), Some("application/x-www-form-urlencoded"));
    let basic = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpNQVJLRUQtdG9rZW4=";
    assert_eq!(call.header("authorization"), Some(basic));
    let fields = pairs(&[
        ("To", "+420777123456"),
        ("From", "Bank"),
        ("Body", "Žluť & co"),
        ("StatusCallback", "https://bank.example/callbacks/sms/primary"),
    ]);
    assert_eq!(call.fields(), fields);
}

#[tokio::test]
async fn twilio_answers_are_read() {
    let with = |does: Does| async {
        let (url, _) = gateway(&[does]).await;
        send(settings(&url, json!({ "preset": "twilio", "username": "AC1", "password": "MARKED" }))).await
    };
    let taken = with(Does::Answer(201, "", TWILIO.to_owned())).await.expect("it is taken");
    assert_eq!(taken.references, ["SM0123456789abcdef0123456789abcdef"]);
    let error =
        r#"{"code": 21211, "message": "Invalid To", "more_info": "https://x.example", "status": 400}"#;
    let refused = with(Does::Answer(400, "", error.to_owned())).await;
    assert!(is_refused(&refused) && format!("{refused:?}").contains("21211"), "{refused:?}");
    assert!(is_unavailable(&with(Does::Answer(429, "", r#"{"code": 20429}"#.to_owned())).await));
    assert!(is_unavailable(&with(Does::Answer(401, "", r#"{"code": 20003}"#.to_owned())).await));
}

#[tokio::test]
async fn twilio_can_be_told_a_service_in_place_of_a_sender() {
    let more = json!({ "username": "AC1", "password": "MARKED", "request": { "fields": {
        "From": "", "MessagingServiceSid": "MG1" } } });
    let call = called("twilio", "Hi", TWILIO, more).await;
    assert_eq!(
        call.fields(),
        pairs(&[("To", "+420777123456"), ("MessagingServiceSid", "MG1"), ("Body", "Hi")])
    );
}

const VONAGE: &str = r#"{"message-count": "2", "messages": [
    {"to": "420777123456", "message-id": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab", "status": "0", "remaining-balance": "3.14"},
    {"to": "420777123456", "message-id": "aaaaaaaa-bbbb-cccc-dddd-0123456789ac", "status": "0", "remaining-balance": "3.10"}]}"#;

#[tokio::test]
async fn vonage_is_told_in_a_form_and_which_alphabet_a_text_needs() {
    let secret = "0123456789abcdef0123456789abcdef";
    let more = json!({
        "username": "abcd1234", "password": "MARKED-secret",
        "receipts": { "secret": secret, "public_url": "https://bank.example/callbacks/sms/primary" }
    });
    for (text, kind) in [("Your code € {1}", "text"), ("Kód ě", "unicode")] {
        let call = called("vonage", text, VONAGE, more.clone()).await;
        assert_eq!(call.header("authorization"), Some("Basic YWJjZDEyMzQ6TUFSS0VELXNlY3JldA=="));
        let callback = format!("https://bank.example/callbacks/sms/primary/{secret}");
        let fields = [
            ("to", "420777123456"),
            ("from", "Bank"),
            ("text", text),
            ("type", kind),
            ("callback", &callback),
        ];
        assert_eq!(call.fields(), pairs(&fields));
    }
}

#[tokio::test]
async fn vonage_answers_with_200_whatever_it_says() {
    let with = |body: &str| {
        let body = body.to_owned();
        async {
            let (url, _) = gateway(&[Does::ok(body)]).await;
            send(settings(&url, json!({ "preset": "vonage", "username": "a", "password": "MARKED" }))).await
        }
    };
    let references = with(VONAGE).await.expect("it is taken").references;
    assert_eq!(references, ["aaaaaaaa-bbbb-cccc-dddd-0123456789ab", "aaaaaaaa-bbbb-cccc-dddd-0123456789ac"]);
    let error = |status: u8| {
        let message = json!({ "status": status.to_string(), "error-text": "Your code is 87654321" });
        json!({ "message-count": "1", "messages": [message] }).to_string()
    };
    for throttled in [1, 4, 8, 9, 10, 11] {
        assert!(is_unavailable(&with(&error(throttled)).await), "{throttled}");
    }
    for refused in [2, 3, 6, 7, 12, 15, 29] {
        assert!(is_refused(&with(&error(refused)).await), "{refused}");
    }
    assert!(is_unknown(&with(&error(5)).await));
}

const INFOBIP: &str = r#"{"bulkId": "b-1", "messages": [{"messageId": "m-1", "destination": "420777123456",
    "status": {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED", "description": "Accepted"}}]}"#;

#[tokio::test]
async fn infobip_is_told_in_json_with_its_own_word_before_the_key() {
    let secret = "0123456789abcdef0123456789abcdef";
    let more = json!({ "token": "MARKED-key", "receipts": {
        "secret": secret, "public_url": "https://bank.example/callbacks/sms/primary" } });
    let call = called("infobip", "Kód \"1\" \\ €\n@bank.example #1", INFOBIP, more).await;
    assert_eq!(call.header("authorization"), Some("App MARKED-key"));
    assert_eq!(call.header("content-type"), Some("application/json"));
    assert_eq!(call.header("accept"), Some("application/json"));
    let body: Value = serde_json::from_str(&call.body).expect("JSON");
    let expected = json!({ "messages": [{
        "sender": "Bank", "destinations": [{ "to": "420777123456" }],
        "content": { "text": "Kód \"1\" \\ €\n@bank.example #1" },
        "webhooks": {
            "delivery": { "url": format!("https://bank.example/callbacks/sms/primary/{secret}") },
            "contentType": "application/json"
        }
    }] });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn infobip_answers_are_read() {
    let with = |does: Does| async {
        let (url, _) = gateway(&[does]).await;
        send(settings(&url, json!({ "preset": "infobip", "token": "MARKED" }))).await
    };
    assert_eq!(with(Does::ok(INFOBIP)).await.expect("it is taken").references, ["m-1"]);
    let said = |name: &str| Does::ok(INFOBIP.replace("PENDING_ACCEPTED", name));
    assert!(is_refused(&with(said("REJECTED_DESTINATION")).await));
    assert!(is_unavailable(&with(said("REJECTED_NOT_ENOUGH_CREDITS")).await));
    let refused =
        with(Does::Answer(400, "", r#"{"errorCode": "E400", "description": "no"}"#.to_owned())).await;
    assert!(is_refused(&refused) && format!("{refused:?}").contains("E400"), "{refused:?}");
}

#[tokio::test]
async fn a_gateway_of_ones_own_is_told_in_plain_json() {
    let call = called("json", "Kód \"1\"", "{}", json!({ "token": "MARKED-token" })).await;
    assert_eq!(call.header("authorization"), Some("Bearer MARKED-token"));
    let body: Value = serde_json::from_str(&call.body).expect("JSON");
    let id = body["id"].as_str().expect("an id").to_owned();
    assert_eq!(body, json!({ "id": id, "to": "+420777123456", "from": "Bank", "text": "Kód \"1\"" }));
}

#[tokio::test]
async fn a_message_without_a_sender_leaves_it_to_the_gateway() {
    for (preset, answer) in [("twilio", TWILIO), ("vonage", VONAGE), ("infobip", INFOBIP), ("json", "{}")] {
        let (url, calls) = gateway(&[Does::ok(answer)]).await;
        let credentials = if preset == "infobip" { "token" } else { "password" };
        let mut all = json!({ "preset": preset, "username": "a" });
        all[credentials] = "MARKED".into();
        let sms = data_adapter_sca::SmsMessage { sender: None, ..message() };
        made(settings(&url, all)).send(&sms).await.expect("it is taken");
        let body = calls.only().body.to_ascii_lowercase();
        assert!(!body.contains("from") && !body.contains("sender"), "{preset}: {body}");
    }
}
