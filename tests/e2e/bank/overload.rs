//! A thousand callers at once, and core banking that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use tokio::time::timeout;

use super::core;
use super::program::builder;
use crate::pressure::{peak_memory_kib, watch_health};
use crate::support::DataAdapter;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};

const CALLERS: usize = 1_000;
const ADMITTED: usize = 50;
/// Longer than all of this takes on any machine.
const CORE_TAKES: Duration = Duration::from_secs(50);
const MOST_MEMORY_KIB: u64 = 100 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_core_banking_has_no_time_for_are_told_so_at_once() {
    rlimit::increase_nofile_limit(3 * CALLERS as u64 + 4096).expect("the limit of open files can be raised");
    let core = core().await;
    let calls = format!("[backends.bank.calls]\ndeadline_ms = 60000\nmax_concurrent = {ADMITTED}");
    let builder = builder(&core, &calls).env("DATA_ADAPTER__BACKENDS__BANK__TIMEOUT_MS", "60000");
    let builder = ["HEADER", "BODY"].iter().fold(builder, |builder, part| {
        builder.env(format!("DATA_ADAPTER__SERVER__{part}_TIMEOUT_SECONDS"), "300")
    });
    let adapter = Arc::new(builder.start().await);
    core.answer_after(CORE_TAKES);
    let over = Arc::new(AtomicBool::new(false));
    let health = tokio::spawn(watch_health(Arc::clone(&adapter), Arc::clone(&over)));
    // Of many people and two organizations: one of them gets less of it.
    let organization = |caller| if caller % 2 == 0 { "RETAIL" } else { "SME" };
    let told = Arc::new(AtomicUsize::new(0));
    let callers = (0..CALLERS).map(|caller| {
        let body = lookup(&format!("user{caller}")).replace("RETAIL", organization(caller));
        let (adapter, told) = (Arc::clone(&adapter), Arc::clone(&told));
        tokio::spawn(async move {
            let is_answered = call(adapter, body).await;
            told.fetch_add(usize::from(!is_answered), Ordering::SeqCst);
            is_answered
        })
    });
    let callers: Vec<_> = callers.collect();
    let others = async {
        while told.load(Ordering::SeqCst) < CALLERS - ADMITTED {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(CORE_TAKES, others).await.expect("nobody who is not admitted waits for core banking");
    core.answer_after(Duration::ZERO);
    let mut answered = 0;
    for caller in join_all(callers).await {
        answered += usize::from(caller.expect("every caller is answered"));
    }
    over.store(true, Ordering::Relaxed);
    assert!(health.await.expect("the health is answered throughout") > 0);
    assert_eq!(answered, ADMITTED);
    assert_eq!(core.asked().len(), ADMITTED, "core banking was spared the others");
    let peak = peak_memory_kib(adapter.pid());
    assert!(peak < MOST_MEMORY_KIB, "{peak} KiB at the peak");
    assert!(call(adapter, lookup(USERNAME)).await, "there is room again");
}

/// Whether core banking had time for the caller.
async fn call(adapter: Arc<DataAdapter>, body: String) -> bool {
    let answer = adapter.post(LOOKUP, body).await;
    if answer.status == 200 || answer.error_code() == "USER_NOT_FOUND" {
        return true;
    }
    assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{}", answer.text);
    false
}
