//! The writers of the store and of the audit log, on a disk that is slow on purpose.

use tempfile::TempDir;

use super::{Arc, Ask, DataAdapter, slowdown};
use crate::durability::{end, users_file};
use crate::support::payloads::{SMS_CREATE, login, sms_create};

/// Each write to the disk takes half a second.
const SLOW_DISK: [&str; 8] = [
    "strace",
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-e",
    "trace=fsync,fdatasync",
    "-e",
    "inject=fsync,fdatasync:delay_exit=500000",
];
/// Twice what waits for a write that has begun, and for the next one, which takes all who wait, and for a busy machine: one
/// write after the other would take fifty times as long.
const ONE_MORE_WRITE: f64 = 5.0;

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_codes_costs_others_one_more_write_at_most() {
    let folder = TempDir::new().expect("a temporary folder");
    let [store, users, audit, trace] = ["store.db", "users.toml", "audit.jsonl", "trace"]
        .map(|name| folder.path().join(name).display().to_string());
    let ids = (0..super::FLOOD).map(|client| client.to_string()).chain(["other".to_owned()]);
    std::fs::write(&users, users_file(ids)).expect("the users file can be written");
    let builder = DataAdapter::builder()
        .store(store.as_ref())
        .env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", users)
        .env("DATA_ADAPTER__AUDIT__TARGET", "file")
        .env("DATA_ADAPTER__AUDIT__FILE", audit)
        .env("DATA_ADAPTER__AUDIT__REQUIRED", "true");
    let slow: Vec<&str> = SLOW_DISK.into_iter().chain(["-o", &trace]).collect();
    let adapter = Arc::new(builder.wrapped_in(&slow).start().await);
    let of = |user: String| Ask {
        path: SMS_CREATE,
        ..Ask::new(sms_create(user.as_str(), &login(&format!("operation-of-{user}"))))
    };
    let ratio = slowdown(&adapter, |client| of(client.to_string()), of("other".to_owned())).await;
    end(Arc::into_inner(adapter).expect("the flood is over")).await;
    assert!(ratio < ONE_MORE_WRITE, "{ratio}");
}
