//! The audit log can't be written, or its file is taken away from under the running program.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Folder, RELOADED, REQUIRED, auditing, lines, until};
use crate::support::payloads::{
    AUTHENTICATE, OPERATION_CHANGE, PASSWORD, USER, authenticate, login, operation_change,
};
use crate::support::{Answer, DataAdapter};

const UP: &str = r#"{"status":"OK","checks":{"audit":"OK","store":"OK"}}"#;
const DOWN: &str = r#"{"status":"DOWN","checks":{"audit":"DOWN","store":"OK"}}"#;

/// What it says of itself now: an answer is given again for a second.
async fn ready(adapter: &DataAdapter) -> (u16, String) {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let answer = adapter.get("/health/ready").await;
    (answer.status, answer.text)
}

async fn assert_not_ready(adapter: &mut DataAdapter) {
    assert_eq!(ready(adapter).await, (503, DOWN.to_owned()), "{}", adapter.log());
    // The line may come after the answer.
    adapter.logged("it is not ready", 1).await;
    let log = adapter.log();
    let errors: Vec<_> = log.lines().filter(|line| line.contains("it is not ready")).collect();
    assert!(errors.len() == 1 && errors[0].contains("ERROR") && errors[0].contains("audit"), "{log}");
}

async fn log_in(adapter: &DataAdapter) -> Answer {
    adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await
}

fn required(folder: &Folder) -> crate::support::Builder {
    folder.builder().env(REQUIRED, "true")
}

/// Mounts a small disk that only the process sees, and starts it there.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=256k tmpfs \"$0\" && exec \"$@\"";

#[tokio::test]
async fn it_is_not_ready_while_the_disk_of_lines_that_are_required_is_full() {
    let folder = Folder::new();
    let disk = folder.0.path().display().to_string();
    let wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, &disk];
    let mut adapter = required(&folder).wrapped_in(&wrapper).start().await;
    // Nobody has asked for anything yet: it is found out without a request that fails.
    let filler = format!("/proc/{}/root{disk}/filler", adapter.pid());
    let mut file = fs::File::create(&filler).expect("the disk of the process can be reached");
    while file.write_all(&[0; 4096]).is_ok() {}
    assert_not_ready(&mut adapter).await;
    drop(file);
    fs::remove_file(&filler).expect("the filler can be removed");
    assert_eq!(ready(&adapter).await, (200, UP.to_owned()), "{}", adapter.log());
    assert_eq!(log_in(&adapter).await.status, 200);
}

#[tokio::test]
async fn it_is_not_ready_since_a_line_that_is_required_could_not_be_written() {
    let mut adapter = auditing("/dev/full".as_ref()).env(REQUIRED, "true").start().await;
    assert_eq!(log_in(&adapter).await.error_code(), "REMOTE_ERROR");
    assert_not_ready(&mut adapter).await;
    let adapter = auditing("/dev/full".as_ref()).start().await;
    assert_eq!(log_in(&adapter).await.status, 200);
    let answer = adapter.get("/health/ready").await;
    assert_eq!((answer.status, answer.text.contains("audit")), (200, false), "requests go on without a line");
}

#[tokio::test]
async fn it_is_ready_when_lines_that_are_required_can_be_written() {
    let folder = Folder::new();
    let adapter = required(&folder).start().await;
    for _ in 0..2 {
        assert_eq!(ready(&adapter).await, (200, UP.to_owned()));
    }
    assert!(folder.lines().is_empty(), "asking leaves no line");
}

#[tokio::test]
async fn nothing_is_written_into_an_audit_file_that_was_deleted_until_a_sighup_makes_a_new_one() {
    let folder = Folder::new();
    let mut adapter = required(&folder).start().await;
    assert_eq!(log_in(&adapter).await.status, 200);
    fs::remove_file(folder.file()).expect("the file can be deleted");
    assert_not_ready(&mut adapter).await;
    assert_eq!(log_in(&adapter).await.error_code(), "REMOTE_ERROR", "its line would be gone");
    adapter.logged("was deleted", 1).await;
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert_eq!(log_in(&adapter).await.status, 200);
    assert_eq!(ready(&adapter).await.0, 200);
    let lines = lines(&fs::read_to_string(folder.file()).expect("a new file"));
    assert_eq!(lines.last().map(|line| &line["event"]), Some(&"authentication".into()), "{lines:?}");
    assert!(lines.iter().any(|line| line["event"] == "recovered"), "what was lost is told: {lines:?}");
}

#[tokio::test]
async fn where_lines_are_not_required_an_audit_file_that_was_deleted_is_told_at_error() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    fs::remove_file(folder.file()).expect("the file can be deleted");
    assert_eq!(log_in(&adapter).await.status, 200);
    let log = adapter.terminate().await.stderr;
    let told = |line: &&str| line.contains("ERROR") && line.contains("was deleted");
    assert!(log.lines().any(|line| told(&line)), "{log}");
}

#[tokio::test]
async fn it_is_not_ready_when_another_audit_file_is_in_place_and_no_sighup_comes() {
    let folder = Folder::new();
    let mut adapter = required(&folder).start().await;
    assert_eq!(ready(&adapter).await.0, 200);
    let moved = folder.file().with_extension("moved");
    fs::rename(folder.file(), &moved).expect("the file can be moved");
    fs::write(folder.file(), "").expect("another can be made");
    assert_eq!(log_in(&adapter).await.status, 200, "a rotation is under way");
    let mut asked = Vec::new();
    while asked.last() != Some(&503) {
        assert!(asked.len() < 20, "{asked:?}");
        asked.push(ready(&adapter).await.0);
    }
    assert!(asked.contains(&200), "a rotation has its time: {asked:?}");
    assert_not_ready(&mut adapter).await;
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert_eq!(ready(&adapter).await, (200, UP.to_owned()));
}

fn make_fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("mkfifo can be run");
    assert!(made.success());
}

#[tokio::test]
async fn a_sighup_onto_a_named_pipe_does_not_keep_the_audit_log_there() {
    let folder = Folder::new();
    let mut adapter = folder.builder().start().await;
    let moved = folder.file().with_extension("moved");
    fs::rename(folder.file(), &moved).expect("the file can be moved");
    make_fifo(&folder.file());
    adapter.signal("HUP").await;
    adapter.logged("no new audit file could be opened", 1).await;
    // More than a pipe holds that nobody reads.
    for _ in 0..200 {
        let changed = operation_change(USER, "DONE", &login("op"));
        assert_eq!(adapter.post(OPERATION_CHANGE, changed).await.status, 200);
    }
    fs::remove_file(folder.file()).expect("the pipe can be removed");
    adapter.signal("HUP").await;
    until("a new file", || fs::metadata(folder.file()).is_ok_and(|file| file.is_file() && file.len() > 0))
        .await;
    assert_eq!(log_in(&adapter).await.status, 200);
    adapter.terminate().await;
    let count = |path: &Path| {
        let lines = lines(&fs::read_to_string(path).expect("a file"));
        lines.iter().filter(|line| line["event"] != "opened" && line["event"] != "reloaded").count()
    };
    assert_eq!((count(&moved), count(&folder.file())), (200, 1));
}

#[tokio::test]
async fn an_audit_log_that_began_in_a_named_pipe_goes_on_in_a_file_after_a_sighup() {
    let folder = Folder::new();
    fs::create_dir(folder.file().parent().expect("a folder")).expect("a folder");
    make_fifo(&folder.file());
    let mut adapter = folder.builder().start().await;
    assert_eq!(log_in(&adapter).await.status, 200);
    fs::remove_file(folder.file()).expect("the pipe can be removed");
    adapter.signal("HUP").await;
    adapter.logged(RELOADED, 1).await;
    assert_eq!(log_in(&adapter).await.status, 200);
    let exit = folder.builder().spawn_failing().await;
    assert!(exit.stderr.contains("another process is writing it"), "it is its own alone: {exit:?}");
    adapter.terminate().await;
    let lines = lines(&folder.text());
    assert_eq!(lines.last().map(|line| &line["event"]), Some(&"authentication".into()), "{lines:?}");
}
