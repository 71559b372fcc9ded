//! Floods of codes.

use std::path::Path;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use serde_json::Value;
use tokio::time::interval;

use super::{create, handed_over, is_sent};
use crate::codes::{assert_right, send, verify};
use crate::durability::users_file;
use crate::support::DataAdapter;
use crate::support::payloads::login;

const VICTIM: &str = "victim";
const USERS: usize = 1_000;
const CODES: usize = 10_000;
/// More for each user than a user gets, and more for all than all get.
const CODES_OF_ALL: usize = 4 * USERS;
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

/// The median of how long these users wait for a code, one after the other.
async fn wait(adapter: &DataAdapter, round: &str, users: std::ops::Range<usize>) -> Duration {
    let mut waits = Vec::with_capacity(users.len());
    for number in users {
        let (user, context) = (user(number), login(&format!("{round}-{number}")));
        let since = Instant::now();
        assert!(is_sent(&create(adapter, user.as_str(), &context).await), "{user} gets no code");
        waits.push(since.elapsed());
    }
    waits.sort_unstable();
    waits[waits.len() / 2]
}

/// Asks for a code of one user every five milliseconds, for as long as it is polled.
async fn flood_on(adapter: &DataAdapter, round: &str) {
    let ticks = stream::unfold(interval(Duration::from_millis(5)), async |mut interval| {
        interval.tick().await;
        Some(((), interval))
    });
    let asks = ticks.enumerate().map(|(number, ())| {
        let context = login(&format!("{round}-flood-{number}"));
        async move { create(adapter, VICTIM, &context).await }
    });
    asks.buffer_unordered(64).for_each(async |_| ()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures, and has to be alone on the machine"]
async fn others_wait_hardly_longer_while_one_user_is_flooded() {
    const EACH: usize = 100;
    let folder = tempfile::tempdir().expect("a folder");
    let users = folder.path().join("users.toml");
    write_users(&users);
    let settings = format!(
        "sandbox.enabled = true\nsms.default_region = \"CZ\"\nbackends.memory.users_file = {users:?}\n\
         [sms.limits]\ncountry = \"\"\norganization = \"\"\nall = \"\"\n"
    );
    let file = folder.path().join("store.db");
    let adapter = DataAdapter::builder().with_send_limits().store(&file).config(settings).start().await;
    wait(&adapter, "warm", 0..EACH).await;
    let mut ratios = Vec::new();
    for round in 1..=4 {
        let users = round * EACH..(round + 1) * EACH;
        let alone = wait(&adapter, &format!("alone-{round}"), users.clone()).await;
        let flooded = format!("flooded-{round}");
        let beside = tokio::select! {
            beside = wait(&adapter, &flooded, users) => beside,
            () = flood_on(&adapter, &flooded) => unreachable!("it never ends"),
        };
        println!("alone {alone:?}, beside a flood {beside:?}");
        ratios.push(beside.as_secs_f64() / alone.as_secs_f64());
    }
    ratios.sort_unstable_by(f64::total_cmp);
    assert!(ratios[1] < 1.5, "{ratios:?}");
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
    assert_eq!(flood(&adapter, "many", CODES_OF_ALL, |number| user(number % USERS)).await, 1_997);
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
