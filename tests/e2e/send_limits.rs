//! What may be sent, through the whole program: to whom, how often, and what is said of the rest.

mod flood;

use std::path::Path;

use futures::future::join_all;
use serde_json::Value;

use crate::codes::{assert_right, rent, send, verify, wrong};
use crate::metrics::scrape::Scrape;
use crate::support::payloads::{SMS_CREATE, USER, login, sms_create};
use crate::support::{Answer, Builder, DataAdapter};

const USER_LIMIT: &str = "DATA_ADAPTER__SMS__LIMITS__USER";
const RESEND_DELAY: &str = "DATA_ADAPTER__SMS__RESEND_DELAY_SECONDS";

/// The demo with so many codes to a user.
fn within(limit: &str) -> Builder {
    DataAdapter::builder().env(USER_LIMIT, limit)
}

async fn create<'a>(adapter: &DataAdapter, user: impl Into<Option<&'a str>>, context: &str) -> Answer {
    let answer = adapter.post(SMS_CREATE, sms_create(user, context)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

fn is_sent(answer: &Answer) -> bool {
    let (result, error) = (answer.member("smsDeliveryResult"), &answer.object()["errorMessage"]);
    if result == "SUCCEEDED" {
        assert_eq!(*error, Value::Null, "{}", answer.text);
        return true;
    }
    assert_eq!(result, "FAILED", "{}", answer.text);
    assert_eq!(*error, "smsAuthorization.deliveryFailed", "{}", answer.text);
    false
}

/// The lines of an audit log about messages that were handed over.
fn handed_over(audit: &Path) -> usize {
    let text = std::fs::read_to_string(audit).expect("an audit log");
    text.lines().filter(|line| line.contains("\"event\":\"code_sent\"")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_codes_at_once_two_instances_over_one_file_send_exactly_the_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db");
    let first = within("3;w=3600").store(&file).start().await;
    let second = within("3;w=3600").store(&file).start().await;
    let all = (0..100).map(|number| {
        let adapter = if number % 2 == 0 { &first } else { &second };
        let context = login(&format!("op-{number}"));
        async move { create(adapter, USER, &context).await }
    });
    let answers = join_all(all).await;
    assert_eq!(answers.iter().filter(|answer| is_sent(answer)).count(), 3, "codes");
    let messages = first.messages().await.len() + second.messages().await.len();
    assert_eq!(messages, 3, "messages");
}

#[tokio::test]
async fn over_the_delay_of_a_resend_the_code_before_is_named_and_good() {
    let adapter = DataAdapter::builder().env(RESEND_DELAY, "300").start().await;
    let context = rent("op");
    let sent = send(&adapter, USER, &context).await;
    for _ in 0..3 {
        let answer = create(&adapter, USER, &context).await;
        assert!(!is_sent(&answer), "{}", answer.text);
        assert_eq!(answer.member("messageId"), sent.message);
    }
    verify(&adapter, &sent.message, &wrong(&sent.code), USER, &context).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &context).await, "the code before");
    let answer = create(&adapter, USER, &context).await;
    assert!(!is_sent(&answer) && answer.member("messageId") != sent.message, "{}", answer.text);
    assert_eq!(adapter.messages().await.len(), 1, "messages");
}

/// Everything but the ids of messages.
fn without_id(answer: &Answer) -> String {
    answer.text.replace(&answer.member("messageId"), "ID")
}

#[tokio::test]
async fn whoever_is_behind_a_name_the_answers_are_the_same_bytes() {
    let adapter = within("3;w=60, 5;w=3600").start().await;
    let mut all = Vec::new();
    for (user, operation) in [(Some(USER), "real"), (Some("20000001"), "fake"), (None, "none")] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(create(&adapter, user, &login(operation)).await);
        }
        assert_eq!(answers.iter().filter(|answer| is_sent(answer)).count(), 3, "{user:?}");
        assert_eq!(answers[5].member("messageId"), answers[2].member("messageId"), "{user:?}");
        all.push(answers.iter().map(without_id).collect::<Vec<_>>());
    }
    assert_eq!(all[0], all[1], "a blocked user shows");
    assert_eq!(all[0], all[2], "a user who is not there shows");
    assert_eq!(adapter.messages().await.len(), 3, "messages");
}

#[tokio::test]
async fn what_a_limit_stops_is_counted_and_recorded_without_a_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let audit = folder.path().join("audit.jsonl");
    let adapter = within("2;w=3600")
        .env("DATA_ADAPTER__AUDIT__TARGET", "file")
        .env("DATA_ADAPTER__AUDIT__FILE", audit.display().to_string())
        .start()
        .await;
    for number in 0..5 {
        create(&adapter, USER, &login(&format!("op-{number}"))).await;
    }
    let scrape = Scrape::of(&adapter).await;
    let stopped = |reason| scrape.value("data_adapter_codes_stopped_total", &[("reason", reason)]);
    assert_eq!((stopped("limit_user"), stopped("limit_all")), (3.0, 0.0));
    assert_eq!((scrape.codes("created"), scrape.codes("undelivered")), (2.0, 0.0));
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("limit_user") && !log.contains("+420000000001"), "{log}");
    assert_eq!(handed_over(&audit), 2);
    let lines = std::fs::read_to_string(&audit).expect("an audit log");
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let stopped = lines.filter(|line| line["reason"] == "limit_user").map(|line| {
        assert_eq!((&line["event"], &line["outcome"]), (&"code_created".into(), &"failed".into()), "{line}");
        assert_eq!(line["user"], USER, "{line}");
    });
    assert_eq!(stopped.count(), 3);
}

#[tokio::test]
async fn codes_go_to_the_country_of_the_bank_and_to_no_dear_numbers() {
    let users = crate::durability::users_file(["home", "away", "dear"].map(str::to_owned).into_iter());
    let mut numbers = ["+420600000001", "+436641234567", "+420906123456"].into_iter();
    let users = users.split_inclusive("+420600000001").fold(String::new(), |text, part| {
        text + &part.replace("+420600000001", numbers.next().unwrap_or_default())
    });
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.toml");
    std::fs::write(&file, users).expect("a users file");
    for (countries, sent) in [("", [true, false, false]), ("sms.countries = [\"AT\"]", [false, true, false])]
    {
        let settings = format!(
            "sandbox.enabled = true\nsms.default_region = \"CZ\"\n{countries}\nbackends.memory.users_file = {file:?}"
        );
        let adapter = DataAdapter::builder().config(settings).start().await;
        for (user, sent) in ["home", "away", "dear"].into_iter().zip(sent) {
            let answer = create(&adapter, user, &login(user)).await;
            assert_eq!(is_sent(&answer), sent, "{user}, {countries}: {}", answer.text);
        }
    }
}
