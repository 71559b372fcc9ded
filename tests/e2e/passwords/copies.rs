//! What is left of a password in the memory of the process, and who may look into it.

use std::fs::{File, Permissions};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::time::Duration;

use memchr::memmem;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{Bank, USUAL};
use crate::codes::rent;
use crate::support::payloads::{
    AUTHENTICATE, LOOKUP, SMS_PASSWORD_VERIFY, authenticate, authenticate_protected, lookup,
    sms_password_verify,
};
use crate::support::{DataAdapter, PATIENCE};

/// In no program, and no other test.
const WRONG: &str = "uNf0rgettable-wr0ng-passw0rd-Qz7";
const KEY: &str = "password.key = \"YSBrZXkgZm9yIG1lYXN1cmVtZW50cywgMzIgYnl0ZXM=\"\n";
const TIMES: usize = 50;

#[tokio::test]
async fn nothing_of_a_wrong_password_is_left_in_memory_when_its_connections_are_closed() {
    let bank = Bank::of([USUAL; TIMES]);
    let config = format!("{KEY}{}", bank.config);
    let encrypting = DataAdapter::builder().config(&config).arg("encrypt-password").stdin(WRONG);
    let encrypted = encrypting.spawn_failing().await.stdout.trim().to_owned();
    let adapter = bank.builder().config(config).start().await;
    let clients: Vec<Client> =
        (0..8).map(|_| Client::builder().no_proxy().build().expect("a client")).collect();
    for number in 0..TIMES {
        for (path, body) in requests(&number.to_string(), &encrypted) {
            send(&adapter, &clients[number % clients.len()], path, body).await;
        }
    }
    assert!(copies(adapter.pid(), b"HTTP/1.1") > 0, "the memory was not read");
    drop(clients);
    for secret in [WRONG, &encrypted] {
        let gone = async {
            while copies(adapter.pid(), secret.as_bytes()) > 0 {
                sleep(Duration::from_millis(100)).await;
            }
        };
        let left = || copies(adapter.pid(), secret.as_bytes());
        assert!(timeout(PATIENCE, gone).await.is_ok(), "{} copies are left", left());
    }
}

/// The password as it is typed, encrypted, with a code, after an escape, in a body that is cut off, and in a wrong place.
fn requests(user: &str, encrypted: &str) -> [(&'static str, String); 6] {
    let clear = authenticate(user, WRONG);
    let aes = ("PASSWORD_ENCRYPTION_AES", "AES/CBC/PKCS7Padding");
    [
        (AUTHENTICATE, clear.clone()),
        (AUTHENTICATE, authenticate_protected(user, encrypted, aes.0, aes.1)),
        (SMS_PASSWORD_VERIFY, sms_password_verify("unknown", "12345678", user, WRONG, &rent("op"))),
        (AUTHENTICATE, clear.replace(WRONG, &format!("\\n{WRONG}"))),
        (AUTHENTICATE, clear[..clear.len() - 2].to_owned()),
        (LOOKUP, lookup(WRONG)),
    ]
}

/// What is answered does not matter.
async fn send(adapter: &DataAdapter, client: &Client, path: &str, body: String) {
    let request = client.post(adapter.url(path)).header(CONTENT_TYPE, "application/json").body(body);
    let answer = request.send().await.expect("an answer");
    answer.bytes().await.expect("the whole of it");
}

/// How often the memory of a process has these bytes. It takes root to read it.
pub(crate) fn copies(pid: u32, bytes: &[u8]) -> usize {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("the tests run as root");
    let memory = File::open(format!("/proc/{pid}/mem")).expect("the tests run as root");
    maps.lines().filter_map(range).map(|(start, end)| copies_in(&memory, start, end, bytes)).sum()
}

/// Where a readable part of the memory begins and ends: `7f00-7fff rw-p …`.
fn range(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with('r').then_some((number(start)?, number(end)?))
}

fn copies_in(memory: &File, start: u64, end: u64, bytes: &[u8]) -> usize {
    let mut part = vec![0; usize::try_from(end - start).expect("it fits into the memory")];
    // Parts of the kernel, and those that went in the meantime, can't be read.
    match memory.read_at(&mut part, start) {
        Ok(read) => memmem::find_iter(&part[..read], bytes).count(),
        Err(_) => 0,
    }
}

#[tokio::test]
async fn no_core_file_and_no_other_process_of_its_user_gets_the_memory() {
    const NOBODY: u32 = 65_534;
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("it can be opened");
    let program = folder.path().join("data-adapter");
    std::fs::copy(data_adapter_tests::binary::binary(), &program).expect("the program can be copied");
    let as_nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let adapter = DataAdapter::builder().program(&program).wrapped_in(&as_nobody).start().await;
    let proc = format!("/proc/{}", adapter.pid());
    let status = std::fs::read_to_string(format!("{proc}/status")).expect("a status");
    assert!(status.contains(&format!("Uid:\t{NOBODY}\t")), "{status}");
    // The files of a process belong to root where it is not dumpable (proc(5)).
    let owner = std::fs::metadata(format!("{proc}/mem")).expect("there is a memory").uid();
    assert_eq!(owner, 0, "its memory is for all of its user");
    let limits = std::fs::read_to_string(format!("{proc}/limits")).expect("limits");
    let core =
        limits.lines().find(|line| line.starts_with("Max core file size")).expect("one for core files");
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
    let metrics = adapter.get("/metrics").await;
    for known in ["process_open_fds ", "process_resident_memory_bytes "] {
        assert!(metrics.text.contains(known), "it knows no {known} of itself: {}", metrics.text);
    }
}
