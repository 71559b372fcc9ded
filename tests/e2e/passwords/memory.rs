//! The memory that checking passwords takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use tokio::process::Command;

use super::{Bank, USUAL};
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, authenticate};

const USERS: usize = 240;
const AT_ONCE: usize = 40;
/// What the process may have of its own, in bytes: 128 MiB.
const LIMIT: &str = "--data=134217728";
/// 25 MiB, and 19 MiB for each of two passwords at once.
const MOST_KIB: u64 = (25 + 2 * 19) * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn passwords_of_many_users_at_once_take_one_buffer_for_each_that_is_checked_at_once() {
    let bank = Bank::of([USUAL; USERS]);
    let adapter = Arc::new(bank.builder().wrapped_in(&["prlimit", LIMIT]).start().await);
    let next = Arc::new(AtomicUsize::new(0));
    let callers = (0..AT_ONCE).map(|_| tokio::spawn(log_in(Arc::clone(&adapter), Arc::clone(&next))));
    for caller in join_all(callers).await {
        caller.expect("every right password succeeds");
    }
    // Without the code of the program, which tests build in its largest form.
    let held = memory_kib(adapter.pid(), "RssAnon:");
    assert!(held < MOST_KIB, "{held} KiB are resident after {USERS} passwords");
}

/// Logs the next user in, until all are.
async fn log_in(adapter: Arc<DataAdapter>, next: Arc<AtomicUsize>) {
    loop {
        let user = next.fetch_add(1, Ordering::Relaxed);
        if user >= USERS {
            return;
        }
        let answer = adapter.post(AUTHENTICATE, authenticate(&user.to_string(), PASSWORD)).await;
        assert!(answer.text.contains("VERIFIED_SUCCEEDED"), "the right password of {user}: {}", answer.text);
    }
}

fn memory_kib(pid: u32, name: &str) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux says what a process takes");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it is in it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn a_start_without_the_memory_to_check_passwords_is_refused_with_what_to_do() {
    let bank = Bank::of([USUAL]);
    let many = bank.config.replace("concurrent_verifications = 2", "concurrent_verifications = 100");
    let exit = bank.builder().config(many).wrapped_in(&["prlimit", LIMIT]).spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{}", exit.stderr);
    for part in [
        "checking 100 passwords at once takes 100 threads with 19 MiB each",
        "lower `concurrent_verifications`",
    ] {
        assert!(exit.stderr.contains(part), "{part}: {}", exit.stderr);
    }
}

#[tokio::test]
async fn hashes_of_other_costs_are_checked_in_the_same_memory() {
    let cheap = "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";
    let old = "$argon2id$v=16$m=256,t=3,p=2$c2FsdHNhbHRzYWx0$Dq5hsIi53q+ZC4HbE30lFTJejOCo6rsDGWicfjzQ5rM";
    let large = "$argon2id$v=19$m=65536,t=1,p=1$c2FsdHNhbHRzYWx0$OBdUpTNQrNRi2RI3jkz57Va1ltx0TAvYtimLjCzSYsE";
    let adapter = Bank::of([cheap, old, USUAL, large]).builder().start().await;
    for user in ["3", "2", "1", "0", "3"] {
        for (password, expected) in [(PASSWORD, "VERIFIED_SUCCEEDED"), ("s3cret ", "VERIFIED_FAILED")] {
            let answer = adapter.post(AUTHENTICATE, authenticate(user, password)).await;
            assert!(answer.text.contains(expected), "{user}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_hash_that_no_password_can_be_compared_with_is_refused_at_the_start_in_a_sentence() {
    for (part, by, reason) in [
        ("v=19", "v=18", "its version `v` is neither 16 nor 19"),
        ("t=2", "t=0", "its parameters are not those of Argon2"),
        ("m=19456", "m=4", "its parameters are not those of Argon2"),
        ("p=1", "p=1,keyid=AQ", "it was made with a key of its own (`keyid`)"),
        (
            "argon2id",
            "argon2i",
            "it is not an Argon2id PHC string; make one with `data-adapter hash-password`",
        ),
    ] {
        let exit = Bank::of([USUAL, &USUAL.replace(part, by)]).builder().spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{}", exit.stderr);
        let sentence = format!("the password_hash of the user with the id `1` can't be used: {reason}");
        assert!(exit.stderr.contains(&sentence), "{}", exit.stderr);
        assert!(!exit.stderr.contains("aiw2o9oMq"), "the hash is shown: {}", exit.stderr);
    }
}

#[tokio::test]
async fn a_right_password_is_right_and_not_counted_where_the_system_gives_no_more_memory() {
    /// Enough for what else a request takes.
    const SPARE_KIB: u64 = 4 * 1024;
    let adapter = Bank::of([USUAL; 2]).builder().start().await;
    let log_in = async |user| adapter.post(AUTHENTICATE, authenticate(user, PASSWORD)).await.text;
    assert!(log_in("0").await.contains("VERIFIED_SUCCEEDED"), "with memory");
    let limit = (memory_kib(adapter.pid(), "VmData:") + SPARE_KIB) * 1024;
    let pid = adapter.pid().to_string();
    let limited = Command::new("prlimit").args(["--pid", &pid, &format!("--data={limit}")]).status().await;
    assert!(limited.expect("prlimit can be run").success(), "the memory could not be limited");
    for number in 0..30 {
        let answer = log_in("1").await;
        assert!(answer.contains("VERIFIED_SUCCEEDED"), "number {number}: {answer}");
    }
}
