//! The files of the store are taken away from under the running program, or cut off: it is not ready, and says so.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::codes::{create, rent};
use crate::support::payloads::{SMS_CREATE, USER, sms_create};
use crate::support::{Answer, DataAdapter};

const DOWN: &str = r#"{"status":"DOWN","checks":{"store":"DOWN"}}"#;

/// A running program with some codes in its store.
struct Running {
    _folder: TempDir,
    store: PathBuf,
    adapter: DataAdapter,
}

impl Running {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let store = folder.path().join("store.db");
        let adapter = DataAdapter::builder().store(&store).start().await;
        for number in 0..20 {
            create(&adapter, USER, &rent(&format!("before-{number}"))).await;
        }
        assert_eq!(adapter.get("/health/ready").await.status, 200);
        Self { _folder: folder, store, adapter }
    }

    fn write_ahead(&self) -> PathBuf {
        self.store.with_extension("db-wal")
    }

    async fn create(&self, operation: &str) -> Answer {
        self.adapter.post(SMS_CREATE, sms_create(USER, &rent(operation))).await
    }

    async fn assert_not_ready(&mut self, what: &str) {
        // An answer is given again for a second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let answer = self.adapter.get("/health/ready").await;
        assert_eq!((answer.status, answer.text.as_str()), (503, DOWN), "{what}\n{}", self.adapter.log());
        // The line may come after the answer.
        self.adapter.logged("it is not ready", 1).await;
        let log = self.adapter.log();
        let errors: Vec<_> = log.lines().filter(|line| line.contains("it is not ready")).collect();
        assert!(errors.len() == 1 && errors[0].contains("ERROR"), "{what}: {log}");
    }
}

/// What somebody does to the files.
type Change<'a> = &'a dyn Fn(&Running);

fn cut(file: &Path, length: u64) {
    let file = OpenOptions::new().write(true).open(file).expect("the file can be opened");
    file.set_len(length).expect("it can be cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_while_the_write_ahead_file_is_cut_off_and_codes_fail() {
    for (what, keep) in [("all of it", 0), ("all but its head", 32), ("half of it", 2)] {
        let mut running = Running::new().await;
        let whole = fs::metadata(running.write_ahead()).expect("a write-ahead file").len();
        cut(&running.write_ahead(), if keep == 2 { whole / 2 } else { keep });
        running.assert_not_ready(what).await;
        for number in 0..5 {
            let answer = running.create(&format!("after-{number}")).await;
            assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{what}");
        }
        running.assert_not_ready(what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_when_codes_failed_since_the_write_ahead_file_was_cut_off() {
    let mut running = Running::new().await;
    cut(&running.write_ahead(), 0);
    for number in 0..5 {
        let answer = running.create(&format!("after-{number}")).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{}", answer.text);
    }
    running.assert_not_ready("cut off").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_from_a_store_whose_files_were_deleted_or_replaced() {
    let delete = |path: &Path| fs::remove_file(path).expect("the file can be deleted");
    let replace = |path: &Path| {
        let copy = path.with_extension("copy");
        fs::copy(path, &copy).expect("the file can be copied");
        fs::rename(&copy, path).expect("the copy can take its place");
    };
    let changes: [(&str, Change<'_>); 4] = [
        ("the store is deleted", &|running| delete(&running.store)),
        ("the store is replaced", &|running| replace(&running.store)),
        ("the write-ahead file is deleted", &|running| delete(&running.write_ahead())),
        ("the write-ahead file is replaced", &|running| replace(&running.write_ahead())),
    ];
    for (what, change) in changes {
        let mut running = Running::new().await;
        change(&running);
        // What was kept a moment ago does not speak for the file.
        running.assert_not_ready(what).await;
        let answer = running.create("after").await;
        assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{what}");
        assert!(!answer.text.contains("store.db"), "the name of the file is for the log: {}", answer.text);
        running.adapter.logged("deleted or replaced", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_comes_back_to_its_place_is_ready_again() {
    let mut running = Running::new().await;
    let away = running.store.with_extension("away");
    fs::rename(&running.store, &away).expect("the file can be moved");
    running.assert_not_ready("the store is moved away").await;
    fs::rename(&away, &running.store).expect("the file can be moved back");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(running.adapter.get("/health/ready").await.status, 200, "{}", running.adapter.log());
    assert_eq!(running.create("after").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_without_the_store_is_refused_until_somebody_says_what_to_do() {
    for signal in ["TERM", "KILL"] {
        let Running { _folder: folder, store, adapter } = Running::new().await;
        let write_ahead = store.with_extension("db-wal");
        let away = store.with_extension("away");
        fs::rename(&store, &away).expect("the file can be moved");
        adapter.signal(signal).await;
        adapter.wait().await;
        let again = || DataAdapter::builder().store(&store);
        let exit = again().spawn_failing().await;
        assert_eq!(exit.status, Some(1), "{signal}: {exit:?}");
        let advice = format!("remove {} first", write_ahead.display());
        assert!(exit.stderr.contains("put it back") && exit.stderr.contains(&advice), "{signal}: {exit:?}");
        fs::rename(&away, &store).expect("the file can be moved back");
        let adapter = again().start().await;
        adapter.terminate().await;
        drop(folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_folds_into_the_file_beside_the_service_is_not_taken_for_lost() {
    let running = Running::new().await;
    let mut sqlite3 = tokio::process::Command::new("sqlite3");
    sqlite3.arg(&running.store).arg("PRAGMA wal_checkpoint(TRUNCATE)");
    let folded = sqlite3.output().await.expect("sqlite3 can be run");
    assert!(folded.status.success(), "{folded:?}");
    assert_eq!(fs::metadata(running.write_ahead()).expect("a write-ahead file").len(), 0);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(running.adapter.get("/health/ready").await.status, 200, "{}", running.adapter.log());
    assert_eq!(running.create("after").await.status, 200);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(running.adapter.get("/health/ready").await.status, 200, "{}", running.adapter.log());
}
