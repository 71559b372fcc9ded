//! A start over a store that can't be used: what is wrong, and what to do.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{DataAdapter, Exit};

/// A store of an earlier run, in a folder of its own.
struct Earlier {
    folder: TempDir,
    store: PathBuf,
}

impl Earlier {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let store = folder.path().join("store.db");
        DataAdapter::builder().store(&store).start().await.terminate().await;
        Self { folder, store }
    }

    /// Starts the program after `script` changed the folder, which gets a small disk of its own with a copy of the store.
    async fn start_after(&self, script: &str) -> Exit {
        let folder = self.folder.path().display().to_string();
        let script = format!(
            r#"set -e; copy=$(mktemp); cp "$0/store.db" "$copy"; mount -t tmpfs -o size=1m tmpfs "$0"
               mv "$copy" "$0/store.db"; cd "$0"; {script}; exec "$@""#
        );
        let wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", &script, &folder];
        DataAdapter::builder().store(&self.store).wrapped_in(&wrapper).spawn_failing().await
    }
}

fn assert_refused(exit: &Exit, store: &Path, sentence: &str) {
    assert_eq!(exit.status, Some(1), "{exit:?}");
    let named = exit.stderr.contains(&store.display().to_string());
    assert!(named && exit.stderr.contains(sentence), "{sentence:?} is not what it says: {exit:?}");
    assert!(
        !exit.stderr.contains("restore a backup") || sentence.contains("restore a backup"),
        "nothing is lost: {exit:?}"
    );
}

const MAKE_ROOM: &str = "make room, or name a file on another disk";
const OWN_THE_FOLDER: &str = "give the service a folder that it owns";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_store_on_a_full_disk_asks_for_room() {
    let earlier = Earlier::new().await;
    for room in [0, 4, 16, 40, 72] {
        let exit = earlier.start_after(&format!("rm store.db; {}", all_but(room))).await;
        assert_refused(&exit, &earlier.store, MAKE_ROOM);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_store_on_a_full_disk_asks_for_room() {
    let earlier = Earlier::new().await;
    assert_refused(&earlier.start_after(&all_but(0)).await, &earlier.store, MAKE_ROOM);
}

/// Fills the disk up to so many KiB.
fn all_but(kib: u32) -> String {
    format!("head -c {kib}k /dev/zero >room; cat /dev/zero >filler 2>/dev/null || true; rm room")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_mounted_for_reading_asks_for_another_mount() {
    let earlier = Earlier::new().await;
    let exit = earlier.start_after("cd /; mount -o remount,ro \"$0\"").await;
    assert_refused(&exit, &earlier.store, "mount it for writing");
}

/// Takes the right away to go past the rights of files, which the tests may have.
const AS_ANYONE: &str = "set -- setpriv --bounding-set=-dac_override,-dac_read_search \"$@\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_or_a_file_without_the_right_to_write_asks_for_that_right() {
    let earlier = Earlier::new().await;
    for change in [
        "chmod 500 .",
        "chmod 400 store.db",
        "touch store.db-wal; chmod 400 store.db-wal",
        "touch store.db-wal store.db-shm; chmod 0 store.db-shm",
        "mkdir store.db-wal",
    ] {
        let exit = earlier.start_after(&format!("{change}; {AS_ANYONE}")).await;
        assert_refused(&exit, &earlier.store, OWN_THE_FOLDER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_another_program_locks_asks_to_end_that_one() {
    let earlier = Earlier::new().await;
    let mut other = lock(&earlier.store).await;
    let exit = DataAdapter::builder().store(&earlier.store).spawn_failing().await;
    assert_refused(&exit, &earlier.store, "is locked by another program");
    other.kill().await.expect("it can be ended");
    DataAdapter::builder().store(&earlier.store).start().await;
}

async fn lock(store: &Path) -> Child {
    let mut sqlite3 = Command::new("sqlite3");
    sqlite3.arg(store).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = sqlite3.spawn().expect("sqlite3 can be run");
    let statements = "PRAGMA locking_mode = EXCLUSIVE;\nBEGIN EXCLUSIVE;\nSELECT 'locked';\n";
    let input = child.stdin.as_mut().expect("a piped stdin");
    input.write_all(statements.as_bytes()).await.expect("it reads statements");
    let mut lines = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
    while lines.next_line().await.expect("it prints lines").expect("it goes on") != "locked" {}
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_read_is_told_apart_from_a_damaged_file() {
    let earlier = Earlier::new().await;
    let store = earlier.store.display().to_string();
    let fault = "inject=pread64:error=EIO";
    let wrapper = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", &store, "-e", fault];
    let exit = DataAdapter::builder().store(&earlier.store).wrapped_in(&wrapper).spawn_failing().await;
    assert_refused(&exit, &earlier.store, "mend the disk, and start again, or restore a backup");
}
