//! A thousand callers at once, and core banking that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::core;
use super::program::start;
use crate::pressure::{peak_memory_kib, watch_health};
use crate::support::DataAdapter;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};

const CALLERS: usize = 1_000;
const ADMITTED: usize = 50;
const CORE_TAKES: Duration = Duration::from_secs(5);
const MOST_MEMORY_KIB: u64 = 100 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_core_banking_has_no_time_for_are_told_so_at_once() {
    rlimit::increase_nofile_limit(3 * CALLERS as u64 + 4096).expect("the limit of open files can be raised");
    let core = core().await;
    let calls = format!("[backends.bank.calls]\nmax_concurrent = {ADMITTED}");
    let adapter = Arc::new(start(&core, &calls).await);
    core.answer_after(CORE_TAKES);
    let over = Arc::new(AtomicBool::new(false));
    let health = tokio::spawn(watch_health(Arc::clone(&adapter), Arc::clone(&over)));
    // Of many people and two organizations: one of them gets less of it.
    let organization = |caller| if caller % 2 == 0 { "RETAIL" } else { "SME" };
    let callers = (0..CALLERS).map(|caller| {
        let body = lookup(&format!("user{caller}")).replace("RETAIL", organization(caller));
        tokio::spawn(call(Arc::clone(&adapter), body))
    });
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
    core.answer_after(Duration::ZERO);
    assert!(call(adapter, lookup(USERNAME)).await, "there is room again");
}

/// Whether core banking had time for the caller.
async fn call(adapter: Arc<DataAdapter>, body: String) -> bool {
    let started = Instant::now();
    let answer = adapter.post(LOOKUP, body).await;
    if answer.status == 200 || answer.error_code() == "USER_NOT_FOUND" {
        return true;
    }
    assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{}", answer.text);
    assert!(started.elapsed() < CORE_TAKES, "it took {:?}", started.elapsed());
    false
}
