//! The clock was a day ahead, and came back.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::codes::{EXPIRED, Sent, assert_over, assert_right, rent, send, settings, verify, wrong};
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, authenticate};
use crate::support::{DataAdapter, PATIENCE};

async fn start(store: &Path) -> DataAdapter {
    DataAdapter::builder().store(store).env(settings::PASSWORD_BLOCK, "2").start().await
}

/// Makes the store what a clock that was a day ahead would have made it.
async fn date_a_day_ahead(store: &Path) {
    let day = "86400000000000";
    let statement = format!(
        "UPDATE challenges SET created_at = created_at + {day}, expires_at = expires_at + {day};
         UPDATE spent SET last_at = last_at + {day};
         UPDATE attempts SET last_at = last_at + {day}, blocked_until = blocked_until + {day};"
    );
    let dated = tokio::process::Command::new("sqlite3").arg(store).arg(statement).status().await;
    assert!(dated.expect("sqlite3 can be run").success());
}

async fn is_over(adapter: &DataAdapter, sent: &Sent, operation: &str) {
    let answer = verify(adapter, &sent.message, &sent.code, USER, &rent(operation)).await;
    assert_over(&answer, EXPIRED, operation);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_a_clock_that_was_ahead_are_over_and_blocks_last_no_longer_than_their_time() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = folder.path().join("store.db");
    let adapter = start(&store).await;
    let sent = send(&adapter, USER, &rent("ahead")).await;
    for _ in 0..5 {
        adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
    }
    adapter.terminate().await;
    date_a_day_ahead(&store).await;

    let mut adapter = start(&store).await;
    adapter.logged("the clock was ahead", 1).await;
    let deadline = Instant::now() + PATIENCE;
    is_over(&adapter, &sent, "ahead").await;
    let fresh = send(&adapter, USER, &rent("fresh")).await;
    assert_right(&verify(&adapter, &fresh.message, &fresh.code, USER, &rent("fresh")).await, "a code of now");
    while !adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await.text.contains("VERIFIED_SUCCEEDED")
    {
        assert!(Instant::now() < deadline, "the block does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_answered_as_expired_stays_expired_when_the_clock_goes_back() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = folder.path().join("store.db");
    let adapter = start(&store).await;
    let sent = send(&adapter, USER, &rent("op")).await;
    adapter.terminate().await;
    let set = async |times: &str| {
        let statement = format!("UPDATE challenges SET {times}");
        let changed = tokio::process::Command::new("sqlite3").arg(&store).arg(statement).status().await;
        assert!(changed.expect("sqlite3 can be run").success());
    };
    // To the code the clock goes forth, and back again.
    set("created_at = created_at - 310000000000, expires_at = expires_at - 310000000000").await;
    let adapter = start(&store).await;
    let answer = verify(&adapter, &sent.message, &wrong(&sent.code), USER, &rent("op")).await;
    assert_over(&answer, EXPIRED, "a wrong code that is late");
    adapter.terminate().await;
    set("created_at = created_at + 310000000000, expires_at = expires_at + 310000000000").await;
    is_over(&start(&store).await, &sent, "op").await;
}
