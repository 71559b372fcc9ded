//! The inbox for someone who explores: what it shows, to whom, and when it is not there.

use reqwest::header::{CONTENT_TYPE, HOST};
use serde_json::Value;

use crate::bad_input::case::unified_body_complaint;
use crate::codes::{assert_right, create, rent, send, verify, wrong};
use crate::support::payloads::{AUTHENTICATE, CONTEXT_PATH, USER, authenticate, payment};
use crate::support::{Answer, DataAdapter};

const INBOX: &str = "/sandbox/inbox";
const MESSAGES: &str = "/sandbox/messages";
const PUSHES: &str = "/sandbox/pushes";
const SCRIPT: &str = "<script>alert(1)</script>";

fn content_type(answer: &Answer) -> &str {
    let value = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

async fn with_host(adapter: &DataAdapter, path: &str, host: &str) -> Answer {
    adapter.send(adapter.client().get(adapter.url(path)).header(HOST, host)).await
}

#[tokio::test]
async fn the_page_shows_what_was_sent_and_escapes_it() {
    let adapter = DataAdapter::start().await;
    let context = payment("op-<b>bold</b>", "100", "CZK", SCRIPT);
    let sent = send(&adapter, USER, &context).await;
    let page = adapter.get(INBOX).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(content_type(&page).starts_with("text/html"), "{}", content_type(&page));
    assert!(!page.text.contains("<script"), "{}", page.text);
    assert!(!page.text.contains("<b>"), "{}", page.text);
    assert!(page.text.contains("&lt;script&gt;alert(1)"), "{}", page.text);
    let phone = adapter.messages().await[0]["to"].as_str().expect("a number").to_owned();
    for shown in [&sent.code, &sent.message, &phone] {
        // A plus sign may be written as a character reference.
        assert!(page.text.contains(shown.trim_start_matches('+')), "{shown} is shown: {}", page.text);
    }
}

#[tokio::test]
async fn the_page_refreshes_itself_fits_a_phone_and_is_not_kept() {
    let adapter = DataAdapter::start().await;
    let page = adapter.get(INBOX).await;
    assert!(page.text.contains(r#"http-equiv="refresh""#), "{}", page.text);
    assert!(page.text.contains(r#"name="viewport""#), "{}", page.text);
    assert!(page.text.contains("width=device-width"), "{}", page.text);
    for path in [INBOX, MESSAGES, PUSHES] {
        let answer = adapter.get(path).await;
        let cache = answer.headers.get("cache-control").and_then(|value| value.to_str().ok());
        assert!(cache.is_some_and(|value| value.contains("no-store")), "{path}: {cache:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_fails_the_page_is_not_available_and_says_why_in_the_log_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    let adapter = DataAdapter::builder().store(&store).start().await;
    let sent = send(&adapter, USER, &rent("before")).await;
    for file in [&store, &store.with_extension("db-wal")] {
        let file = std::fs::OpenOptions::new().write(true).open(file).expect("a file of the store");
        file.set_len(0).expect("it can be cut off");
    }
    let page = adapter.get(INBOX).await;
    assert_eq!(page.status, 503, "{}", page.text);
    assert_eq!(unified_body_complaint(&page.json()), None, "{}", page.text);
    assert!(!page.text.contains("store.db") && !page.text.contains(&sent.code), "{}", page.text);
    assert!(adapter.log().contains("Unavailable"), "{}", adapter.log());
    assert_eq!(adapter.get(MESSAGES).await.status, 200, "the messages are in no store");
}

#[tokio::test]
async fn the_page_shows_who_is_blocked_and_for_how_long_and_what_the_limits_are() {
    let adapter = DataAdapter::start().await;
    let before = adapter.get(INBOX).await.text;
    assert!(!before.contains(USER), "nobody is blocked yet: {before}");
    assert!(before.contains("60 seconds"), "how long a block lasts in the demo: {before}");
    for number in 0..5 {
        let context = rent(&format!("op-{number}"));
        let sent = send(&adapter, "20000002", &context).await;
        verify(&adapter, &sent.message, &wrong(&sent.code), "20000002", &context).await;
        adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
    }
    let page = adapter.get(INBOX).await.text;
    let users = [("20000002", "codes"), (USER, "password")];
    let of_users =
        |line: &&str| line.contains(" blocked for ") && users.iter().any(|(user, _)| line.contains(user));
    let blocked = page.lines().filter(of_users).collect::<Vec<_>>();
    for (user, what) in users {
        let line = blocked.iter().find(|line| line.contains(user));
        let line = line.unwrap_or_else(|| panic!("{user} is blocked: {blocked:?}"));
        assert!(line.contains(what), "{line}");
        let left = line.split("blocked for ").nth(1).unwrap_or_default();
        assert!(left.starts_with(|first: char| first.is_ascii_digit()), "how long is left: {line}");
    }
    assert_eq!(blocked.len(), 2, "{blocked:?}");
}

#[tokio::test]
async fn the_messages_are_json_with_the_newest_first() {
    let adapter = DataAdapter::start().await;
    assert_eq!(adapter.get(MESSAGES).await.json(), serde_json::json!([]));
    let mut sent = Vec::new();
    for number in 0..3 {
        sent.push(create(&adapter, USER, &rent(&format!("op-{number}"))).await);
    }
    let answer = adapter.get(MESSAGES).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(content_type(&answer).starts_with("application/json"), "{}", content_type(&answer));
    let messages = answer.json();
    let messages = messages.as_array().expect("a list");
    let ids = messages.iter().map(|message| message["messageId"].as_str().unwrap_or_default());
    assert!(ids.eq(sent.iter().rev().map(String::as_str)), "{}", answer.text);
    for (message, number) in messages.iter().zip([2, 1, 0]) {
        let members = message.as_object().expect("an object").keys().map(String::as_str);
        let expected = ["id", "messageId", "operationId", "to", "text", "sentAt"];
        assert_eq!(members.collect::<Vec<_>>(), expected, "{message}");
        assert!(message["id"].is_u64(), "{message}");
        assert_eq!(message["operationId"], format!("op-{number}"), "{message}");
        assert!(message["to"].as_str().is_some_and(|to| to.starts_with('+')), "{message}");
        assert!(message["text"].as_str().is_some_and(|text| text.contains("238400856/0300")), "{message}");
        assert!(message["sentAt"].as_str().is_some_and(is_iso_8601), "{message}");
    }
    let newer = |pair: &[Value]| pair[0]["id"].as_u64() > pair[1]["id"].as_u64();
    assert!(messages.windows(2).all(newer), "{}", answer.text);
}

/// `2026-01-31T12:34:56.789Z`, with or without the fraction.
fn is_iso_8601(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"].contains(&shape.as_str())
}

#[tokio::test]
async fn a_push_that_there_is_not_is_not_decided() {
    let adapter = DataAdapter::start().await;
    assert_eq!(adapter.get(PUSHES).await.json(), serde_json::json!([]));
    for path in ["/sandbox/pushes/1/accept", "/sandbox/pushes/1/reject"] {
        let answer = adapter.post(path, "").await;
        assert_eq!((answer.status, content_type(&answer)), (404, "application/problem+json"), "{path}");
        assert_eq!(adapter.get(path).await.status, 405, "{path}");
    }
}

#[tokio::test]
async fn the_code_in_the_inbox_works() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await, "from the inbox");
}

#[tokio::test]
async fn a_page_of_someone_else_cannot_read_it_by_pointing_its_name_here() {
    let adapter = DataAdapter::start().await;
    send(&adapter, USER, &rent("op")).await;
    let strange = [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:localhost",
        "localhost@evil.example",
        "xlocalhost",
    ];
    for path in [INBOX, MESSAGES, PUSHES] {
        for host in strange {
            let answer = with_host(&adapter, path, host).await;
            assert!(matches!(answer.status, 400 | 403), "{path} for {host}: {}", answer.text);
            assert!(!answer.text.contains("238400856"), "{path} for {host}: {}", answer.text);
            if !host.contains('@') && !host.ends_with(":localhost") {
                assert_eq!(answer.status, 403, "{path} for {host}: {}", answer.text);
                assert_eq!(
                    unified_body_complaint(&answer.json()),
                    None,
                    "{path} for {host}: {}",
                    answer.text
                );
            }
        }
        for host in ["localhost", "localhost:8080", "LOCALHOST", "127.0.0.1:9", "[::1]:8080", "[::1]"] {
            let answer = with_host(&adapter, path, host).await;
            assert_eq!(answer.status, 200, "{path} for {host}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn it_is_only_read_and_only_at_the_root() {
    let adapter = DataAdapter::start().await;
    for path in [INBOX, MESSAGES, PUSHES] {
        let answer = adapter.post(path, "{}").await;
        assert_eq!(answer.status, 405, "{path}: {}", answer.text);
        assert_eq!(unified_body_complaint(&answer.json()), None, "{path}: {}", answer.text);
        let allowed = answer.headers.get("allow").and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(allowed.contains("GET"), "{path}: {allowed}");
        let answer = adapter.get(&format!("{CONTEXT_PATH}{path}")).await;
        assert_eq!(answer.status, 404, "{path} under the context path: {}", answer.text);
        assert_eq!(unified_body_complaint(&answer.json()), None, "{path}: {}", answer.text);
    }
}
