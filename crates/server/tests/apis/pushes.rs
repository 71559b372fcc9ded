//! The pushes of the sandbox: what is shown of them, and who may decide.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Clock, MessageId, SystemClock, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptStore, Block, DeliveredMessage, DeliveredPush, Factor, Inbox,
    PushAnswer, PushInbox, PushMessage, PushStatus,
};
use data_adapter_server::{Parts, SandboxPages};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bench::{Answer, OTHER, ask, parts, send, settings, start};

const BROWSER: &str = "accept: text/html,*/*;q=0.8\r\nsec-fetch-site: same-origin\r\n";

/// Pushes with the ids 1, 2, …, of which the third is over.
struct Pushes(Mutex<Vec<DeliveredPush>>);

#[async_trait]
impl PushInbox for Pushes {
    fn pushes(&self) -> Vec<DeliveredPush> {
        self.0.lock().expect("nobody panicked").iter().rev().cloned().collect()
    }

    async fn decide(&self, id: u64, accepted: bool) -> Result<PushAnswer, AdapterError> {
        let mut pushes = self.0.lock().expect("nobody panicked");
        let Some(push) = pushes.iter_mut().find(|push| push.id == id) else { return Ok(PushAnswer::Unknown) };
        match (id, push.status) {
            (3, _) => Ok(PushAnswer::TooLate),
            (4, _) => Err(AdapterError::Remote("nobody is there".to_owned())),
            (_, PushStatus::Pending) => {
                push.status = if accepted { PushStatus::Accepted } else { PushStatus::Rejected };
                Ok(PushAnswer::Decided(push.clone()))
            }
            (_, PushStatus::Accepted | PushStatus::Rejected) => Ok(PushAnswer::TooLate),
        }
    }
}

fn push(id: u64, sent_at: Timestamp) -> DeliveredPush {
    let push = PushMessage {
        message: MessageId::new(format!("message-{id}")),
        user: UserId::new("<user>"),
        organization: None,
        title: format!("Payment {id}"),
        text: "100.00 <b>EUR</b>\nfor rent".to_owned(),
    };
    DeliveredPush { id, push, sent_at, status: PushStatus::Pending }
}

/// No messages, and no blocks.
struct Nothing;

impl Inbox for Nothing {
    fn messages(&self) -> Vec<DeliveredMessage> {
        Vec::new()
    }
}

#[async_trait]
impl AttemptStore for Nothing {
    async fn admit_attempt(
        &self,
        _: &Attempt,
        _: Timestamp,
        _: &AttemptPolicy,
        _: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        Ok(Admission::Admitted)
    }

    async fn attempt_succeeded(&self, _: &Attempt, _: Timestamp) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn attempt_failed(&self, _: &Attempt, _: Timestamp, _: &AttemptPolicy) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn give_attempt_back(&self, _: &Attempt) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn clear_attempts(&self, _: &UserId, _: Factor) -> Result<bool, AdapterError> {
        Ok(false)
    }

    async fn block(
        &self,
        _: &UserId,
        _: Factor,
        _: Timestamp,
        _: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn blocked_until(
        &self,
        _: &UserId,
        _: Factor,
        _: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        Ok(None)
    }

    async fn blocks(&self, _: Timestamp) -> Result<Vec<Block>, AdapterError> {
        Ok(Vec::new())
    }
}

pub(crate) fn pages() -> SandboxPages {
    let hosts = vec!["a".to_owned()];
    SandboxPages::new(Arc::new(Nothing), Arc::new(Nothing), Arc::new(SystemClock), hosts, Vec::new())
}

/// A sandbox with four pushes that were sent so long ago.
async fn sandbox(ago: SignedDuration) -> SocketAddr {
    let sent_at = SystemClock.now() - ago;
    let pushes = (1..=4).map(|id| push(id, sent_at)).collect();
    let pages = pages().with_pushes(Arc::new(Pushes(Mutex::new(pushes))));
    start(settings(), Parts { sandbox: Some(Arc::new(pages)), ..parts([OTHER]) }).await
}

async fn fresh() -> SocketAddr {
    sandbox(SignedDuration::ZERO).await
}

async fn post(address: SocketAddr, path: &str, headers: &str) -> Answer {
    ask(address, "POST", &format!("/sandbox/pushes/{path}"), headers, "").await
}

/// The pushes as they are listed.
async fn listed(address: SocketAddr) -> Vec<Value> {
    let answer = ask(address, "GET", "/sandbox/pushes", "", "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.has("cache-control: no-store"), "{answer:?}");
    serde_json::from_str(&answer.body).expect("a list")
}

/// What is decided, by the ids.
async fn statuses(address: SocketAddr) -> Value {
    listed(address).await.iter().map(|push| json!([push["id"], push["status"]])).collect()
}

fn assert_problem(answer: &Answer, status: u16, title: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.has("content-type: application/problem+json"), "{answer:?}");
    let problem: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&problem["title"], &problem["status"]), (&json!(title), &json!(status)));
    assert!(problem["detail"].is_string(), "{problem}");
}

#[actix_web::test]
async fn pushes_are_json_with_the_newest_first() {
    let pushes = listed(fresh().await).await;
    let ids: Vec<_> = pushes.iter().map(|push| push["id"].as_u64()).collect();
    assert_eq!(ids, [Some(4), Some(3), Some(2), Some(1)]);
    let mut first = pushes[3].clone();
    assert!(first["sentAt"].take().is_string(), "{first}");
    assert_eq!(
        first,
        json!({
            "id": 1,
            "messageId": "message-1",
            "userId": "<user>",
            "title": "Payment 1",
            "text": "100.00 <b>EUR</b>\nfor rent",
            "status": "pending",
            "sentAt": null,
        })
    );
}

#[actix_web::test]
async fn a_push_is_decided_once() {
    let address = fresh().await;
    let accepted = post(address, "1/accept", "").await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    let push: Value = serde_json::from_str(&accepted.body).unwrap();
    assert_eq!((&push["id"], &push["status"]), (&json!(1), &json!("accepted")));
    assert_eq!(post(address, "2/reject", "").await.status, 200);
    for path in ["1/accept", "1/reject", "2/accept", "3/accept"] {
        assert_problem(&post(address, path, "").await, 409, "Conflict");
    }
    for path in ["5/accept", "0/reject", "one/accept", "-1/accept"] {
        assert_problem(&post(address, path, "").await, 404, "Not Found");
    }
    assert_eq!(post(address, "4/accept", "").await.status, 503, "nobody could be told");
    let expected = json!([[4, "pending"], [3, "pending"], [2, "rejected"], [1, "accepted"]]);
    assert_eq!(statuses(address).await, expected);
}

#[actix_web::test]
async fn a_button_leads_back_to_the_page_or_to_why_not() {
    let address = fresh().await;
    let pressed = post(address, "1/reject", BROWSER).await;
    assert_eq!(pressed.status, 303, "{pressed:?}");
    assert!(pressed.has("location: ../../inbox"), "{pressed:?}");
    for (path, status, why) in [("1/accept", 409, "decided before"), ("7/accept", 404, "no such push")] {
        let page = post(address, path, BROWSER).await;
        assert_eq!(page.status, status, "{page:?}");
        assert!(page.has("content-type: text/html; charset=utf-8"), "{page:?}");
        let body = page.body.replace("&#x2f;", "/");
        for shown in
            [why, r#"href="../../inbox.css""#, "url=../../inbox\"", r#"action="../../pushes/2/accept""#]
        {
            assert!(body.contains(shown), "{shown}: {body}");
        }
    }
}

#[actix_web::test]
async fn a_page_of_someone_else_decides_nothing() {
    let address = fresh().await;
    for headers in [
        "sec-fetch-site: cross-site\r\n",
        "sec-fetch-site: same-site\r\norigin: http://a\r\n",
        "origin: http://evil.example\r\n",
        "origin: null\r\naccept: text/html\r\n",
    ] {
        for path in ["1/accept", "1/reject", "7/accept"] {
            assert_problem(&post(address, path, headers).await, 403, "Forbidden");
        }
    }
    let pointed_here =
        b"POST /sandbox/pushes/1/accept HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(send(address, pointed_here).await.status, 403);
    let get = ask(address, "GET", "/sandbox/pushes/1/accept", "", "").await;
    assert_eq!(get.status, 405, "{get:?}");
    assert!(get.has("allow: post"), "{get:?}");
    assert_eq!(listed(address).await[3]["status"], "pending");
    assert_eq!(post(address, "1/accept", "origin: http://a\r\n").await.status, 200, "its own page does");
}

/// The page.
async fn inbox(address: SocketAddr) -> Answer {
    ask(address, "GET", "/sandbox/inbox", BROWSER, "").await
}

#[actix_web::test]
async fn the_page_shows_pushes_with_buttons_while_they_are_pending_and_runs_no_script() {
    let address = fresh().await;
    post(address, "1/accept", "").await;
    let page = inbox(address).await;
    for (action, count) in [("pushes/1/", 0), ("pushes/2/accept", 1), ("pushes/2/reject", 1), ("<b>", 0)] {
        assert_eq!(page.body.matches(action).count(), count, "{action}: {}", page.body);
    }
    for shown in ["Payment 1", "accepted", "&lt;user&gt;", "100.00 &lt;b&gt;EUR"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("<script"), "{}", page.body);
    let policy = "content-security-policy: default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'";
    assert!(page.has(policy), "{page:?}");
    // Else a button's request would not say which page it comes from.
    assert!(page.has("referrer-policy: same-origin"), "{page:?}");
}

#[actix_web::test]
async fn the_page_gives_time_to_press_a_button_as_long_as_one_is_of_use() {
    let open = inbox(fresh().await).await;
    assert!(open.body.contains(r#"content="30; url=inbox""#), "{}", open.body);
    let over = inbox(sandbox(SignedDuration::from_mins(5)).await).await;
    assert!(over.body.contains(r#"content="3; url=inbox""#), "{}", over.body);
}

#[actix_web::test]
async fn where_nothing_was_pushed_the_page_says_nothing_of_pushes() {
    let pages = pages().with_pushes(Arc::new(Pushes(Mutex::default())));
    let address = start(settings(), Parts { sandbox: Some(Arc::new(pages)), ..parts([OTHER]) }).await;
    assert_eq!(listed(address).await, Vec::<Value>::new());
    assert!(!inbox(address).await.body.contains("Pushes"));
}

#[actix_web::test]
async fn where_nothing_is_pushed_there_are_no_pushes() {
    let parts = Parts { sandbox: Some(Arc::new(pages())), ..parts([OTHER]) };
    let address = start(settings(), parts).await;
    assert_eq!(ask(address, "GET", "/sandbox/pushes", "", "").await.status, 404);
    let page = inbox(address).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(!page.body.contains("Pushes"), "{}", page.body);
}
