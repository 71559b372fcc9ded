//! Requests that make no sense.

use actix_web::http::Method;
use serde_json::json;

use crate::bench::{Bench, MOST_BYTES, USER, verification};

#[actix_web::test]
async fn unknown_channels_are_bad_requests() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for (method, path) in [
        (Method::POST, "/otp/sms"),
        (Method::POST, "/otp/AUTHY"),
        (Method::POST, "/otp/SMS%20"),
        (Method::POST, "/otp/%C3%BF%00"),
        (Method::POST, "/push/SMS"),
        (Method::POST, "/push/authy"),
        (Method::DELETE, "/push/SMS"),
        (Method::DELETE, "/push/%2F"),
    ] {
        let answered = user.call(method, path, &[], "").await;
        assert_eq!(answered.fields(), [("channel", "REGEX")], "{path}");
    }
    let answered = user.call(Method::POST, "/otp/AUTHY/verify", &[], &verification("123456")).await;
    assert_eq!(answered.fields(), [("channel", "REGEX")]);
    assert_eq!(bench.messages(), 0);
}

#[actix_web::test]
async fn a_code_is_six_digits() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol().await;
    for (body, wrong) in [
        (json!({}), vec!["REQUIRED"]),
        (json!({"verificationCode": null}), vec!["REQUIRED"]),
        (json!({"verificationCode": "12345"}), vec!["SIZE"]),
        (json!({"verificationCode": "1234567"}), vec!["SIZE"]),
        (json!({"verificationCode": ""}), vec!["SIZE"]),
        (json!({"verificationCode": "abcdef"}), vec!["REGEX"]),
        (json!({"verificationCode": "abc"}), vec!["SIZE", "REGEX"]),
        (json!({"verificationCode": 123_456}), vec!["REGEX"]),
    ] {
        let answered = user.call(Method::POST, "/otp/SMS/verify", &[], &body.to_string()).await;
        let wrong: Vec<_> = wrong.into_iter().map(|error| ("verificationCode", error)).collect();
        assert_eq!(answered.fields(), wrong, "{body}");
    }
    // None of them was a guess.
    user.verify(&bench.code()).await.assert_bare(204);
}

#[actix_web::test]
async fn what_is_no_json_has_no_field_to_blame() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for body in ["{", "[]", "\"123456\"", "{\"verificationCode\":\"\\u0000\"}", &deep] {
        assert_eq!(user.call(Method::POST, "/otp/SMS/verify", &[], body).await.fields(), [], "{body}");
    }
    let right = verification("123456");
    let token = format!("Bearer {}", bench.token(USER));
    let path = "/authentication_factors/otp/SMS/verify";
    for kind in ["", "text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"] {
        let headers =
            [("api-key", "demo-api-key"), ("authorization", token.as_str()), ("content-type", kind)];
        assert_eq!(served.send(Method::POST, path, &headers, right.clone()).await.fields(), [], "{kind}");
    }
    let headers = [
        ("api-key", "demo-api-key"),
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    assert_eq!(served.send(Method::POST, path, &headers, b"{\"\xff\":1}".to_vec()).await.fields(), []);
    let twice = [headers[0], headers[1], headers[2], headers[2]];
    assert_eq!(served.send(Method::POST, path, &twice, right).await.fields(), [], "two types");
}

#[actix_web::test]
async fn what_is_too_long_is_told_so() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let body = json!({"verificationCode": "123456", "more": "x".repeat(MOST_BYTES)}).to_string();
    let answered = user.call(Method::POST, "/otp/SMS/verify", &[], &body).await;
    assert_eq!((answered.status, &answered.body["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
    let (longest, longer) = ("r".repeat(255), "r".repeat(256));
    let answered = user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", &longer)], "").await;
    assert_eq!((answered.status, &answered.body["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
    assert_eq!(bench.messages(), 0);
    user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", &longest)], "").await.assert_bare(204);
}

#[actix_web::test]
async fn paths_and_methods_that_there_are_not_have_a_code_and_a_message() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for (method, path, status, code) in [
        (Method::GET, "/", 404, "NOT_FOUND"),
        (Method::GET, "/otp", 404, "NOT_FOUND"),
        (Method::POST, "/otp/SMS/verify/more", 404, "NOT_FOUND"),
        (Method::POST, "", 405, "METHOD_NOT_ALLOWED"),
        (Method::GET, "/otp/SMS", 405, "METHOD_NOT_ALLOWED"),
        (Method::DELETE, "/otp/SMS/verify", 405, "METHOD_NOT_ALLOWED"),
        (Method::PUT, "/push/AUTHY", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let answered = user.call(method, path, &[], "").await;
        assert_eq!((answered.status, &answered.body["code"]), (status, &json!(code)), "{path}");
        assert!(answered.body["message"].is_string());
        let allowed =
            if path.starts_with("/push") { "POST, DELETE" } else { answered.header("allow").unwrap_or("-") };
        assert_eq!(answered.header("allow").unwrap_or("-"), allowed);
    }
}

#[actix_web::test]
async fn nothing_that_was_sent_comes_back() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let answered = user.call(Method::POST, "/otp/s3cret-channel/verify", &[], &verification("s3cret")).await;
    assert!(!answered.body.to_string().contains("s3cret"), "{answered:?}");
}
