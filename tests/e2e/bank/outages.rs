//! Core banking that is away, hangs, and comes back.

use std::time::{Duration, Instant};

use example_core_banking::CoreBanking;

use super::program::start;
use super::{core, send};
use crate::support::outcome::{AUTHENTICATED, JOHN_DOE};
use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup};
use crate::support::{DataAdapter, Outcome};

const REMOTE: Outcome = Outcome::Error(400, "REMOTE_ERROR", "error.remote");
/// Longer than any deadline that is set here, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_stopped_core_banking_is_no_wrong_password_and_costs_nobody_a_try() {
    let core = core().await;
    let adapter = start(&core, "").await;
    let address = core.address();
    core.stop().await;
    send(&adapter, LOOKUP, lookup(USERNAME), REMOTE).await;
    // More than block the password if they are wrong.
    for _ in 0..6 {
        let started = Instant::now();
        send(&adapter, AUTHENTICATE, authenticate(USER, PASSWORD), REMOTE).await;
        assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
    }
    let _core = CoreBanking::start_at(address).await.expect("the port is free again");
    send(&adapter, AUTHENTICATE, authenticate(USER, PASSWORD), AUTHENTICATED).await;
}

#[tokio::test]
async fn a_core_banking_that_hangs_is_given_up_at_the_deadline() {
    let core = core().await;
    let adapter = start(&core, "[backends.bank.calls]\ndeadline_ms = 500").await;
    core.answer_after(Duration::from_secs(3600));
    for (path, request) in [(LOOKUP, lookup(USERNAME)), (AUTHENTICATE, authenticate(USER, PASSWORD))] {
        let started = Instant::now();
        send(&adapter, path, request, REMOTE).await;
        let taken = started.elapsed();
        assert!((Duration::from_millis(500)..PATIENCE).contains(&taken), "it took {taken:?}");
    }
    core.answer_after(Duration::ZERO);
    send(&adapter, AUTHENTICATE, authenticate(USER, PASSWORD), AUTHENTICATED).await;
}

#[tokio::test]
async fn a_core_banking_that_fails_too_often_is_left_alone_for_a_while() {
    let core = core().await;
    let calls = "[backends.bank.calls]\nbreaker_failures = 3\nbreaker_open_ms = 10000";
    let mut adapter = start(&core, calls).await;
    let address = core.address();
    core.stop().await;
    for _ in 0..3 {
        send(&adapter, LOOKUP, lookup(USERNAME), REMOTE).await;
    }
    let given_up = Instant::now();
    adapter.logged("the back end failed too often in a row", 1).await;
    let core = CoreBanking::start_at(address).await.expect("the port is free again");
    send(&adapter, LOOKUP, lookup(USERNAME), REMOTE).await;
    assert_eq!(core.asked(), [""; 0], "it is back, and is not asked yet");
    answers_again(&adapter).await;
    assert!(given_up.elapsed() > Duration::from_secs(9), "it was left alone");
    adapter.logged("the back end answers", 1).await;
    send(&adapter, LOOKUP, lookup(USERNAME), JOHN_DOE).await;
}

async fn answers_again(adapter: &DataAdapter) {
    let started = Instant::now();
    while adapter.post(LOOKUP, lookup(USERNAME)).await.status != 200 {
        assert!(started.elapsed() < PATIENCE, "it is not asked again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
