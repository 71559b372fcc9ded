//! A line that is gone or altered shows, over restarts, crashes and the rotation of files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use futures::future::join_all;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Folder, RELOADED, told, until, verify};
use crate::support::payloads::{
    AUTHENTICATE, OPERATION_CHANGE, PASSWORD, SMS_CREATE, USER, authenticate, login, operation_change,
    sms_create,
};
use crate::support::{DataAdapter, Exit};

/// Leaves so many lines.
async fn leave(adapter: &DataAdapter, lines: usize) {
    for number in 0..lines {
        let request = operation_change(USER, "DONE", &login(&format!("op-{number}")));
        let answer = adapter.post(OPERATION_CHANGE, request).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// An audit log with so many lines, the first of the file included, whose writer has ended.
async fn left(lines: usize) -> Folder {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    leave(&adapter, lines - 1).await;
    adapter.terminate().await;
    folder
}

fn last_hash(exit: &Exit) -> String {
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let hash = exit.stdout.lines().find_map(|line| line.strip_prefix("last hash: "));
    hash.expect("the last hash").to_owned()
}

#[tokio::test]
async fn an_altered_a_removed_and_a_moved_line_are_named() {
    let folder = left(4).await;
    let path = folder.file().display().to_string();
    let text = folder.text();
    let exit = verify(&[&path]).await;
    last_hash(&exit);
    assert!(exit.stdout.contains("Lines: 4, numbered 1 to 4"), "{exit:?}");
    let lines: Vec<_> = text.lines().collect();
    let altered = text.replacen("op-0", "op-9", 1);
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    for (text, broken) in [
        (altered, 3),
        (joined(&[lines[0], lines[2], lines[3]]), 2),
        (joined(&[lines[0], lines[2], lines[1], lines[3]]), 2),
        (joined(&[lines[0], "{}", lines[1]]), 2),
        (text.trim_end()[..text.len() - 9].to_owned(), 4),
    ] {
        std::fs::write(folder.file(), text).expect("a file");
        let exit = verify(&[&path]).await;
        assert_eq!(exit.status, Some(1), "{exit:?}");
        assert!(exit.stderr.contains(&format!("{path}:{broken}: ")), "line {broken}: {exit:?}");
    }
}

#[tokio::test]
async fn a_hash_that_was_kept_shows_that_the_end_is_gone() {
    let folder = left(3).await;
    let path = folder.file().display().to_string();
    let kept = last_hash(&verify(&[&path]).await);
    let exit = verify(&[&path, "--expect", &kept]).await;
    assert!(exit.status == Some(0) && exit.stdout.contains("is there"), "{exit:?}");
    let text = folder.text();
    let end = text.trim_end().rfind('\n').expect("two lines");
    std::fs::write(folder.file(), &text[..=end]).expect("a file");
    assert_eq!(verify(&[&path]).await.status, Some(0), "the chain itself is whole");
    let exit = verify(&[&path, "--expect", &kept]).await;
    assert!(exit.status == Some(1) && exit.stderr.contains(&kept), "{exit:?}");
}

#[tokio::test]
async fn the_command_teaches_and_says_what_it_cannot_use() {
    let help = verify(&["--help"]).await;
    for taught in ["SHA-256", "the oldest first", "--expect", "audit.jsonl.1", "zcat"] {
        assert!(help.stdout.contains(taught), "{taught}: {}", help.stdout);
    }
    assert_eq!(verify(&[]).await.status, Some(2));
    assert_eq!(verify(&["--expect", "abc", "file"]).await.status, Some(2));
    let exit = verify(&["no-such-file"]).await;
    assert!(exit.status == Some(1) && exit.stderr.contains("no-such-file"), "{exit:?}");
}

#[tokio::test]
async fn after_a_sighup_the_chain_goes_on_in_a_new_file() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    leave(&adapter, 2).await;
    let old = folder.file().with_extension("jsonl.1");
    std::fs::rename(folder.file(), &old).expect("the file can be moved");
    leave(&adapter, 1).await;
    adapter.signal("HUP").await;
    until("a new file", || folder.file().exists()).await;
    leave(&adapter, 2).await;
    // Without a move before it, a signal changes nothing.
    adapter.signal("HUP").await;
    until("a second look", || adapter.log().matches(RELOADED).count() == 2).await;
    leave(&adapter, 1).await;
    assert_eq!(folder.lines().iter().filter(|line| line["event"] != "reloaded").count(), 3);
    let paths = [old, folder.file()].map(|file| file.display().to_string());
    let exit = verify(&[&paths[0], &paths[1]]).await;
    last_hash(&exit);
    assert!(exit.stdout.contains("Lines: 10, numbered 1 to 10"), "{exit:?}");
    let exit = verify(&[&paths[1]]).await;
    assert!(exit.stdout.contains("lines 1 to 4 were not looked at"), "{exit:?}");
    assert_eq!(verify(&[&paths[1], &paths[0]]).await.status, Some(1));
    let mode = std::fs::metadata(folder.file()).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(adapter.terminate().await.status, Some(0));
}

#[tokio::test]
async fn a_crash_in_the_middle_of_a_line_is_told_and_the_chain_goes_on() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    leave(&adapter, 2).await;
    adapter.signal("KILL").await;
    drop(adapter);
    until("the file is free", || {
        let lock = folder.file().with_extension("jsonl.lock");
        std::fs::File::open(lock).expect("a file").try_lock().is_ok()
    })
    .await;
    let mut file = OpenOptions::new().append(true).open(folder.file()).expect("a file");
    file.write_all(b"{\"time\":\"2026-11-22T0").expect("half a line");
    let path = folder.file().display().to_string();
    assert_eq!(verify(&[&path]).await.status, Some(1));
    let adapter = folder.builder().start().await;
    leave(&adapter, 1).await;
    adapter.terminate().await;
    let exit = verify(&[&path]).await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert!(exit.stdout.contains("Lines: 5") && exit.stdout.contains("recovered"), "{exit:?}");
    assert!(folder.text().contains("2026-11-22T0\n"), "what was cut off is still there");
}

#[tokio::test]
async fn requests_at_the_same_time_leave_one_chain() {
    let folder = Folder::new();
    let adapter = folder.builder().env("DATA_ADAPTER__AUDIT__SYNC", "true").start().await;
    let requests = (0..64).map(|number| {
        let context = login(&format!("op-{number}"));
        let adapter = &adapter;
        async move { adapter.post(SMS_CREATE, sms_create(None, &context)).await }
    });
    for answer in join_all(requests).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    // An answer leaves only after its line, so that all of them are there now.
    assert_eq!(told(&folder.lines()), ["code_created succeeded"; 64]);
    last_hash(&verify(&[&folder.file().display().to_string()]).await);
}

/// Lines had no `peer` once.
#[tokio::test]
async fn lines_of_a_version_that_knew_fewer_members_go_on_in_one_chain() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file().parent().expect("a folder")).expect("a folder");
    let line = |sequence: u32, event: &str, previous: &str| {
        format!(
            r#"{{"time":"2026-11-01T10:00:00.000Z","sequence":{sequence},"event":"{event}","outcome":"succeeded","user":null,"organization":null,"caller":null,"requestId":null,"operationId":null,"operationName":null,"previous":"{previous}"}}"#
        )
    };
    let first = line(1, "opened", &"0".repeat(64));
    let hash: String = Sha256::digest(&first).iter().map(|byte| format!("{byte:02x}")).collect();
    let second = line(2, "authentication", &hash);
    std::fs::write(folder.file(), format!("{first}\n{second}\n")).expect("a file");
    let adapter = folder.builder().start().await;
    adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!((lines.len(), &lines[1]["peer"]), (2, &Value::from("127.0.0.1")), "{lines:?}");
    assert!(lines[0].get("peer").is_none(), "an old line stays as it was");
    assert!(folder.verified().await.contains("numbered 1 to 3"));
}
