use super::*;

/// The key, id, time and body of the example in the specification, and its signature.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const AT: i64 = 1_614_265_330;
const BODY: &str = r#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn webhooks() -> StandardWebhooks {
    StandardWebhooks::new("secret", &SECRET.into()).unwrap()
}

fn id(headers: [Option<&str>; 3], body: &str, now: i64) -> Result<String, CallbackRefusal> {
    let header = |name: &str| {
        let at = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            .iter()
            .position(|known| *known == name)?;
        headers[at].map(str::to_owned)
    };
    webhooks().id(&header, body.as_bytes(), Timestamp::from_second(now).unwrap())
}

fn at(now: i64) -> Result<String, CallbackRefusal> {
    id([Some(ID), Some(&AT.to_string()), Some(SIGNATURE)], BODY, now)
}

#[test]
fn the_signature_of_the_specification_is_ours() {
    assert_eq!(at(AT).as_deref(), Ok(ID));
}

#[test]
fn one_of_several_signatures_is_enough() {
    let several = format!("v1a,xyz v1,AAAA {SIGNATURE}");
    assert!(id([Some(ID), Some(&AT.to_string()), Some(&several)], BODY, AT).is_ok());
}

#[test]
fn what_is_not_signed_as_it_is_counts_for_nothing() {
    let time = AT.to_string();
    for headers in [
        [None, Some(time.as_str()), Some(SIGNATURE)],
        [Some(ID), None, Some(SIGNATURE)],
        [Some(ID), Some(time.as_str()), None],
        [Some("another id"), Some(time.as_str()), Some(SIGNATURE)],
        [Some(ID), Some("1614265331"), Some(SIGNATURE)],
        [Some(ID), Some(time.as_str()), Some("v1,AAAA")],
        [Some(ID), Some(time.as_str()), Some("")],
        [Some(ID), Some(time.as_str()), Some(&SIGNATURE["v1,".len()..])],
    ] {
        assert_eq!(id(headers, BODY, AT), Err(CallbackRefusal::Unsigned), "{headers:?}");
    }
    let other = BODY.replace("24", "25");
    assert_eq!(id([Some(ID), Some(&time), Some(SIGNATURE)], &other, AT), Err(CallbackRefusal::Unsigned));
}

#[test]
fn a_callback_is_good_for_five_minutes_either_way() {
    for now in [AT - 300, AT, AT + 300] {
        assert!(at(now).is_ok(), "{now}");
    }
    for now in [AT - 301, AT + 301, 0] {
        assert_eq!(at(now), Err(CallbackRefusal::Stale), "{now}");
    }
}

#[test]
fn a_key_that_is_none_is_refused_and_not_shown() {
    for secret in ["c2hvcnQ=", "no base64!", ""] {
        let error = StandardWebhooks::new("callback.secret", &secret.into()).err().unwrap();
        assert_eq!(error.key(), "callback.secret");
        assert!(secret.is_empty() || !error.to_string().contains(secret), "{error}");
    }
}
