//! What the server answers with is replaced while it runs.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};
use data_adapter_server::{Current, HttpSettings, Parts, ReadyChecks};
use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{interval, timeout};

use crate::bench::{Answer, OTHER, ROOT, ask, parts, settings, start_with};

/// As long as any machine may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn workers(workers: usize) -> HttpSettings {
    HttpSettings { workers, max_connections: 1024, max_requests: 1024, ..settings() }
}

async fn echo(address: SocketAddr, path: &str) -> Answer {
    ask(address, "POST", path, "", "four").await
}

/// Waits until nothing has it any more.
async fn dropped<T: ?Sized>(what: &Weak<T>) {
    let gone = async {
        let mut looks = interval(Duration::from_millis(5));
        while what.strong_count() > 0 {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, gone).await.expect("what was replaced is dropped");
}

#[actix_web::test]
async fn every_request_after_it_is_answered_by_what_came_in_its_place() {
    let current = Current::new(parts([OTHER]));
    let address = start_with(workers(2), &current).await;
    for _ in 0..8 {
        assert_eq!(echo(address, "/other/echo").await.status, 200);
        current.replace(parts([ROOT]));
        // Of several workers each is asked.
        for answer in join_all((0..8).map(|_| echo(address, "/other/echo"))).await {
            assert_eq!((answer.status, answer.body.as_str()), (404, "root refuses: UnknownPath"));
        }
        assert_eq!(echo(address, "/echo").await.body, "4");
        current.replace(parts([OTHER]));
    }
}

#[actix_web::test]
async fn what_is_no_request_is_refused_in_the_words_of_what_came_in_its_place() {
    let current = Current::new(parts([OTHER]));
    let address = start_with(workers(1), &current).await;
    current.replace(parts([ROOT]));
    let answer = crate::bench::send(address, b"POST /other/echo HTTP/1.1\r\nno header\r\n\r\n").await;
    assert_eq!((answer.status, answer.body.as_str()), (400, "root refuses: Unreadable"));
}

#[actix_web::test]
async fn workers_that_nobody_asks_give_up_what_was_replaced() {
    let first = parts([OTHER]);
    let callers = Arc::downgrade(&first.callers);
    let current = Current::new(first);
    let address = start_with(workers(4), &current).await;
    assert_eq!(echo(address, "/other/echo").await.status, 200);
    current.replace(parts([ROOT]));
    dropped(&callers).await;
}

/// Says that it is asked, and answers when it is let.
struct Held {
    asked: Semaphore,
    let_go: Semaphore,
}

#[async_trait]
impl Readiness for Held {
    async fn check(&self) -> Result<(), AdapterError> {
        self.asked.add_permits(1);
        let _go = self.let_go.acquire().await;
        Ok(())
    }
}

fn holding(held: &Arc<Held>) -> Parts {
    let ready = ReadyChecks::new(vec![("held".to_owned(), Arc::clone(held) as _)], PATIENCE);
    Parts { ready: Arc::new(ready), ..parts([OTHER]) }
}

#[actix_web::test]
async fn a_request_under_way_ends_as_it_began_and_then_nothing_is_left_of_what_was_replaced() {
    let held = Arc::new(Held { asked: Semaphore::new(0), let_go: Semaphore::new(0) });
    let first = holding(&held);
    let ready = Arc::downgrade(&first.ready);
    let current = Current::new(first);
    let address = start_with(workers(1), &current).await;
    let under_way = actix_web::rt::spawn(async move { ask(address, "GET", "/health/ready", "", "").await });
    timeout(PATIENCE, held.asked.acquire()).await.expect("it is asked").expect("open").forget();
    current.replace(parts([ROOT]));
    let after = ask(address, "GET", "/health/ready", "", "").await;
    assert!(after.status == 200 && !after.body.contains("held"), "{after:?}");
    assert!(ready.strong_count() > 0, "the request under way has lost what it asks");
    held.let_go.add_permits(1);
    let answer = under_way.await.expect("an answer");
    assert!(answer.status == 200 && answer.body.contains("\"held\":\"OK\""), "{answer:?}");
    dropped(&ready).await;
}

#[actix_web::test]
async fn a_flood_of_requests_during_many_replacements_fails_nowhere_and_leaves_nothing_behind() {
    let current = Current::new(parts([OTHER]));
    let address = start_with(workers(2), &current).await;
    let flood = (0..8).map(|_| {
        actix_web::rt::spawn(async move {
            for _ in 0..40 {
                assert_eq!(echo(address, "/other/echo").await.body, "4");
            }
        })
    });
    let flood: Vec<_> = flood.collect();
    let mut replaced = Vec::new();
    while flood.iter().any(|client| !client.is_finished()) {
        let next = parts([OTHER]);
        replaced.push(Arc::downgrade(&next.callers));
        current.replace(next);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for client in flood {
        client.await.expect("every request was answered");
    }
    assert!(replaced.len() > 10, "too few were replaced to see anything: {}", replaced.len());
    let last = replaced.pop().expect("one");
    for before in &replaced {
        dropped(before).await;
    }
    assert!(last.strong_count() > 0, "what is in effect is kept");
}
