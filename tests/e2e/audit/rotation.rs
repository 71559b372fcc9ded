//! Files are moved away as the documentation says it, by the real logrotate.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use tokio::process::Command;

use super::{Folder, lines, until, verify};
use crate::support::DataAdapter;
use crate::support::payloads::{OPERATION_CHANGE, USER, login, operation_change};

const MANUAL: &str = include_str!("../../../docs/audit.md");
/// In the snippet of the manual: the file, and how the service hears of it, which needs systemd.
const FILE: &str = "/var/log/data-adapter/audit.jsonl";
const SIGNAL: &str = "! systemctl --quiet is-active data-adapter.service || systemctl kill --signal=HUP --kill-whom=main data-adapter.service";
/// What the package for Debian brings.
const PACKAGED: &str = include_str!("../../../crates/data-adapter/debian/logrotate");

/// The snippet of the manual for this file and this process.
fn snippet(file: &Path, pid: u32) -> String {
    let mut blocks = MANUAL.split("```").skip(1).step_by(2);
    let snippet = blocks.find(|block| block.contains("postrotate")).expect("a snippet for logrotate");
    let snippet = snippet.strip_prefix("text\n").expect("a block of text");
    assert!(snippet.contains(FILE) && snippet.contains(SIGNAL), "{snippet}");
    assert!(PACKAGED.ends_with(snippet), "the package brings what the manual says: {PACKAGED}");
    let snippet = snippet.replace(FILE, &file.display().to_string());
    snippet.replace(SIGNAL, &format!("kill -HUP {pid}"))
}

async fn run(program: &str, arguments: &[&Path]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output().await.expect("the program can be run");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Rotates once, whatever the time is, and waits until the service goes on in a new file.
async fn rotate(folder: &Folder, configuration: &Path) {
    let state = folder.0.path().join("state");
    // Not everybody has `/usr/sbin` in the path.
    let known = Path::new("/usr/sbin/logrotate");
    let logrotate = if known.exists() { "/usr/sbin/logrotate" } else { "logrotate" };
    run(logrotate, &["--force".as_ref(), "--state".as_ref(), &state, configuration]).await;
    until("a new file", || std::fs::metadata(folder.file()).is_ok_and(|file| file.len() > 0)).await;
}

/// The files that were moved away.
fn moved(folder: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.file().parent().expect("a folder")).expect("its files");
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.filter(|path| path.display().to_string().contains("jsonl-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_manual_gives_to_logrotate_loses_no_line_of_a_busy_service() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let configuration = folder.0.path().join("logrotate.conf");
    std::fs::write(&configuration, snippet(&folder.file(), adapter.pid())).expect("a file");
    let is_over = AtomicBool::new(false);
    let requests = (0..4).map(async |_| leave_lines(&adapter, &is_over).await);
    // As if it were a month ago: there can be one file of a day only.
    let first = folder.file().with_extension("jsonl-20260101");
    let rotations = async {
        rotate(&folder, &configuration).await;
        std::fs::rename(&moved(&folder)[0], &first).expect("the file can be moved");
        rotate(&folder, &configuration).await;
        is_over.store(true, Ordering::SeqCst);
    };
    let (sent, ()) = futures::join!(join_all(requests), rotations);
    adapter.terminate().await;

    let compressed = first.with_extension("jsonl-20260101.gz");
    let text = run("zcat", &[&compressed]).await;
    std::fs::write(&first, text).expect("a file");
    let second = moved(&folder).into_iter().find(|path| *path != first && *path != compressed);
    let files = [first, second.expect("a second file"), folder.file()];
    let paths = files.each_ref().map(|file| file.display().to_string());
    let exit = verify(&paths.each_ref().map(String::as_str)).await;
    assert!(exit.status == Some(0) && !exit.stdout.contains("missing"), "{exit:?}");
    let text = |file| std::fs::read_to_string(file).expect("a file");
    let all: Vec<_> = files.iter().flat_map(|file| lines(&text(file))).collect();
    let count = |event: &str| all.iter().filter(|line| line["event"] == event).count();
    let (opened, reloaded) = (count("opened"), count("reloaded"));
    assert_eq!((opened, all.len() - opened - reloaded), (3, sent.iter().sum::<usize>()));
}

async fn leave_lines(adapter: &DataAdapter, is_over: &AtomicBool) -> usize {
    let mut sent = 0;
    while !is_over.load(Ordering::SeqCst) {
        let answer = adapter.post(OPERATION_CHANGE, operation_change(USER, "DONE", &login("op"))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        sent += 1;
    }
    sent
}
