use std::fmt::Debug;

use serde_json::{Value, json};

use super::*;
use crate::security::reader::read;

const SCA: &str = "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A";

/// What is told of a body.
fn details<T: SecurityRequest + Debug>(body: &str) -> Vec<String> {
    let problems = read::<T>(body.as_bytes()).err();
    problems.iter().flat_map(|problems| problems.iter().map(ToString::to_string)).collect()
}

/// What is told of a right body with another value for one member.
fn with<T: SecurityRequest + Debug>(right: &Value, member: &str, value: &Value) -> Vec<String> {
    let mut body = right.clone();
    body[member] = value.clone();
    details::<T>(&body.to_string())
}

fn refuses<T: SecurityRequest + Debug>(right: &Value, member: &str, wrong: &[Value]) {
    assert!(details::<T>(&right.to_string()).is_empty(), "{right}");
    for value in wrong {
        let details = with::<T>(right, member, value);
        assert!(matches!(details.as_slice(), [one] if one.starts_with(&format!("{member} "))), "{details:?}");
    }
}

fn authorize() -> Value {
    json!({"SCAReferenceNumber": SCA})
}

fn post_login() -> Value {
    json!({"ConsumerID": 1_231_456, "SCAOptionID1FA": 6, "SCAOptionID2FA": 4})
}

#[test]
fn every_member_of_the_document_is_read() {
    let body = json!({
        "SCAReferenceNumber": SCA, "CancelRequest": true, "SCAIdentification": "Q4ot", "FirstFactorSCAOptionType": "mPIN",
        "SecondFactorSCAOptionType": 1, "ClientRequestReference": "[ReferenceExample]", "CultureID": 3
    });
    let request: AuthorizeRequest = read(body.to_string().as_bytes()).unwrap();
    assert_eq!((request.sca.as_str(), request.cancel), (SCA, true));
    assert!(request.identification.is_some());
    assert_eq!(
        (request.first, request.second),
        (Some(FactorOption::MPin), Some(FactorOption::DeviceBinding))
    );
    assert_eq!(
        (request.reference(), request.culture()),
        (Some("[ReferenceExample]"), Some(Culture::Latvian))
    );
    let request: PostLoginRequest = read(post_login().to_string().as_bytes()).unwrap();
    assert_eq!(request.consumer, 1_231_456);
    assert_eq!((request.first, request.second), (Some(FactorOption::Password), Some(FactorOption::Otp)));
    let body = json!({"ConsumerID": 21, "SDKDeviceReferenceID": i64::MAX});
    let request: DeregisterRequest = read(body.to_string().as_bytes()).unwrap();
    assert_eq!((request.consumer, request.device), (21, i64::MAX));
    let body = json!({"SCAReferenceNumber": SCA, "SCAType": "MobilePush"});
    let request: RegenerateRequest = read(body.to_string().as_bytes()).unwrap();
    assert_eq!((request.sca.as_str(), request.kind), (SCA, ScaType::MobilePush));
    let request: LogoutRequest = read(br#"{"LogoutReason":5}"#).unwrap();
    assert_eq!(request.reason, Some(LogoutReason::ForceClose));
}

#[test]
fn null_is_absent_and_unknown_members_are_ignored() {
    let body = r#"{"LogoutReason":null,"ClientRequestReference":null,"CultureID":null,"Other":[{}]}"#;
    let request: LogoutRequest = read(body.as_bytes()).unwrap();
    assert_eq!((request.reason, request.reference(), request.culture()), (None, None, None));
    assert!(details::<LogoutRequest>("{}").is_empty());
    assert_eq!(details::<ConsumerRequest>(r#"{"ConsumerID":null}"#), ["ConsumerID is missing."]);
}

#[test]
fn a_required_member_that_is_absent_is_named_and_so_are_all_of_them() {
    assert_eq!(
        details::<DeregisterRequest>("{}"),
        ["ConsumerID is missing.", "SDKDeviceReferenceID is missing."]
    );
    assert_eq!(details::<RegenerateRequest>("{}"), ["SCAReferenceNumber is missing.", "SCAType is missing."]);
    assert_eq!(details::<AuthorizeRequest>("{}"), ["SCAReferenceNumber is missing."]);
    assert_eq!(details::<PostLoginRequest>("{}"), ["ConsumerID is missing."]);
}

#[test]
fn numbers_are_integers_of_their_size() {
    let too_large =
        [json!(2_147_483_648_i64), json!(-2_147_483_649_i64), json!("21"), json!(1.5), json!(true)];
    refuses::<ConsumerRequest>(&json!({"ConsumerID": -1}), "ConsumerID", &too_large);
    let right = json!({"ConsumerID": 21, "SDKDeviceReferenceID": 1});
    let too_large = [json!(9_223_372_036_854_775_808_u64), json!("1"), json!([1]), json!({}), json!(0.5)];
    refuses::<DeregisterRequest>(&right, "SDKDeviceReferenceID", &too_large);
    for other in ["0", "4", "\"1\"", "1.5", "-1", "1e400"] {
        let body = format!(r#"{{"CultureID":{other}}}"#);
        assert_eq!(details::<LogoutRequest>(&body), ["CultureID has to be 1, 2 or 3."], "{other}");
    }
}

#[test]
fn a_whole_number_is_one_however_it_is_written() {
    for written in ["21", "21.0", "2.1e1", "210E-1"] {
        let body = format!(r#"{{"ConsumerID":{written},"SDKDeviceReferenceID":{written},"CultureID":2.0}}"#);
        let request: DeregisterRequest = read(body.as_bytes()).unwrap();
        assert_eq!(
            (request.consumer, request.device, request.culture),
            (21, 21, Some(Culture::Russian)),
            "{written}"
        );
    }
    let request: LogoutRequest = read(br#"{"LogoutReason":2.0}"#).unwrap();
    assert_eq!(request.reason, Some(LogoutReason::SessionTimeout));
}

#[test]
fn texts_have_their_lengths_in_characters() {
    let wrong = [json!(SCA[1..]), json!(format!("{SCA}0")), json!(""), json!(1)];
    refuses::<AuthorizeRequest>(&authorize(), "SCAReferenceNumber", &wrong);
    refuses::<AuthorizeRequest>(&authorize(), "SCAIdentification", &[json!("A".repeat(51)), json!(12)]);
    refuses::<AuthorizeRequest>(&authorize(), "ClientRequestReference", &[json!("ž".repeat(51)), json!([])]);
    for length in [0, 50] {
        for member in ["SCAIdentification", "ClientRequestReference"] {
            assert!(with::<AuthorizeRequest>(&authorize(), member, &json!("ž".repeat(length))).is_empty());
        }
    }
}

#[test]
fn an_enum_comes_as_a_number_or_as_its_name_and_as_nothing_else() {
    for (member, values) in [("SCAType", ScaType::ALL)] {
        let right = json!({"SCAReferenceNumber": SCA, "SCAType": 1});
        for value in values {
            for given in [json!(value.number()), json!(value.name())] {
                assert!(with::<RegenerateRequest>(&right, member, &given).is_empty(), "{given}");
            }
        }
        refuses::<RegenerateRequest>(
            &right,
            member,
            &[json!(3), json!("otp"), json!("1"), json!(-1), json!({"OTP": null})],
        );
    }
    for value in LogoutReason::ALL {
        for given in [json!(value.number()), json!(value.name())] {
            assert!(with::<LogoutRequest>(&json!({}), "LogoutReason", &given).is_empty(), "{given}");
        }
    }
    refuses::<LogoutRequest>(&json!({}), "LogoutReason", &[json!(7), json!("none"), json!(0.5), json!("")]);
    for value in FactorOption::ALL {
        for given in [json!(value.number()), json!(value.name())] {
            let right = json!({"ConsumerID": 1});
            assert!(with::<PostLoginRequest>(&right, "SCAOptionID1FA", &given).is_empty(), "{given}");
        }
    }
}

#[test]
fn none_is_no_factor() {
    for none in [json!(0), json!("None")] {
        refuses::<PostLoginRequest>(&post_login(), "SCAOptionID1FA", std::slice::from_ref(&none));
        refuses::<PostLoginRequest>(&post_login(), "SCAOptionID2FA", std::slice::from_ref(&none));
        refuses::<AuthorizeRequest>(&authorize(), "FirstFactorSCAOptionType", std::slice::from_ref(&none));
        refuses::<AuthorizeRequest>(&authorize(), "SecondFactorSCAOptionType", &[none]);
    }
}

#[test]
fn two_factors_are_of_different_categories() {
    for one in FactorOption::ALL {
        for other in FactorOption::ALL {
            let body =
                json!({"ConsumerID": 1, "SCAOptionID1FA": one.number(), "SCAOptionID2FA": other.number()});
            let details = details::<PostLoginRequest>(&body.to_string());
            assert_eq!(details.is_empty(), one.category() != other.category(), "{body}: {details:?}");
        }
    }
    let body =
        json!({"SCAReferenceNumber": SCA, "FirstFactorSCAOptionType": 1, "SecondFactorSCAOptionType": 4});
    let detail = "SecondFactorSCAOptionType has to be of another category than FirstFactorSCAOptionType, which is possession.";
    assert_eq!(details::<AuthorizeRequest>(&body.to_string()), [detail]);
}

#[test]
fn what_is_asked_for_here_is_no_second_factor_beside_another_possession() {
    let body =
        |first: u8| json!({"ConsumerID": 1, "SCAOptionID1FA": first, "DoSecondFactor": true}).to_string();
    for factor in FactorOption::ALL {
        let is_refused = factor.category() == Category::Possession;
        assert_eq!(!details::<PostLoginRequest>(&body(factor.number())).is_empty(), is_refused, "{factor:?}");
    }
}

#[test]
fn a_boolean_is_true_or_false() {
    let wrong = [json!(""), json!("true"), json!(0), json!(1)];
    refuses::<PostLoginRequest>(&post_login(), "DoSecondFactor", &wrong);
    refuses::<AuthorizeRequest>(&authorize(), "CancelRequest", &wrong);
}

#[test]
fn a_member_that_is_repeated_is_refused_once() {
    for body in [r#"{"ConsumerID":1,"ConsumerID":1}"#, r#"{"ConsumerID":1,"Consumer\u0049D":null}"#] {
        assert_eq!(details::<ConsumerRequest>(body), ["ConsumerID is there more than once."], "{body}");
    }
}

#[test]
fn what_is_no_object_is_refused_as_a_whole() {
    let deep = format!(r#"{{"ConsumerID":1,"a":{}{}}}"#, "[".repeat(64), "]".repeat(64));
    let nul = "{\"ConsumerID\":1,\"a\":\"\\u0000\"}";
    for body in
        ["", "null", "[]", "[1]", "1", "\"\"", "{", r#"{"ConsumerID":}"#, r#"{"ConsumerID":1}x"#, &deep, nul]
    {
        assert_eq!(
            details::<ConsumerRequest>(body),
            ["The body has to be a JSON object in UTF-8."],
            "{body}"
        );
    }
    assert!(read::<ConsumerRequest>(b"{\"ConsumerID\":1,\"a\":\"\xff\"}").is_err());
}

#[test]
fn no_detail_and_no_debug_shows_what_was_sent() {
    let secret = "7xKq";
    let body = json!({"SCAReferenceNumber": secret, "CancelRequest": secret, "SCAIdentification": [secret], "CultureID": secret});
    let problems = read::<AuthorizeRequest>(body.to_string().as_bytes()).unwrap_err();
    assert!(!format!("{problems:?}").contains(secret));
    let body = json!({"SCAReferenceNumber": SCA, "SCAIdentification": secret});
    let request: AuthorizeRequest = read(body.to_string().as_bytes()).unwrap();
    assert!(!format!("{request:?}").contains(secret));
}
