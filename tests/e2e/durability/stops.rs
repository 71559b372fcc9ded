//! A clean stop leaves one file, with everything in it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tempfile::TempDir;
use tokio::process::Command;

use crate::codes::{create, rent, send};
use crate::support::payloads::{SMS_CREATE, USER, sms_create};
use crate::support::{Builder, DataAdapter};

fn over(folder: &TempDir) -> Builder {
    DataAdapter::builder().store(&folder.path().join("store.db"))
}

fn files(folder: &TempDir) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn the_file_alone() -> BTreeSet<String> {
    BTreeSet::from(["store.db".to_owned()])
}

/// The operations of the open challenges in a store file, which nobody else has open.
async fn challenges(store: &Path) -> BTreeSet<String> {
    let statement = "SELECT operation_id FROM challenges WHERE state = 0";
    let output = Command::new("sqlite3").arg(store).arg(statement).output().await;
    let output = output.expect("sqlite3 can be run");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_under_load_leaves_the_file_alone_with_all_that_was_answered() {
    let folder = TempDir::new().expect("a temporary folder");
    let adapter = over(&folder).start().await;
    create(&adapter, USER, &rent("first")).await;
    assert!(
        files(&folder).contains("store.db-wal"),
        "the newest changes are beside it: {:?}",
        files(&folder)
    );
    let (client, url) = (adapter.client().clone(), adapter.url(SMS_CREATE));
    let mut requests: FuturesUnordered<_> = (0..200)
        .map(|number| {
            let operation = format!("op-{number}");
            let request = client.post(&url).body(sms_create(USER, &rent(&operation)));
            let request = request.header("content-type", "application/json").timeout(Duration::from_secs(30));
            async move { request.send().await.is_ok_and(|answer| answer.status() == 200).then_some(operation) }
        })
        .collect();
    let mut answered = BTreeSet::from(["first".to_owned()]);
    while answered.len() < 20 {
        answered.extend(requests.next().await.expect("there are more"));
    }
    let (exit, rest) = futures::join!(adapter.terminate(), requests.collect::<Vec<_>>());
    answered.extend(rest.into_iter().flatten());
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert_eq!(files(&folder), the_file_alone());
    let kept = challenges(&folder.path().join("store.db")).await;
    assert!(kept.is_superset(&answered), "lost: {:?}", answered.difference(&kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_folds_what_a_crash_left() {
    let folder = TempDir::new().expect("a temporary folder");
    let adapter = over(&folder).start().await;
    send(&adapter, USER, &rent("op")).await;
    adapter.signal("KILL").await;
    adapter.wait().await;
    assert!(files(&folder).contains("store.db-wal"), "a crash leaves it: {:?}", files(&folder));
    over(&folder).start().await.terminate().await;
    assert_eq!(files(&folder), the_file_alone());
    assert_eq!(challenges(&folder.path().join("store.db")).await, BTreeSet::from(["op".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_and_an_admin_command_leave_the_file_alone_too() {
    let folder = TempDir::new().expect("a temporary folder");
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let exit = over(&folder).env("DATA_ADAPTER__SERVER__PORT", port).spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert_eq!(files(&folder), the_file_alone(), "after a start that failed");
    let exit = over(&folder).arg("user").arg("unblock").arg(USER).spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert_eq!(files(&folder), the_file_alone(), "after an admin command");
}
