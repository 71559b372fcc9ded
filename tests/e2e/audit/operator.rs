//! What an operator does by a command stands in the same chain as what the service does.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use serde_json::Value;
use tempfile::TempDir;

use super::{FILE, Folder, REQUIRED, TARGET, lines};
use crate::codes::{assert_right, rent, send, verify, wrong};
use crate::support::payloads::{OPERATION_CHANGE, USER, login, operation_change};
use crate::support::{Builder, DataAdapter};

/// A store of a folder's own.
struct Store(TempDir);

impl Store {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn of(&self, builder: Builder) -> Builder {
        builder.store(&self.0.path().join("store.db"))
    }

    fn unblock(&self, builder: Builder) -> Builder {
        self.of(builder).arg("user").arg("unblock").arg(USER)
    }
}

fn uid() -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").expect("a process").uid()
}

fn unblocked(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["event"] == "unblocked").collect()
}

async fn block(adapter: &DataAdapter) {
    let sent = send(adapter, USER, &rent("guessed")).await;
    for _ in 0..5 {
        verify(adapter, &sent.message, &wrong(&sent.code), USER, &rent("guessed")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unblocking_beside_a_busy_service_leaves_its_lines_in_one_whole_chain() {
    for sync in ["false", "true"] {
        let (folder, store) = (Folder::new(), Store::new());
        let builder = || folder.builder().env("DATA_ADAPTER__AUDIT__SYNC", sync).env(REQUIRED, "true");
        let adapter = store.of(builder()).start().await;
        block(&adapter).await;
        let waiting = AtomicUsize::new(6);
        let requests = (0..8).map(async |_| {
            let mut sent = 0;
            while waiting.load(Ordering::SeqCst) > 0 {
                let request = operation_change(USER, "DONE", &login(&format!("op-{sent}")));
                let answer = adapter.post(OPERATION_CHANGE, request).await;
                assert_eq!(answer.status, 200, "{}", answer.text);
                sent += 1;
            }
            sent
        });
        let commands = (0..6).map(async |_| {
            let exit = store.unblock(builder()).spawn_failing().await;
            waiting.fetch_sub(1, Ordering::SeqCst);
            assert_eq!(exit.status, Some(0), "{exit:?}");
        });
        let (sent, _) = futures::join!(join_all(requests), join_all(commands));
        let verified = folder.verified().await;
        assert!(!verified.contains("missing"), "{verified}");
        let lines = folder.lines();
        let changes = lines.iter().filter(|line| line["event"] == "operation_change").count();
        assert_eq!(changes, 2 * sent.iter().sum::<usize>(), "each is announced and done");
        let unblocked = unblocked(&lines);
        assert_eq!(unblocked.len(), 6 * 2 * 2);
        for line in &unblocked {
            assert_eq!(
                (&line["user"], line["operator"]["uid"].to_string()),
                (&USER.into(), uid().to_string())
            );
        }
        let done = |factor: &str| {
            let done =
                unblocked.iter().filter(|line| line["outcome"] == "succeeded" && line["factor"] == factor);
            done.count()
        };
        assert_eq!((done("code"), done("password")), (1, 0), "only one of them found a block");
        // Nothing was kept that stands in the way of the next start.
        adapter.terminate().await;
        store.of(builder()).start().await.terminate().await;
        folder.verified().await;
    }
}

#[tokio::test]
async fn without_a_service_the_command_goes_on_with_the_chain_by_itself() {
    let (folder, store) = (Folder::new(), Store::new());
    let adapter = store.of(folder.builder()).start().await;
    block(&adapter).await;
    adapter.terminate().await;
    let exit = store.unblock(folder.builder()).arg("--factor").arg("code").spawn_failing().await;
    assert_eq!(exit.stdout, "codes: the attempts are counted from zero again.\n", "{exit:?}");
    let again = store.unblock(folder.builder()).arg("--factor").arg("code").spawn_failing().await;
    assert_eq!(again.stdout, "codes: the attempts had no failures.\n", "{again:?}");
    folder.verified().await;
    let lines = folder.lines();
    let told: Vec<_> =
        unblocked(&lines).iter().map(|line| (line["outcome"].clone(), line["reason"].clone())).collect();
    assert_eq!(told, [("succeeded".into(), Value::Null), ("failed".into(), "no_failures".into())]);
}

#[tokio::test]
async fn where_lines_are_required_nobody_is_unblocked_without_one() {
    let store = Store::new();
    let adapter = store.of(DataAdapter::builder()).start().await;
    let kept = send(&adapter, USER, &rent("kept")).await;
    block(&adapter).await;
    let full = || DataAdapter::builder().env(TARGET, "file").env(FILE, "/dev/full");
    let exit = store.unblock(full().env(REQUIRED, "true")).spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("nothing was done") && exit.stdout.is_empty(), "{exit:?}");
    let answer = verify(&adapter, &kept.message, &kept.code, USER, &rent("kept")).await;
    assert!(answer.text.contains("VERIFIED_FAILED"), "still blocked: {}", answer.text);
    let exit = store.unblock(full()).spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert!(exit.stderr.contains("left no line in the audit log"), "{exit:?}");
    assert_right(&verify(&adapter, &kept.message, &kept.code, USER, &rent("kept")).await, "unblocked");
}

#[tokio::test]
async fn where_standard_output_is_the_audit_log_the_command_puts_nothing_else_there() {
    let store = Store::new();
    let adapter = store.of(DataAdapter::builder()).start().await;
    block(&adapter).await;
    let exit = store.unblock(DataAdapter::builder().env(TARGET, "stdout")).spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let lines = lines(&exit.stdout);
    assert_eq!(unblocked(&lines).len(), 2, "{exit:?}");
    assert_eq!([&lines[0], &lines[1]].map(|line| line["sequence"].to_string()), ["1", "2"]);
    assert!(exit.stderr.contains("codes: the attempts are counted from zero again."), "{exit:?}");
}
