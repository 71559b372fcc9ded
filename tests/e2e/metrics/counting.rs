use super::Scrape;
use crate::bad_input::raw::Connection;
use crate::codes::{create, rent, send, verify, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::{
    AUTHENTICATE, CONTEXT_PATH, LOOKUP, PASSWORD, SMS_CREATE, SMS_PASSWORD_VERIFY, USER, USERNAME,
    authenticate, lookup, sms_create, sms_password_verify, valid_requests,
};

const NO_PHONE: &str = "20000003";

#[tokio::test]
async fn requests_are_counted_by_operation_and_outcome_wherever_they_come_in() {
    let adapter = DataAdapter::start().await;
    for _ in 0..3 {
        adapter.post(LOOKUP, lookup(USERNAME)).await;
    }
    adapter.post(&format!("{CONTEXT_PATH}{LOOKUP}"), lookup(USERNAME)).await;
    adapter.post(&format!("{CONTEXT_PATH}/{LOOKUP}"), lookup(USERNAME)).await;
    adapter.post(LOOKUP, lookup("nobody")).await;
    adapter.post(LOOKUP, "{").await;
    adapter.get(LOOKUP).await;
    adapter.get("/nowhere").await;
    adapter.get("/health/live").await;
    let scrape = Scrape::of(&adapter).await;
    for (operation, outcome, expected) in [
        ("user_lookup", "ok", 5.0),
        ("user_lookup", "user_not_found", 1.0),
        ("user_lookup", "input_invalid", 1.0),
        ("user_lookup", "method_not_allowed", 1.0),
        ("unknown", "not_found", 1.0),
        ("health_live", "ok", 1.0),
    ] {
        let counted = scrape.requests(operation, outcome);
        assert!((counted - expected).abs() < 0.1, "{operation} {outcome}: {counted}");
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let adapter = DataAdapter::start().await;
    for (path, body) in valid_requests() {
        adapter.post(path, body).await;
    }
    let scrape = Scrape::of(&adapter).await;
    let requests = scrape.samples.iter().filter(|sample| sample.name == "data_adapter_requests_total");
    let mut operations: Vec<_> = requests.map(|sample| sample.labels["operation"].as_str()).collect();
    operations.sort_unstable();
    operations.dedup();
    assert_eq!(operations.len(), 13, "{operations:?}");
    assert!(!operations.contains(&"other") && !operations.contains(&"unknown"), "{operations:?}");
}

#[tokio::test]
async fn operations_at_one_path_have_names_of_their_own() {
    let adapter = DataAdapter::start().await;
    let url = adapter.url("/authentication_factors/push/AUTHY");
    let client = adapter.client();
    for _ in 0..2 {
        adapter.send(client.post(&url)).await;
    }
    adapter.send(client.delete(&url)).await;
    let scrape = Scrape::of(&adapter).await;
    for (operation, expected) in [("factors_enrol_push", 2.0), ("factors_unlink", 1.0)] {
        let counted = scrape.requests(operation, "input_invalid");
        assert!((counted - expected).abs() < 0.1, "{operation}: {counted}");
    }
}

#[tokio::test]
async fn codes_are_counted_by_what_became_of_them() {
    let adapter = DataAdapter::start().await;
    let right = send(&adapter, USER, &rent("right")).await;
    verify(&adapter, &right.message, &right.code, USER, &rent("right")).await;
    verify(&adapter, &right.message, &right.code, USER, &rent("right")).await;
    let replaced = create(&adapter, USER, &rent("again")).await;
    let guessed = send(&adapter, USER, &rent("again")).await;
    verify(&adapter, &replaced, "12345678", USER, &rent("again")).await;
    verify(&adapter, &guessed.message, &wrong(&guessed.code), USER, &rent("again")).await;
    let both = sms_password_verify(&guessed.message, &guessed.code, USER, PASSWORD, &rent("again"));
    adapter.post(SMS_PASSWORD_VERIFY, both).await;
    verify(&adapter, "00000000-0000-4000-8000-000000000000", "12345678", USER, &rent("none")).await;
    create(&adapter, None, &rent("fake")).await;
    adapter.post(SMS_CREATE, sms_create(NO_PHONE, &rent("unreachable"))).await;
    let scrape = Scrape::of(&adapter).await;
    for (event, expected) in [
        ("created", 5.0),
        ("undelivered", 1.0),
        ("verified", 2.0),
        ("failed", 1.0),
        ("expired", 1.0),
        ("used", 1.0),
        ("unknown", 1.0),
        ("spent", 0.0),
    ] {
        assert!((scrape.codes(event) - expected).abs() < 0.1, "{event}: {}", scrape.codes(event));
    }
}

#[tokio::test]
async fn each_block_is_counted_once() {
    let adapter = DataAdapter::start().await;
    for number in 0..7 {
        let context = rent(&format!("op-{number}"));
        let message = create(&adapter, USER, &context).await;
        // The request names nobody: the block is the owner's of the code.
        verify(&adapter, &message, "00000000", None, &context).await;
        adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
    }
    let scrape = Scrape::of(&adapter).await;
    for factor in ["code", "password"] {
        let blocks = scrape.value("data_adapter_blocks_total", &[("factor", factor)]);
        assert!((blocks - 1.0).abs() < 0.1, "{factor}: {blocks}");
    }
    let failed = scrape.value("data_adapter_passwords_total", &[("event", "failed")]);
    assert!((failed - 7.0).abs() < 0.1, "{failed}");
}

#[tokio::test]
async fn nothing_that_a_caller_sends_becomes_a_label() {
    const MARK: &str = "marked";
    let adapter = DataAdapter::start().await;
    let before = Scrape::of(&adapter).await.samples.len();
    for number in 0..50 {
        adapter.get(&format!("/{MARK}/{number}")).await;
        adapter.post(&format!("{LOOKUP}/{MARK}{number}"), "{}").await;
        let method = format!("{}{number}", MARK.to_uppercase()).parse().expect("a method");
        adapter.send(adapter.client().request(method, adapter.url(LOOKUP))).await;
        adapter.post(LOOKUP, lookup(&format!("{MARK}{number}"))).await;
        adapter.post(SMS_CREATE, sms_create(USER, &rent(&format!("{MARK}{number}")))).await;
    }
    Connection::open(adapter.address()).await.say(MARK.as_bytes()).await;
    let scrape = Scrape::of(&adapter).await;
    assert!(!scrape.text.to_lowercase().contains(MARK), "{}", scrape.text);
    // Each kind of request has a counter and a histogram, of 17 lines; so has each call that it makes.
    let more = scrape.samples.len() - before;
    assert!(more < 12 * 18, "250 requests made {more} lines");
}
