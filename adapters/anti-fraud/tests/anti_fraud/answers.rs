//! What an anti-fraud system can say, and what is no answer.

use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, AntiFraud as _, FraudDecision, Json, RequiredFactors};

use crate::service::Service;
use crate::support::paying;

/// Far longer than the deadline, for a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

async fn said(service: &Service) -> Result<FraudDecision, AdapterError> {
    service.client().assess(&paying("1", "CZK", "MARKED-account")).await
}

async fn answered(body: &str) -> Result<FraudDecision, AdapterError> {
    said(&Service::answering("200 OK", body).await).await
}

/// Why that is no answer: a fault of the system, told without anything that either side said.
async fn remote(service: &Service) -> String {
    let started = Instant::now();
    let error = said(service).await.expect_err("it is no answer");
    assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
    assert!(matches!(error, AdapterError::Remote(_) | AdapterError::Unanswerable(_)), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains("MARKED"), "{text}");
    text
}

#[tokio::test]
async fn a_right_answer_is_taken_over() {
    let factors = |sms_otp, password| Some(RequiredFactors { sms_otp, password });
    for (body, expected) in [
        (
            r#"{"label":"low","factors":{"smsOtp":true,"password":false},"extras":{"score":0.10},"more":1}"#,
            FraudDecision {
                factors: factors(true, false),
                label: Some("low".to_owned()),
                extras: Some(Json::new(r#"{"score":0.10}"#)),
            },
        ),
        (
            r#"{"label":null,"factors":{"smsOtp":false,"password":true}}"#,
            FraudDecision { factors: factors(false, true), label: None, extras: None },
        ),
        (r#"{"factors":null,"extras":null}"#, FraudDecision { factors: None, label: None, extras: None }),
    ] {
        assert_eq!(answered(body).await.expect("an answer"), expected, "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_a_factor_is_none() {
    let body = r#"{"label":"MARKED","factors":{"smsOtp":false,"password":false}}"#;
    let why = remote(&Service::answering("200 OK", body).await).await;
    assert!(why.contains("asks for no factor"), "{why}");
}

#[tokio::test]
async fn what_is_misspelled_incomplete_or_too_long_to_be_kept_is_no_answer() {
    let long = "MARKED".repeat(43);
    for body in [
        r#"{"label":"MARKED"}"#,
        r#"{"label":"MARKED","factor":{"smsOtp":true,"password":true}}"#,
        r#"{"label":"MARKED","factors":{"smsOtp":true}}"#,
        r#"{"label":"MARKED","factors":{"smsOtp":"MARKED","password":true}}"#,
        r#"{"label":1,"factors":null}"#,
        r#"{"factors":null,"extras":["MARKED"]}"#,
        &format!(r#"{{"label":"{long}","factors":null}}"#),
        &format!(r#"{{"factors":null,"extras":{{"x":"{long}"}}}}"#),
        "[]",
        "null",
        "",
    ] {
        remote(&Service::answering("200 OK", body).await).await;
    }
}

#[tokio::test]
async fn another_status_a_page_and_half_a_body_are_no_answer() {
    let right = r#"{"label":"MARKED","factors":null}"#;
    for status in ["500 MARKED", "404 Not Found", "401 Unauthorized", "201 Created", "302 Found"] {
        remote(&Service::answering(status, right).await).await;
    }
    remote(&Service::answering("200 OK", "<html>MARKED</html>").await).await;
    let half = format!("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{right}");
    remote(&Service::saying(half.into_bytes(), Duration::ZERO).await).await;
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let body = format!(r#"{{"factors":null,"extras":{{"x":"{}"}}}}"#, "MARKED".repeat(10 * 1024 * 1024 / 6));
    let why = remote(&Service::answering("200 OK", &body).await).await;
    assert!(why.contains("1048576 bytes"), "{why}");
}

#[tokio::test]
async fn a_late_answer_is_none() {
    let body = b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"factors\":null}".to_vec();
    let why = remote(&Service::saying(body, PATIENCE).await).await;
    assert!(why.contains("timed out"), "{why}");
}
