//! Those who call while it happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{DONE, Stage};
use crate::support::payloads::{LOOKUP, USER, USERNAME, lookup};
use crate::support::{DataAdapter, PATIENCE};

/// A system behind that answers when it is let.
struct HeldCore {
    port: u16,
    asked: Arc<Semaphore>,
    let_go: Arc<Semaphore>,
}

impl HeldCore {
    /// It finds one user, with the id `held`.
    async fn start() -> Self {
        const USER: &str = r#"{"status":"OK","responseObject":{"id":"held","organizationId":"RETAIL"}}"#;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, let_go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let core = Self { port, asked: Arc::clone(&asked), let_go: Arc::clone(&let_go) };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (asked, let_go) = (Arc::clone(&asked), Arc::clone(&let_go));
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"}}")
                        && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0)
                    {
                    }
                    asked.add_permits(1);
                    let _go = let_go.acquire().await;
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
                    let answer = format!("{head}content-length: {}\r\n\r\n{USER}", USER.len());
                    stream.write_all(answer.as_bytes()).await.expect("it is read");
                });
            }
        });
        core
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_ends_as_it_began() {
    let core = HeldCore::start().await;
    let stage = Stage::start().await;
    let usual = stage.read("data-adapter.toml");
    let behind = format!(
        "capabilities.users = \"core\"\nbackends.core = {{ kind = \"rest\", url = \"http://127.0.0.1:{}\", \
         default_organization = \"RETAIL\", calls = {{ deadline_ms = 120000 }} }}\n",
        core.port
    );
    stage.prepend(&behind);
    stage.reloaded("capabilities.users").await;
    let under_way = stage.adapter.post(LOOKUP, lookup(USERNAME));
    let reloaded = async {
        timeout(PATIENCE, core.asked.acquire()).await.expect("it is asked").expect("open").forget();
        stage.write("data-adapter.toml", &usual);
        stage.reloaded("capabilities.users").await;
        let after = stage.adapter.post(LOOKUP, lookup(USERNAME)).await;
        assert!(after.status == 200 && after.text.contains(USER), "{}", after.text);
        core.let_go.add_permits(1);
    };
    let (answer, ()) = tokio::join!(under_way, reloaded);
    assert!(answer.status == 200 && answer.text.contains("\"held\""), "{}", answer.text);
    assert_eq!(stage.adapter.terminate().await.status, Some(0));
}

/// Looks somebody up until it is over, over one connection.
async fn look_up(adapter: &DataAdapter, is_over: &AtomicBool) -> usize {
    let mut answered = 0;
    while !is_over.load(Ordering::Relaxed) {
        let answer = adapter.post(LOOKUP, lookup(USERNAME)).await;
        assert!(answer.status == 200 && answer.text.contains(USER), "{}", answer.text);
        answered += 1;
    }
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_of_a_flood_fails_while_it_is_done_again_and_again() {
    const TIMES: usize = 20;
    let stage = Stage::start().await;
    let is_over = AtomicBool::new(false);
    let flood = join_all((0..8).map(|_| look_up(&stage.adapter, &is_over)));
    let reloads = async {
        for time in 0..TIMES {
            let (from, to) = if time % 2 == 0 { ("= 60", "= 61") } else { ("= 61", "= 60") };
            stage.change(&format!("block_seconds {from}"), &format!("block_seconds {to}"));
            stage.reloaded("otp.block_seconds").await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let (answered, ()) = tokio::join!(flood, reloads);
    assert!(answered.iter().all(|answered| *answered > 0), "{answered:?}");
    assert_eq!(stage.recorded().len(), TIMES);
}

#[tokio::test]
async fn who_asks_while_it_is_done_is_answered_by_another_one() {
    let mut stage = Stage::start().await;
    let commands = join_all((0..4).map(|_| stage.reload())).await;
    assert!(commands.iter().all(|exit| exit.status == Some(0)), "{commands:?}");
    stage.adapter.logged(DONE, 4).await;
    assert_eq!(stage.recorded().len(), 4, "two had one together");
}
