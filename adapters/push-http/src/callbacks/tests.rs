use super::*;

/// The key, id, time and body of the example in the specification of Standard Webhooks, and its signature.
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
    let mut mac = Hmac::<Sha256>::new_from_slice(&callbacks().key).unwrap();
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
fn the_signature_of_the_specification_is_ours() {
    let body = r#"{"test": 2432232314}"#;
    assert!(callbacks().is_signed(
        ID,
        "1614265330",
        body.as_bytes(),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    ));
}

#[test]
fn a_signed_callback_says_what_was_decided() {
    let callback = signed(ACCEPTED).unwrap();
    assert_eq!((callback.id.as_str(), callback.message.as_str(), callback.accepted), (ID, "018f", true));
    assert!(!signed(r#"{"messageId":"018f","decision":"rejected","more":[1]}"#).unwrap().accepted);
}

#[test]
fn one_of_several_signatures_is_enough() {
    let ours = signature(ID, AT, ACCEPTED);
    let several = format!("v1a,xyz v1,AAAA {ours}");
    assert!(read([Some(ID), Some(&AT.to_string()), Some(&several)], ACCEPTED, AT).is_ok());
}

#[test]
fn what_is_not_signed_as_it_is_counts_for_nothing() {
    let (at, good) = (AT.to_string(), signature(ID, AT, ACCEPTED));
    for headers in [
        [None, Some(at.as_str()), Some(good.as_str())],
        [Some(ID), None, Some(good.as_str())],
        [Some(ID), Some(at.as_str()), None],
        [Some("another id"), Some(at.as_str()), Some(good.as_str())],
        [Some(ID), Some("1614265331"), Some(good.as_str())],
        [Some(ID), Some(at.as_str()), Some("v1,AAAA")],
        [Some(ID), Some(at.as_str()), Some("")],
        [Some(ID), Some(at.as_str()), Some(&good["v1,".len()..])],
    ] {
        assert_eq!(read(headers, ACCEPTED, AT), Err(CallbackRefusal::Unsigned), "{headers:?}");
    }
    let rejected = ACCEPTED.replace("accepted", "rejected");
    assert_eq!(read([Some(ID), Some(&at), Some(&good)], &rejected, AT), Err(CallbackRefusal::Unsigned));
}

#[test]
fn a_callback_is_good_for_five_minutes_either_way() {
    let (at, good) = (AT.to_string(), signature(ID, AT, ACCEPTED));
    let read_at = |now| read([Some(ID), Some(&at), Some(&good)], ACCEPTED, now);
    for now in [AT - 300, AT, AT + 300] {
        assert!(read_at(now).is_ok(), "{now}");
    }
    for now in [AT - 301, AT + 301, 0] {
        assert_eq!(read_at(now), Err(CallbackRefusal::Stale), "{now}");
    }
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
