//! One token, used and revoked at once at two instances that share a store.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;

use super::partner::{DEVICES, LOGOUT, Partner};
use super::{CONSUMER, builder};
use crate::support::DataAdapter;

const LOGOUTS: usize = 50;
const USERS: usize = 50;
/// Longer than it takes until all logouts are answered.
const LONG: Duration = Duration::from_secs(120);

/// Uses a token until it is refused: when each use that was let in was sent.
async fn use_up(adapter: &DataAdapter, partner: &Partner, start: &Barrier) -> Vec<Instant> {
    let mut sent = Vec::new();
    start.wait().await;
    let begin = Instant::now();
    loop {
        let now = Instant::now();
        assert!(now - begin < LONG, "the token is good for ever");
        let answer = partner.call(adapter, DEVICES, &json!({"ConsumerID": CONSUMER})).await;
        match answer.status {
            200 => sent.push(now),
            401 => return sent,
            other => panic!("{other}: {}", answer.text),
        }
    }
}

/// When it was answered that the token is revoked now, by this logout.
async fn log_out(adapter: &DataAdapter, partner: &Partner, start: &Barrier) -> Option<Instant> {
    start.wait().await;
    let answer = partner.call(adapter, LOGOUT, &json!({"LogoutReason": 1})).await;
    let now = Instant::now();
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text);
    (answer.status == 200).then_some(now)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_use_of_a_token_that_is_sent_after_a_logout_was_answered_succeeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    let instances = [builder().store(&store).start().await, builder().store(&store).start().await];
    for round in 0..5 {
        let partner = Partner::login(&instances[round % 2]).await;
        let start = Barrier::new(USERS + LOGOUTS);
        let uses = (0..USERS).map(|number| use_up(&instances[number % 2], &partner, &start));
        let logouts = (0..LOGOUTS).map(|number| log_out(&instances[number % 2], &partner, &start));
        let (uses, logouts) = futures::join!(join_all(uses), join_all(logouts));
        let answered: Vec<_> = logouts.into_iter().flatten().collect();
        assert_eq!(answered.len(), 1, "in round {round}: one of them has revoked it");
        let late = uses.iter().flatten().filter(|sent| **sent > answered[0]).count();
        assert_eq!(late, 0, "in round {round}: uses that were sent after the logout was answered");
    }
}
