//! One who floods, and another who is served as if it were alone. The system behind is slow on purpose, so that waiting in a
//! queue shows and the speed of this machine does not.

mod directory;
mod disk;
pub(crate) mod slow_core;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::header::AUTHORIZATION;

use crate::callers;
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, PASSWORD, SMS_CREATE, authenticate, login, lookup, sms_create,
};
use crate::support::{Answer, DataAdapter};
use slow_core::SlowCore;

/// So many connections there are to the system behind.
const CONNECTIONS: &str = "max_connections = 8";
/// How long it takes.
const CORE_TAKES: Duration = Duration::from_secs(1);
const ROUNDS: usize = 3;
/// Requests of the flood at once: many times what is served at once.
const FLOOD: usize = 100;
/// How much longer another may take than alone, on a busy machine too: behind the flood it would be twelve times as long.
const SLOWDOWN: f64 = 3.0;

fn in_organization(name: &str, organization: &str) -> String {
    lookup(name).replace("\"RETAIL\"", &format!("\"{organization}\""))
}

/// Who asks, and for what.
#[derive(Clone)]
struct Ask {
    path: &'static str,
    body: String,
    token: Option<&'static str>,
}

impl Ask {
    fn new(body: String) -> Self {
        Self { path: LOOKUP, body, token: None }
    }

    async fn send(&self, adapter: &DataAdapter) -> Answer {
        let request =
            adapter.client().post(adapter.url(self.path)).header("content-type", "application/json");
        let token = self.token.map(|token| format!("Bearer {token}"));
        let request = token.into_iter().fold(request, |request, token| request.header(AUTHORIZATION, token));
        adapter.send(request.body(self.body.clone())).await
    }
}

/// The median of how long this takes in several rounds, each of which is answered well.
async fn median(adapter: &DataAdapter, ask: &Ask) -> Duration {
    let mut taken = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let since = Instant::now();
        let answer = ask.send(adapter).await;
        assert_eq!(answer.status, 200, "{}\n{}", answer.text, adapter.log());
        taken.push(since.elapsed());
    }
    taken.sort_unstable();
    taken[ROUNDS / 2]
}

/// How much longer another takes while a flood goes on than before it.
async fn slowdown(adapter: &Arc<DataAdapter>, flood: impl Fn(usize) -> Ask, other: Ask) -> f64 {
    let alone = median(adapter, &other).await;
    let over = Arc::new(AtomicBool::new(false));
    let clients = (0..FLOOD).map(|client| {
        let (adapter, over, ask) = (Arc::clone(adapter), Arc::clone(&over), flood(client));
        tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                ask.send(&adapter).await;
                // Whoever is refused at once comes back as soon, and would only heat the machine.
                tokio::time::sleep(CORE_TAKES / 4).await;
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    tokio::time::sleep(CORE_TAKES).await;
    let beside = median(adapter, &other).await;
    over.store(true, Ordering::Relaxed);
    for client in join_all(clients).await {
        client.expect("the flood is answered");
    }
    beside.as_secs_f64() / alone.as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_of_one_name_leave_others_their_connections() {
    let core = SlowCore::start(CORE_TAKES).await;
    let adapter = core.adapter(CONNECTIONS).start().await;
    let ratio =
        slowdown(&Arc::new(adapter), |_| Ask::new(lookup("flooded")), Ask::new(lookup("other"))).await;
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_in_one_organization_leave_others_their_connections() {
    let core = SlowCore::start(CORE_TAKES).await;
    let adapter = core.adapter(CONNECTIONS).start().await;
    let flood = |client| Ask::new(in_organization(&format!("user-{client}"), "RETAIL"));
    let ratio = slowdown(&Arc::new(adapter), flood, Ask::new(in_organization("other", "SME"))).await;
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_leaves_others_their_requests() {
    let core = SlowCore::start(CORE_TAKES).await;
    let more = format!(
        "{}{}",
        callers::caller("one", callers::TOKEN, "[]"),
        callers::caller("two", callers::TEXTING, "[]")
    );
    let adapter = core.adapter(&more).env("DATA_ADAPTER__SERVER__MAX_REQUESTS", "16").start().await;
    let flood = |client| Ask {
        token: Some(callers::TOKEN),
        ..Ask::new(in_organization(&format!("user-{client}"), "RETAIL"))
    };
    let other = Ask { token: Some(callers::TEXTING), ..Ask::new(in_organization("other", "SME")) };
    let ratio = slowdown(&Arc::new(adapter), flood, other).await;
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_of_one_user_leave_others_their_turn() {
    let core = SlowCore::start(CORE_TAKES).await;
    let adapter = core.adapter(CONNECTIONS).start().await;
    let of = |user| Ask { path: AUTHENTICATE, ..Ask::new(authenticate(user, PASSWORD)) };
    let ratio = slowdown(&Arc::new(adapter), |_| of("flooded"), of("other")).await;
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_one_user_leave_others_theirs() {
    let core = SlowCore::start(CORE_TAKES).await;
    let adapter = core.adapter(CONNECTIONS).start().await;
    let of = |user| Ask { path: SMS_CREATE, ..Ask::new(sms_create(user, &login("login-operation"))) };
    let ratio = slowdown(&Arc::new(adapter), |_| of("flooded"), of("other")).await;
    assert!(ratio < SLOWDOWN, "{ratio}");
}
