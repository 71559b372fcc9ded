//! Floods of codes.

use std::path::Path;

use futures::StreamExt as _;
use futures::stream;
use serde_json::Value;

use super::{create, handed_over, is_sent};
use crate::codes::{assert_right, send, verify};
use crate::durability::users_file;
use crate::support::DataAdapter;
use crate::support::payloads::login;

const VICTIM: &str = "victim";
const USERS: usize = 1_000;
const CODES: usize = 10_000;
/// More than a code, its counts and the allocator take; less than a record for each request would.
const GROWTH: u64 = 8 * 1024 * 1024;

fn user(number: usize) -> String {
    format!("user{number:04}")
}

/// Users with a number each.
fn write_users(file: &Path) {
    let ids = std::iter::once(VICTIM.to_owned()).chain((0..USERS).map(user));
    let users = users_file(ids);
    let mut numbers = 600_000_000..;
    let users = users.split_inclusive("+420600000001").fold(String::new(), |text, part| {
        let number = numbers.next().unwrap_or_default();
        text + &part.replace("+420600000001", &format!("+420{number}"))
    });
    std::fs::write(file, users).expect("a users file");
}

/// Bytes of memory that a process holds.
fn resident(adapter: &DataAdapter) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", adapter.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("it is a number");
    kibibytes * 1024
}

/// How many of so many codes, each in an operation of its own, are sent.
async fn flood(adapter: &DataAdapter, name: &str, codes: usize, user: impl Fn(usize) -> String) -> usize {
    let asks = (0..codes).map(|number| {
        let (user, context) = (user(number), login(&format!("{name}-{number}")));
        async move { is_sent(&create(adapter, user.as_str(), &context).await) }
    });
    let sent: Vec<bool> = stream::iter(asks).buffer_unordered(32).collect().await;
    sent.into_iter().filter(|sent| *sent).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_sends_what_the_limits_say_holds_no_memory_and_ends_no_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let (users, audit) = (folder.path().join("users.toml"), folder.path().join("audit.jsonl"));
    write_users(&users);
    let settings = format!(
        "sandbox.enabled = true\nsms.default_region = \"CZ\"\nbackends.memory.users_file = {users:?}\n\
         [sms.limits]\nuser = \"3;w=86400\"\ncountry = \"\"\norganization = \"\"\nall = \"2000;w=86400\"\n\
         [audit]\ntarget = \"file\"\nfile = {audit:?}\n"
    );
    let adapter = DataAdapter::builder().with_send_limits().config(settings).start().await;
    let context = login("of the victim");
    let sent = send(&adapter, VICTIM, &context).await;
    flood(&adapter, "warm", 500, |_| VICTIM.to_owned()).await;
    let before = resident(&adapter);
    assert_eq!(flood(&adapter, "one", CODES, |_| VICTIM.to_owned()).await, 0, "the warm-up had the others");
    let after = resident(&adapter);
    assert!(after < before + GROWTH, "it held {before} bytes before {CODES} codes, {after} after them");
    let answer = verify(&adapter, &sent.message, &sent.code, VICTIM, &context).await;
    assert_right(&answer, "the code before the flood");
    assert_eq!(flood(&adapter, "many", CODES, |number| user(number % USERS)).await, 1_997);
    let of_users = user_counts(&audit);
    assert!(of_users.values().all(|count| *count <= 3), "{of_users:?}");
    assert_eq!(handed_over(&audit), 2_000);
}

/// How many messages were handed over to each user.
fn user_counts(audit: &Path) -> std::collections::BTreeMap<String, usize> {
    let text = std::fs::read_to_string(audit).expect("an audit log");
    let mut counts = std::collections::BTreeMap::new();
    for line in text.lines().filter(|line| line.contains("\"event\":\"code_sent\"")) {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        *counts.entry(line["user"].to_string()).or_default() += 1;
    }
    counts
}
