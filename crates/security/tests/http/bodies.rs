//! What is no body of this API.

use data_adapter_testkit::Directory;
use serde_json::json;

use crate::bench::{Bench, MOST_BYTES, PARTNER};

const OPERATIONS: [&str; 7] = [
    "logout",
    "PostLoginDetails",
    "Authorize",
    "RegenerateSCA",
    "GetSCAPendingRequest",
    "ListSDKDevices",
    "DeRegisterSDKDevice",
];

#[actix_web::test]
async fn what_is_no_json_object_is_400_for_every_operation_and_nothing_is_done() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
    for operation in OPERATIONS {
        for body in [&b""[..], b"null", b"[]", b"{", b"{}}", b"{\"a\":\"\xff\"}", deep.as_bytes()] {
            let answered = partner.send(operation, body).await;
            assert_eq!(answered.details(), ["The body has to be a JSON object in UTF-8."], "{operation}");
        }
    }
    assert_eq!(partner.call("logout", json!({})).await.code(), "000", "the token is still good");
}

#[actix_web::test]
async fn a_body_of_too_many_bytes_or_of_another_type_is_400() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let token = format!("Bearer {}", partner.token);
    let authorization = ("authorization", token.as_str());
    for operation in OPERATIONS {
        let large = json!({"ConsumerID": 1, "a": "a".repeat(MOST_BYTES)}).to_string();
        assert_eq!(partner.send(operation, large).await.details(), ["The body has too many bytes."]);
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
        {
            let path = format!("/security/{operation}");
            let answered = served.send(&path, &[authorization, ("content-type", content_type)], "{}").await;
            let detail = "The body is of another type than this operation takes.";
            assert_eq!(answered.details(), [detail], "{operation} {content_type}");
        }
        let json = ("content-type", "application/json");
        for other in [json, ("content-type", "text/plain")] {
            let answered =
                served.send(&format!("/security/{operation}"), &[authorization, json, other], "{}").await;
            let detail = "The body is of another type than this operation takes.";
            assert_eq!(answered.details(), [detail], "{operation}: two types");
        }
        let packed = [authorization, ("content-type", "application/json"), ("content-encoding", "gzip")];
        assert_eq!(served.send(&format!("/security/{operation}"), &packed, "{}").await.status, 400);
        assert_eq!(served.send(&format!("/security/{operation}"), &[authorization], "{}").await.status, 400);
    }
    let large = "GRANT_TYPE=password&a=".to_owned() + &"a".repeat(MOST_BYTES);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let twice = served.send("/security/login", &[form[0], form[0]], "grant_type=password").await;
    assert_eq!(twice.details(), ["The body is of another type than this operation takes."]);
    assert_eq!(
        served.send("/security/login", &form, large).await.details(),
        ["The body has too many bytes."]
    );
}

#[actix_web::test]
async fn all_that_is_wrong_is_told_by_name_and_no_value_is_shown() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let body = json!({
        "ConsumerID": "7xKq", "SCAOptionID1FA": 10, "SCAOptionID2FA": "None", "DoSecondFactor": "",
        "ClientRequestReference": "7xKq".repeat(13), "CultureID": 4
    });
    let answered = partner.call("PostLoginDetails", body).await;
    let names: Vec<_> =
        answered.details().iter().map(|detail| detail.split(' ').next().unwrap().to_owned()).collect();
    let expected = [
        "ConsumerID",
        "SCAOptionID1FA",
        "SCAOptionID2FA",
        "DoSecondFactor",
        "ClientRequestReference",
        "CultureID",
    ];
    assert_eq!(names, expected);
    assert!(!answered.body.to_string().contains("7xKq"), "{answered:?}");
}

#[actix_web::test]
async fn a_wrong_body_spends_no_guess() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    for _ in 0..10 {
        let body = json!({"SCAReferenceNumber": sca, "SCAIdentification": "a".repeat(51)});
        assert_eq!(partner.call("Authorize", body).await.status, 400);
    }
    let body = json!({"ConsumerID": 12_345_678});
    let pending = partner.call("GetSCAPendingRequest", body).await;
    assert_eq!(pending.body["SCAPendingRequests"][0]["RemainingFailAttempt"], 5);
}
