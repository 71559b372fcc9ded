use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::*;

const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: i64 = 1_614_265_330;

fn settings() -> CallbackSettings {
    serde_json::from_value(serde_json::json!({ "secret": SECRET })).unwrap()
}

fn callbacks() -> SignedCallbacks {
    SignedCallbacks::new(settings()).unwrap()
}

fn signature(id: &str, at: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(KEY).unwrap()).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn read(headers: [Option<&str>; 3], body: &str, now: i64) -> Result<PushCallback, CallbackRefusal> {
    let header = |name: &str| {
        let at = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            .iter()
            .position(|known| *known == name)?;
        headers[at].map(str::to_owned)
    };
    callbacks().read(&header, body.as_bytes(), Timestamp::from_second(now).unwrap())
}

fn signed(body: &str) -> Result<PushCallback, CallbackRefusal> {
    let signature = signature(ID, AT, body);
    read([Some(ID), Some(&AT.to_string()), Some(&signature)], body, AT)
}

const ACCEPTED: &str = r#"{"messageId":"018f","decision":"accepted"}"#;

#[test]
fn a_signed_callback_says_what_was_decided() {
    let callback = signed(ACCEPTED).unwrap();
    assert_eq!((callback.id.as_str(), callback.message.as_str(), callback.accepted), (ID, "018f", true));
    assert!(!signed(r#"{"messageId":"018f","decision":"rejected","more":[1]}"#).unwrap().accepted);
}

#[test]
fn what_is_not_signed_as_it_is_or_long_ago_counts_for_nothing() {
    let (at, good) = (AT.to_string(), signature(ID, AT, ACCEPTED));
    let rejected = ACCEPTED.replace("accepted", "rejected");
    let headers = [Some(ID), Some(at.as_str()), Some(good.as_str())];
    assert_eq!(read(headers, &rejected, AT), Err(CallbackRefusal::Unsigned));
    assert_eq!(read(headers, ACCEPTED, AT + 301), Err(CallbackRefusal::Stale));
}

#[test]
fn a_signed_body_that_says_nothing_is_malformed() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"messageId":1,"decision":"accepted"}"#,
        r#"{"messageId":"018f"}"#,
        r#"{"messageId":"018f","decision":"perhaps"}"#,
        r#"{"messageId":"018f","decision":null}"#,
    ] {
        assert_eq!(signed(body), Err(CallbackRefusal::Malformed), "{body}");
    }
}

#[test]
fn where_the_decision_stands_and_how_it_is_called_is_configuration() {
    let settings: CallbackSettings = serde_json::from_value(serde_json::json!({
        "secret": SECRET, "message": "/challenge/ref", "decision": "/approved", "accepted": "true", "rejected": "false"
    }))
    .unwrap();
    let callbacks = SignedCallbacks::new(settings).unwrap();
    let decision = callbacks.decision(br#"{"challenge":{"ref":"018f"},"approved":true}"#);
    assert_eq!(decision, Some((MessageId::new("018f"), true)));
}

#[test]
fn settings_that_cannot_be_meant_are_refused_by_their_key_and_without_the_secret() {
    for (change, key) in [
        (serde_json::json!({ "secret": "c2hvcnQ=" }), "callback.secret"),
        (serde_json::json!({ "secret": "no base64!" }), "callback.secret"),
        (serde_json::json!({ "secret": SECRET, "message": "messageId" }), "callback.message"),
        (serde_json::json!({ "secret": SECRET, "decision": "" }), "callback.decision"),
        (serde_json::json!({ "secret": SECRET, "accepted": "x", "rejected": "x" }), "callback.rejected"),
    ] {
        let error = SignedCallbacks::new(serde_json::from_value(change).unwrap()).err().unwrap();
        assert_eq!(error.key(), key);
        assert!(!error.to_string().contains("c2hvcnQ"), "{error}");
    }
    assert!(!format!("{:?}", settings()).contains("MfKQ9r8"), "the secret is printed");
}
