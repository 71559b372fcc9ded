//! An answer leaves only after its commit is on the disk.

mod trace;

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use futures::future::join_all;
use tempfile::TempDir;
use tokio::process::Command;

use self::trace::{Event, Trace};
use super::users_file;
use crate::codes::{assert_right, assert_wrong, rent, send, verify, wrong};
use crate::support::DataAdapter;

/// Each with a user of its own, so that nobody's wrong guesses block another's.
const CLIENTS: usize = 16;
const TURNS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_leaves_before_its_change_is_synced() {
    let folder = TempDir::new().expect("a temporary folder");
    let [store, users, trace] = ["store.db", "users.toml", "trace"].map(|name| folder.path().join(name));
    std::fs::write(&users, users_file((0..CLIENTS).map(|client| client.to_string())))
        .expect("the users file can be written");
    let builder = || {
        let users = users.display().to_string();
        DataAdapter::builder().store(&store).env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", users)
    };
    builder().start().await.terminate().await;
    let spent = root_page(&store, "spent").await;
    let file = trace.display().to_string();
    let strace = ["strace", "-f", "-qq", "-x", "-y", "-s", "8192", "-e", CALLS, "-o", &file];
    let adapter = builder().wrapped_in(&strace).start().await;
    join_all((0..CLIENTS).map(|client| guess_and_use(&adapter, client))).await;
    end(adapter).await;
    let trace = Trace::read(&trace, "store.db-wal");
    let answers = check(&trace.events, spent);
    assert_eq!(answers, 3 * CLIENTS * TURNS, "changes that the trace shows");
    let syncs = trace.events.iter().filter(|event| matches!(event, Event::Synced { .. })).count();
    assert!(syncs < answers, "{syncs} syncs for {answers} changes: none shared a commit");
}

/// Creates codes, gets each wrong once, and uses it.
async fn guess_and_use(adapter: &DataAdapter, client: usize) {
    let user = client.to_string();
    for turn in 0..TURNS {
        let context = rent(&format!("op-{client}-{turn}-"));
        let sent = send(adapter, &user, &context).await;
        let guess = verify(adapter, &sent.message, &wrong(&sent.code), user.as_str(), &context).await;
        assert_wrong(&guess, 4, "a wrong guess");
        let answer = verify(adapter, &sent.message, &sent.code, user.as_str(), &context).await;
        assert_right(&answer, "the code");
    }
}

/// Stops the program, which lets `strace` end; a killed `strace` would leave it running.
pub(crate) async fn end(adapter: DataAdapter) {
    let parent = adapter.pid().to_string();
    let stopped = Command::new("pkill").args(["-TERM", "-P", &parent]).status().await;
    assert!(stopped.expect("pkill can be run").success(), "strace has no child");
    adapter.wait().await;
}

const CALLS: &str =
    "trace=read,recv,recvfrom,readv,recvmsg,write,send,sendto,writev,sendmsg,pwrite64,fsync,fdatasync";

/// The page in which a table of few rows is.
async fn root_page(store: &Path, table: &str) -> u32 {
    let statement = format!("SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
    let output = Command::new("sqlite3").arg(store).arg(statement).output().await;
    let page = String::from_utf8(output.expect("sqlite3 can be run").stdout).expect("a number");
    page.trim().parse().expect("a number")
}

/// What has to be in the file before an answer.
enum Change {
    /// The operation, in any table.
    Created(String),
    /// The operation, among those whose guesses are counted.
    Guessed(String),
    /// Anything: a table of many rows does not show who changed it.
    Used,
}

impl Change {
    fn is_in(&self, page: u32, content: &str, spent: u32) -> bool {
        let names = |operation: &str| {
            content.contains(&operation.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
        };
        match self {
            Self::Created(operation) => names(operation),
            Self::Guessed(operation) => page == spent && names(operation),
            Self::Used => true,
        }
    }
}

/// For each answer: its change was written after its request, and then the file was synced. Says how many answers there
/// are.
fn check(events: &[Event], spent: u32) -> usize {
    let (mut pending, mut guessed, mut answers) = (HashMap::new(), HashSet::new(), 0);
    for (place, event) in events.iter().enumerate() {
        match event {
            Event::Request { connection, creates: true, operation } => {
                pending.insert(*connection, (place, Change::Created(operation.clone())));
            }
            Event::Request { connection, creates: false, operation } => {
                let first = guessed.insert(operation);
                let change = if first { Change::Guessed(operation.clone()) } else { Change::Used };
                pending.insert(*connection, (place, change));
            }
            Event::Answer { connection } => {
                if let Some((request, change)) = pending.remove(connection) {
                    assert_synced(events, request..place, &change, spent);
                    answers += 1;
                }
            }
            Event::Written { .. } | Event::Synced { .. } => {}
        }
    }
    answers
}

fn assert_synced(events: &[Event], places: Range<usize>, change: &Change, spent: u32) {
    let written = places.clone().find(|place| match &events[*place] {
        Event::Written { page, hex } => change.is_in(*page, hex, spent),
        Event::Request { .. } | Event::Synced { .. } | Event::Answer { .. } => false,
    });
    let Some(written) = written else {
        panic!("event {} answers {:?} before its change is written", places.end, events[places.start]);
    };
    let synced = events[written..places.end]
        .iter()
        .any(|event| matches!(event, Event::Synced { since } if *since > written));
    assert!(synced, "event {} answers {:?} before the disk has it", places.end, events[places.start]);
}
