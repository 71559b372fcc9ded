//! The audit log: who did what, line by line, and that nothing happens to a line unseen.

mod blocks;
mod chain;
mod journey;
mod lost;
mod operator;
mod partners;
mod refusals;
mod required;
mod rotation;
mod strange;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use crate::support::{Builder, DataAdapter, Exit};

const TARGET: &str = "DATA_ADAPTER__AUDIT__TARGET";
const FILE: &str = "DATA_ADAPTER__AUDIT__FILE";
const REQUIRED: &str = "DATA_ADAPTER__AUDIT__REQUIRED";

/// What the log says when all that SIGHUP does was done.
const RELOADED: &str = "The configuration was read again";

/// A folder with an audit log in it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("logs/audit.jsonl")
    }

    fn builder(&self) -> Builder {
        auditing(&self.file())
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("an audit log")
    }

    /// The lines after the first, which only says that the file begins.
    fn lines(&self) -> Vec<Value> {
        let mut lines = lines(&self.text());
        assert_eq!(lines.remove(0)["event"], "opened");
        lines
    }

    /// What `audit verify` says of the file, when its chain is whole.
    async fn verified(&self) -> String {
        let exit = verify(&[&self.file().display().to_string()]).await;
        assert_eq!(exit.status, Some(0), "{exit:?}");
        exit.stdout
    }
}

/// A Data Adapter with its audit log in this file.
fn auditing(file: &Path) -> Builder {
    DataAdapter::builder().env(TARGET, "file").env(FILE, file.display().to_string())
}

/// The objects of an audit log: one a line, each in plain ASCII.
fn lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{text:?}");
    text.lines()
        .map(|line| match serde_json::from_str(line) {
            Ok(value @ Value::Object(_)) => value,
            other => panic!("{line}: {other:?}"),
        })
        .collect()
}

/// The event and the outcome of each line.
fn told(lines: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    lines.iter().map(|line| format!("{} {}", text(&line["event"]), text(&line["outcome"]))).collect()
}

async fn verify(arguments: &[&str]) -> Exit {
    let builder = DataAdapter::builder().arg("audit").arg("verify");
    arguments.iter().fold(builder, |builder, argument| builder.arg(*argument)).spawn_failing().await
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let mut ticks = interval(Duration::from_millis(10));
    let waiting = async {
        while !is_so() {
            ticks.tick().await;
        }
    };
    assert!(timeout(Duration::from_secs(60), waiting).await.is_ok(), "it never comes to this: {what}");
}
