//! Requests to approve something.

use data_adapter_core::AdapterError;
use data_adapter_sca::{AttemptStore as _, Factor};
use data_adapter_testkit::Directory;
use serde_json::{Value, json};

use crate::bench::{Bench, failures};

const PATH: &str = "/admin/sca-requests";

fn approval() -> Value {
    json!({"consumerId": 12_345_678, "type": "otp", "title": "Change of the daily limit"})
}

fn payment() -> Value {
    with(approval(), json!({"amount": 1, "currency": "CZK", "payee": "238400856/0300"}))
}

fn with(mut request: Value, members: Value) -> Value {
    let (Some(request_members), Value::Object(members)) = (request.as_object_mut(), members) else {
        unreachable!("objects")
    };
    request_members.extend(members);
    request
}

/// The request with one member replaced, or left out.
fn changed(request: Value, name: &str, value: Option<Value>) -> Value {
    let mut request = request;
    let members = request.as_object_mut().expect("an object");
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.shift_remove(name),
    };
    request
}

#[actix_web::test]
async fn a_payment_is_sent_with_the_digits_of_its_amount_and_waits_with_them() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let body = payment().to_string().replace("\"amount\":1", "\"amount\":158121.10");
    let answered = service.post_text(PATH, &body).await;
    let created = answered.with(201).clone();
    assert_eq!(created["delivered"], true);
    let text = bench.gateway.last_text().expect("it was sent");
    assert!(
        text.starts_with("Authorization code for payment of 158121.10 CZK to account 238400856/0300 is "),
        "{text}"
    );
    let waiting = service.get("/admin/users/12345678").await;
    assert!(waiting.text.contains("\"amount\":158121.10,"), "{}", waiting.text);
    let waiting = &waiting.with(200)["challenges"][0];
    assert_eq!(waiting["scaReferenceNumber"], created["scaReferenceNumber"]);
    assert_eq!(waiting["expiresAt"], created["expiresAt"]);
    assert_eq!(waiting["operationName"], "authorize_payment");
    let number = created["scaReferenceNumber"].as_str().expect("a number");
    assert!(number.len() == 36 && number.to_uppercase() == number, "{number}");
}

#[actix_web::test]
async fn the_message_of_what_is_no_payment_shows_its_title() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.post(PATH, approval()).await.with(201);
    let text = bench.gateway.last_text().expect("it was sent");
    assert!(text.starts_with("Authorization code to approve \"Change of the daily limit\" is "), "{text}");
    service.post(PATH, changed(approval(), "consumerId", Some(json!(20_000_002)))).await.with(201);
    let text = bench.gateway.last_text().expect("it was sent");
    assert!(text.starts_with("Autorizační kód ke schválení \"Change of the daily limit\" je "), "{text}");
}

#[actix_web::test]
async fn a_consumer_id_beside_the_user_id_means_that_user() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let request = with(approval(), json!({"consumerId": Directory::NAMED_CONSUMER, "type": "client"}));
    service.post(PATH, request).await.with(201);
    let waiting = service.get(&format!("/admin/users/{}", Directory::NAMED)).await;
    assert_eq!(waiting.with(200)["challenges"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn each_request_has_an_operation_of_its_own_so_that_none_ends_another() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for _ in 0..3 {
        service.post(PATH, payment()).await.with(201);
    }
    let waiting = service.get("/admin/challenges?user=12345678").await;
    assert_eq!(waiting.with(200)["challenges"].as_array().map(Vec::len), Some(3));
}

#[actix_web::test]
async fn a_push_needs_a_device_and_a_request_of_a_partners_own_nothing() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let push = changed(payment(), "type", Some(json!("push")));
    let answered = service.post(PATH, push.clone()).await;
    answered.problem(409);
    assert_eq!(answered.body["reason"], "unreachable");
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    service.post("/admin/users/12345678/devices", device).await.with(201);
    service.post(PATH, with(push, json!({"description": "Invoice 7\nof June"}))).await.with(201);
    let pushes = bench.pushes.0.lock().expect("nobody panicked").clone();
    assert_eq!(pushes.len(), 1);
    assert_eq!(pushes[0].title, "Change of the daily limit");
    assert!(pushes[0].text.ends_with("\nInvoice 7\nof June"), "{}", pushes[0].text);
    service.post(PATH, changed(approval(), "type", Some(json!("client")))).await.with(201);
    assert!(bench.gateway.messages().is_empty());
}

#[actix_web::test]
async fn who_is_not_there_blocked_or_not_reached_gets_no_request() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let of = |consumer: i32| changed(approval(), "consumerId", Some(json!(consumer)));
    for consumer in [1, -1, 0, i32::MIN, i32::MAX] {
        service.post(PATH, of(consumer)).await.problem(404);
    }
    for (consumer, reason) in [(20_000_001, "blocked"), (20_000_003, "unreachable"), (20_000_004, "blocked")]
    {
        let answered = service.post(PATH, of(consumer)).await;
        answered.problem(409);
        assert_eq!(answered.body["reason"], reason, "{consumer}");
    }
    let payer = Directory::PAYER.to_owned().into();
    bench.store.block(&payer, Factor::Code, data_adapter_testkit::at(0), &failures()).await.expect("kept");
    assert_eq!(service.post(PATH, payment()).await.body["reason"], "blocked");
    assert!(bench.gateway.messages().is_empty());
}

#[actix_web::test]
async fn times_have_milliseconds() {
    let bench = Bench::new();
    bench.clock.advance(jiff::SignedDuration::from_micros(2_899_999));
    let service = bench.serve().await;
    let expires_at = service.post(PATH, approval()).await.with(201)["expiresAt"].clone();
    assert!(expires_at.as_str().is_some_and(|time| time.len() == 24), "{expires_at}");
    let waiting = service.get("/admin/challenges").await.with(200)["challenges"][0].clone();
    assert_eq!(waiting["expiresAt"], expires_at);
    assert!(waiting["createdAt"].as_str().is_some_and(|time| time.len() == 24), "{waiting}");
}

#[actix_web::test]
async fn what_could_not_be_sent_is_open_all_the_same() {
    let bench = Bench::new();
    let service = bench.serve().await;
    bench.gateway.refuse(true);
    let answered = service.post(PATH, payment()).await;
    assert_eq!(answered.with(201)["delivered"], false);
    let waiting = service.get("/admin/challenges").await;
    assert_eq!(waiting.with(200)["challenges"][0]["scaReferenceNumber"], answered.body["scaReferenceNumber"]);
}

#[actix_web::test]
async fn every_member_that_is_not_valid_is_named() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let long = |length: usize| json!("x".repeat(length));
    for (name, values) in [
        (
            "consumerId",
            vec![
                json!("12345678"),
                json!(1.5),
                json!(2_147_483_648_i64),
                json!(-2_147_483_649_i64),
                json!(true),
            ],
        ),
        ("type", vec![json!("OTP"), json!(""), json!(1), json!("sms")]),
        ("title", vec![json!(""), long(101), json!(" a"), json!("a\nb"), json!("a\u{202e}b"), json!(7)]),
        (
            "description",
            vec![
                long(501),
                json!("a\u{0}b").as_str().map(|_| json!("a\u{7}b")).expect("a text"),
                json!(7),
                json!([]),
            ],
        ),
        ("amount", vec![json!(0), json!(-1), json!("1"), json!(true), json!({})]),
        ("currency", vec![json!(""), json!("czk"), json!("CZ"), json!("CZKK"), json!("pounds"), json!(203)]),
        ("payee", vec![json!(""), json!(" "), json!("a\u{200b}b"), long(257), json!(1)]),
    ] {
        for value in values {
            let answered = service.post(PATH, changed(payment(), name, Some(value.clone()))).await;
            assert_eq!(answered.invalid(), [name], "{value}: {answered:?}");
        }
    }
    for name in ["consumerId", "type", "title", "amount", "currency", "payee"] {
        for value in [None, Some(Value::Null)] {
            let answered = service.post(PATH, changed(payment(), name, value)).await;
            assert_eq!(answered.invalid(), [name]);
        }
    }
    let all = json!({"consumerId": "x", "type": 1, "title": "", "amount": 1});
    let answered = service.post(PATH, all).await;
    assert_eq!(answered.invalid(), ["consumerId", "type", "title", "currency", "payee"]);
    let digits = payment().to_string().replace("\"amount\":1", "\"amount\":1.00000000000000000000000000001");
    assert_eq!(service.post_text(PATH, &digits).await.invalid(), ["amount"]);
}

#[actix_web::test]
async fn the_longest_texts_and_what_the_operation_is_paid_in_are_right() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let longest = json!({
        "title": "x".repeat(100), "description": "x".repeat(500), "payee": "ž".repeat(256), "currency": "points"
    });
    service.post(PATH, with(payment(), longest)).await.with(201);
    service.post(PATH, with(payment(), json!({"description": "", "unknown": [1]}))).await.with(201);
    service.post(PATH, with(approval(), json!({"description": null, "amount": null}))).await.with(201);
}

#[actix_web::test]
async fn a_directory_that_does_not_answer_is_a_problem_of_the_service_and_nobody_elses() {
    let bench = Bench::new();
    let service = bench.serve().await;
    bench.directory.fail_with(Some(|| AdapterError::Unreachable("10.0.0.1 refused".to_owned())));
    for answered in [
        service.post(PATH, payment()).await,
        service.get("/admin/users/12345678").await,
        service
            .post(
                "/admin/users/12345678/devices",
                json!({"deviceName": "a", "deviceType": "b", "osVersion": "c"}),
            )
            .await,
    ] {
        answered.problem(503);
        assert!(!answered.text.contains("10.0.0.1"), "{}", answered.text);
    }
    service.ask("/admin/users/12345678/unblock").await.with(200);
}

#[actix_web::test]
async fn where_a_back_end_of_the_banks_own_makes_codes_there_are_no_requests() {
    let mut bench = Bench::new();
    bench.parts.requests = None;
    let service = bench.serve().await;
    let answered = service.post(PATH, payment()).await;
    answered.problem(409);
    assert_eq!(answered.body["reason"], "elsewhere");
    service.get("/admin/challenges").await.with(200);
}
