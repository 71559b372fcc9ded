//! Receipts that a gateway calls back with.

use data_adapter_sca::{CallbackRefusal, DeliveryStatus, Receipt, ReceiptCall, ReceiptCallbacks as _};
use data_adapter_sms_http::{HttpReceipts, HttpSmsSettings};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{no_secret, settings};

const SECRET: &str = "MARKED_456789-abcdef0123456789abcdef";

/// The example of the documentation of Twilio: its URL, its fields, its token and the signature.
const TWILIO_URL: &str = "https://mycompany.com/myapp.php";
const TWILIO_BODY: &str =
    "CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212";
const TWILIO_SIGNATURE: &str = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";

fn by(preset: &str, receipts: &Value) -> HttpSmsSettings {
    let all = json!({ "preset": preset, "username": "a", "password": "12345", "receipts": receipts });
    settings("https://sms.example/", all)
}

fn read(
    settings: &HttpSmsSettings,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Vec<Receipt>, CallbackRefusal> {
    no_secret(&format!("{settings:?}"));
    let receipts =
        HttpReceipts::new("primary".to_owned(), settings.clone()).expect("the settings can be used");
    let header =
        |name: &str| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    let now = Timestamp::from_second(1_614_265_330).expect("a time");
    receipts.expect("there are receipts").read(&ReceiptCall {
        target,
        header: &header,
        body: body.as_bytes(),
        now,
    })
}

fn receipt(reference: &str, status: DeliveryStatus, reason: Option<&str>) -> Receipt {
    let gateway = "primary".to_owned();
    Receipt { gateway, reference: reference.to_owned(), status, reason: reason.map(str::to_owned) }
}

#[test]
fn the_signature_of_the_documentation_of_twilio_is_theirs_and_no_other_is() {
    let report = json!({ "reference": "/CallSid", "status": "/Digits", "delivered": ["1234"] });
    let settings = by("twilio", &json!({ "public_url": TWILIO_URL, "report": report }));
    let target = "/callbacks/sms/primary?foo=1&bar=2";
    let signed = [("x-twilio-signature", TWILIO_SIGNATURE)];
    let delivered = receipt("CA1234567890ABCDE", DeliveryStatus::Delivered, None);
    assert_eq!(read(&settings, target, &signed, TWILIO_BODY), Ok(vec![delivered]));
    let other_body = TWILIO_BODY.replace("1234", "1235");
    let other = by("twilio", &json!({ "public_url": "https://mycompany.com/other", "report": {} }));
    for (settings, target, headers, body) in [
        (&settings, target, &[][..], TWILIO_BODY),
        (&settings, target, &[("x-twilio-signature", "")][..], TWILIO_BODY),
        (&settings, target, &[("x-twilio-signature", "AAAA")][..], TWILIO_BODY),
        (&settings, target, &signed[..], other_body.as_str()),
        (&settings, "/callbacks/sms/primary?foo=1", &signed[..], TWILIO_BODY),
        (&settings, "/callbacks/sms/primary", &signed[..], TWILIO_BODY),
        (&other, target, &signed[..], TWILIO_BODY),
    ] {
        assert_eq!(
            read(settings, target, headers, body),
            Err(CallbackRefusal::Unsigned),
            "{target} {headers:?}"
        );
    }
}

#[test]
fn a_slash_at_the_end_of_the_public_url_changes_no_signature() {
    let report = json!({ "reference": "/CallSid", "status": "/Digits", "delivered": ["1234"] });
    let settings = by("twilio", &json!({ "public_url": format!("{TWILIO_URL}/"), "report": report }));
    let signed = [("x-twilio-signature", TWILIO_SIGNATURE)];
    let said = read(&settings, "/callbacks/sms/primary?foo=1&bar=2", &signed, TWILIO_BODY);
    assert_eq!(said.expect("calls are told the URL without the slash").len(), 1);
}

#[test]
fn a_secret_in_the_path_is_the_last_part_of_it_and_the_whole_one() {
    let settings = by("vonage", &json!({ "secret": SECRET }));
    let body = r#"{"messageId": "m-1", "status": "delivered", "err-code": "0", "msisdn": "420777123456"}"#;
    let at = |target: &str| read(&settings, target, &[], body);
    let delivered = vec![receipt("m-1", DeliveryStatus::Delivered, None)];
    assert_eq!(at(&format!("/callbacks/sms/primary/{SECRET}")), Ok(delivered.clone()));
    assert_eq!(at(&format!("/data-adapter/callbacks/sms/primary/{SECRET}?a=b")), Ok(delivered));
    for wrong in [
        "/callbacks/sms/primary".to_owned(),
        "/callbacks/sms/primary/".to_owned(),
        format!("/callbacks/sms/primary/{SECRET}/"),
        format!("/callbacks/sms/primary/{}", &SECRET[1..]),
        format!("/callbacks/sms/primary/{SECRET}0"),
        format!("/callbacks/sms/other/{SECRET}"),
        format!("/callbacks/sms/primary?{SECRET}"),
        format!("/callbacks/sms/primary/x?/primary/{SECRET}"),
    ] {
        assert_eq!(at(&wrong), Err(CallbackRefusal::Unsigned), "{wrong}");
    }
}

#[test]
fn twilio_says_what_became_of_a_message() {
    let at = |status: &str, code: &str| {
        let body = format!("MessageSid=SM1&MessageStatus={status}&To=%2B420777123456{code}&AccountSid=AC1");
        // Whose it is, is for another test.
        let settings = by("twilio", &json!({ "verification": "path", "secret": SECRET }));
        read(&settings, &format!("/callbacks/sms/primary/{SECRET}"), &[], &body)
    };
    assert_eq!(at("delivered", ""), Ok(vec![receipt("SM1", DeliveryStatus::Delivered, None)]));
    for status in ["undelivered", "failed"] {
        let undelivered = receipt("SM1", DeliveryStatus::Undelivered, Some("30005"));
        assert_eq!(at(status, "&ErrorCode=30005"), Ok(vec![undelivered]), "{status}");
    }
    for no_end in ["queued", "sending", "sent", "accepted"] {
        assert_eq!(at(no_end, ""), Ok(vec![]), "{no_end}");
    }
}

#[test]
fn infobip_says_it_of_several_messages_at_once() {
    let report = |id: &str, name: &str, error: &str| json!({ "messageId": id, "to": "420777123456", "status": { "name": name }, "error": { "name": error } });
    let body = json!({ "results": [
        report("m-1", "DELIVERED_TO_HANDSET", "NO_ERROR"),
        report("m-2", "UNDELIVERABLE_NOT_DELIVERED", "EC_ABSENT_SUBSCRIBER"),
        report("m-3", "DELIVERED_TO_OPERATOR", "NO_ERROR"),
        report("m-4", "EXPIRED_EXPIRED", "to +420777123456")
    ] });
    let settings = by("infobip", &json!({ "secret": SECRET }));
    let target = format!("/callbacks/sms/primary/{SECRET}");
    let said = read(&settings, &target, &[], &body.to_string()).expect("it is theirs");
    let expected = [
        receipt("m-1", DeliveryStatus::Delivered, None),
        receipt("m-2", DeliveryStatus::Undelivered, Some("EC_ABSENT_SUBSCRIBER")),
        receipt("m-4", DeliveryStatus::Undelivered, None),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_receipt_that_cannot_be_understood_takes_no_other_with_it() {
    let body = json!({ "results": [
        { "messageId": "x".repeat(129), "status": { "name": "DELIVERED_TO_HANDSET" } },
        { "messageId": "m-1", "status": { "name": "DELIVERED_TO_HANDSET" } },
        { "messageId": "m-2" }
    ] });
    let settings = by("infobip", &json!({ "secret": SECRET }));
    let said = read(&settings, &format!("/callbacks/sms/primary/{SECRET}"), &[], &body.to_string());
    assert_eq!(said, Ok(vec![receipt("m-1", DeliveryStatus::Delivered, None)]));
}

#[test]
fn infobip_does_not_know_of_a_message_that_nobody_reports_on() {
    let body = json!({ "results": [{ "messageId": "m-1", "status": { "name": "EXPIRED_DLR_UNKNOWN" } }] });
    let settings = by("infobip", &json!({ "secret": SECRET }));
    let said = read(&settings, &format!("/callbacks/sms/primary/{SECRET}"), &[], &body.to_string());
    assert_eq!(said, Ok(vec![]));
}

#[test]
fn vonage_says_why_a_message_did_not_arrive() {
    let settings = by("vonage", &json!({ "secret": SECRET }));
    let target = format!("/callbacks/sms/primary/{SECRET}");
    let at = |status: &str| {
        let body = json!({ "messageId": "m-1", "status": status, "err-code": "4", "msisdn": "420777123456" });
        read(&settings, &target, &[], &body.to_string())
    };
    for status in ["failed", "expired", "rejected"] {
        assert_eq!(at(status), Ok(vec![receipt("m-1", DeliveryStatus::Undelivered, Some("4"))]), "{status}");
    }
    for no_end in ["accepted", "buffered", "unknown"] {
        assert_eq!(at(no_end), Ok(vec![]), "{no_end}");
    }
}

#[test]
fn a_gateway_of_ones_own_signs_as_standard_webhooks_have_it() {
    // The key, the id, the time, the body and the signature of the example in the specification.
    let report = json!({ "reference": "/test", "status": "/test", "delivered": ["2432232314"] });
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let settings = by("json", &json!({ "secret": secret, "report": report }));
    let at = |signature: &str| {
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", signature),
        ];
        read(&settings, "/callbacks/sms/primary", &headers, r#"{"test": 2432232314}"#)
    };
    let delivered = receipt("2432232314", DeliveryStatus::Delivered, None);
    assert_eq!(at("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), Ok(vec![delivered]));
    assert_eq!(at("v1,AAAA"), Err(CallbackRefusal::Unsigned));
}

#[test]
fn what_is_theirs_and_says_nothing_is_malformed() {
    let target = format!("/callbacks/sms/primary/{SECRET}");
    for (preset, body) in [
        ("vonage", ""),
        ("vonage", "[]"),
        ("vonage", "{}"),
        ("vonage", r#"{"messageId": "m-1"}"#),
        ("vonage", r#"{"messageId": "", "status": "delivered"}"#),
        ("vonage", r#"{"messageId": null, "status": "delivered"}"#),
        ("infobip", "{}"),
        ("infobip", r#"{"results": {"messageId": "m-1"}}"#),
        ("infobip", r#"{"results": [{"messageId": "m-1"}]}"#),
    ] {
        let settings = by(preset, &json!({ "secret": SECRET }));
        assert_eq!(read(&settings, &target, &[], body), Err(CallbackRefusal::Malformed), "{preset}: {body}");
    }
    let long = format!(r#"{{"messageId": "{}", "status": "delivered"}}"#, "x".repeat(129));
    let settings = by("vonage", &json!({ "secret": SECRET }));
    assert_eq!(read(&settings, &target, &[], &long), Err(CallbackRefusal::Malformed));
}
