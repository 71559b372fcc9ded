//! An answer leaves only after its commit is on the disk.

use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use crate::codes::{rent, send, verify};
use crate::support::DataAdapter;
use crate::support::payloads::USER;

/// What happened to the process, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// A request came in.
    Request,
    /// A file was written through to the disk.
    Sync,
    /// An answer went out.
    Answer,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_leaves_before_its_change_is_synced() {
    let folder = TempDir::new().expect("a temporary folder");
    let trace = folder.path().join("trace");
    let file = trace.display().to_string();
    let adapter = DataAdapter::builder()
        .store(&folder.path().join("store.db"))
        .wrapped_in(&["strace", "-f", "-qq", "-s", "32", "-o", &file, "-e", CALLS])
        .start()
        .await;
    for number in 0..5 {
        let context = rent(&format!("op-{number}"));
        let sent = send(&adapter, USER, &context).await;
        let answer = verify(&adapter, &sent.message, &sent.code, USER, &context).await;
        assert!(answer.text.contains("VERIFIED_SUCCEEDED"), "{}", answer.text);
    }
    end(adapter).await;
    let calls = read(&trace);
    let posts = calls.iter().filter(|call| **call == Call::Request).count();
    assert!(posts >= 10, "the trace shows {posts} changes only");
    let mut synced = false;
    for (position, call) in calls.iter().enumerate() {
        match call {
            Call::Request => synced = false,
            Call::Sync => synced = true,
            Call::Answer => {
                assert!(synced, "call {position} answers before the disk has the change: {calls:?}");
            }
        }
    }
}

/// Stops the program, which lets `strace` end; a killed `strace` would leave it running.
async fn end(adapter: DataAdapter) {
    let parent = adapter.pid().to_string();
    let stopped = Command::new("pkill").args(["-TERM", "-P", &parent]).status().await;
    assert!(stopped.expect("pkill can be run").success(), "strace has no child");
    adapter.wait().await;
}

const CALLS: &str = "trace=read,recv,recvfrom,readv,recvmsg,write,send,sendto,writev,sendmsg,fsync,fdatasync";

/// The changes in a trace: requests that create or verify, their answers, and syncs that are over. One client sends one
/// request after the other, so they follow each other.
fn read(trace: &Path) -> Vec<Call> {
    let trace = std::fs::read_to_string(trace).expect("strace writes its file");
    let mut calls = Vec::new();
    let mut pending = false;
    for line in trace.lines() {
        if line.contains("\"POST /api/auth/sms/") {
            calls.push(Call::Request);
            pending = true;
        } else if pending && is_finished_sync(line) {
            calls.push(Call::Sync);
        } else if pending && line.contains("\"HTTP/1.1 200 OK") {
            calls.push(Call::Answer);
            pending = false;
        }
    }
    calls
}

fn is_finished_sync(line: &str) -> bool {
    let sync = line.contains("fdatasync(") || line.contains("fsync(");
    let resumed = line.contains("fdatasync resumed") || line.contains("fsync resumed");
    (sync || resumed) && line.contains("= 0")
}
