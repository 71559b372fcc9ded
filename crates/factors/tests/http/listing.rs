//! What a user is told of their factors.

use actix_web::http::Method;
use serde_json::json;

use crate::bench::{Bench, USER};

#[actix_web::test]
async fn where_there_are_no_factors_there_is_no_key_for_them() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let answered = served.user(bench.token(USER)).call(Method::GET, "", &[], "").await;
    assert_eq!((answered.status, answered.body), (200, json!({})));
    assert_eq!(answered.headers.get("content-type").unwrap(), "application/json");
}

#[actix_web::test]
async fn factors_are_listed_in_the_order_of_enrolment() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    user.enrol_push().await;
    user.enrol().await;
    user.enrol_push().await;
    let answered = user.call(Method::GET, "", &[], "").await;
    let factors = json!({"factors": [
        {"type": "PUSH", "channel": "AUTHY", "status": "PENDING_VERIFICATION"},
        {"type": "OTP", "channel": "SMS", "status": "PENDING_VERIFICATION"},
    ]});
    assert_eq!((answered.status, answered.body), (200, factors));
}

#[actix_web::test]
async fn the_api_is_at_the_root_and_below_its_context_path() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let token = format!("Bearer {}", bench.token(USER));
    let headers = [("api-key", "demo-api-key"), ("authorization", token.as_str())];
    for path in ["/authentication_factors", "/multi/authentication_factors"] {
        assert_eq!(served.send(Method::GET, path, &headers, "").await.status, 200, "{path}");
    }
}
