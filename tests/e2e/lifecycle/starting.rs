//! What the program says when it starts, and when it cannot.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;

use tempfile::TempDir;

use crate::support::DataAdapter;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::{Builder, Exit};

const CONFIGURATION_ERROR: Option<i32> = Some(78);

async fn refused(builder: Builder, what: &str) -> Exit {
    let exit = builder.spawn_failing().await;
    assert!(!exit.stderr.contains("listening on"), "{what}: {}", exit.stderr);
    assert!(!exit.stderr.contains("panicked"), "{what}: {}", exit.stderr);
    assert!(!exit.stderr.contains("stack backtrace"), "{what}: {}", exit.stderr);
    assert_eq!(exit.stdout, "", "{what}: errors go to standard error");
    exit
}

/// What it says is short: nobody has to look for the sentence.
fn assert_brief(exit: &Exit, what: &str) {
    assert!((1..=3).contains(&exit.stderr.trim().lines().count()), "{what}: {}", exit.stderr);
}

#[tokio::test]
async fn the_demo_says_what_it_is_and_what_to_open() {
    let adapter = DataAdapter::start().await;
    let root = adapter.url("");
    assert_eq!(adapter.get("/sandbox/inbox").await.status, 200);
    let log = adapter.terminate().await.stderr;
    let (page, inbox) = (format!("open {root}/ in a browser"), format!("{root}/sandbox/inbox"));
    for expected in [format!("listening on {root}"), page, inbox, "demo".to_owned()] {
        assert!(log.contains(&expected), "{expected}: {log}");
    }
    assert!(log.contains("/powerauth-data-adapter"), "what to point Web Flow at: {log}");
    assert!(log.contains("ZGVtbyBwYXNzd29yZCBrZXksIDMyIGJ5dGVzIGxvbmc="), "the key of the demo: {log}");
}

/// Where a supervisor listens for what the program has to say, as systemd does.
fn supervisor(folder: &TempDir) -> (UnixDatagram, String) {
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_nonblocking(true).expect("a socket that does not wait");
    (socket, path.display().to_string())
}

#[tokio::test]
async fn a_supervisor_is_told_once_that_it_listens_and_before_the_log_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (socket, path) = supervisor(&folder);
    let adapter = DataAdapter::builder().env("NOTIFY_SOCKET", path).start().await;
    let mut told = [0; 64];
    let length = socket.recv(&mut told).expect("a message");
    assert_eq!(told[..length].trim_ascii_end(), b"READY=1");
    adapter.terminate().await;
    assert_eq!(socket.recv(&mut told).expect_err("one message").kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_supervisor_is_told_nothing_by_a_program_that_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (socket, path) = supervisor(&folder);
    let builder = DataAdapter::builder().env("NOTIFY_SOCKET", path).env("DATA_ADAPTER__OTP__DIGITS", "4");
    assert_eq!(refused(builder, "four digits").await.status, CONFIGURATION_ERROR);
    assert_eq!(socket.recv(&mut [0; 64]).expect_err("no message").kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_busy_port_is_told_in_a_sentence_that_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let exit = refused(DataAdapter::builder().env("DATA_ADAPTER__SERVER__PORT", &port), "busy").await;
    assert_eq!(exit.status, Some(1), "{}", exit.stderr);
    let sentence = exit.stderr.lines().find(|line| line.contains(&port));
    let sentence = sentence.unwrap_or_else(|| panic!("the port {port} is named: {}", exit.stderr));
    assert!(sentence.contains("in use"), "{sentence}");
    assert!(sentence.contains("SERVER__PORT") || sentence.contains("--port"), "what to do: {sentence}");
}

#[tokio::test]
async fn too_few_open_files_are_told_in_a_sentence_that_says_what_to_do() {
    for files in [8, 16, 24, 28] {
        let limit = format!("--nofile={files}");
        for workers in ["1", "2", "8"] {
            let builder = DataAdapter::builder().wrapped_in(&["prlimit", &limit]);
            let exit = refused(builder.env("DATA_ADAPTER__SERVER__WORKERS", workers), &limit).await;
            assert_eq!(exit.status, Some(1), "{files} {workers}: {}", exit.stderr);
            assert_brief(&exit, &limit);
            for said in [&files.to_string(), "LimitNOFILE", "open files"] {
                assert!(exit.stderr.contains(said), "{said}: {}", exit.stderr);
            }
        }
    }
    let builder = DataAdapter::builder().wrapped_in(&["prlimit", "--nofile=128"]);
    let adapter = builder.env("DATA_ADAPTER__SERVER__WORKERS", "2").start().await;
    assert!(adapter.log().contains("too few files may be open"), "{}", adapter.log());
    assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 200);
}

#[tokio::test]
async fn a_command_with_too_few_open_files_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    DataAdapter::builder().store(&store).start().await.terminate().await;
    for (files, command) in [
        (8, &["healthcheck"] as &[&str]),
        (8, &["backend", "check", "memory"]),
        (8, &["user", "unblock", "1"]),
        (10, &["user", "unblock", "1"]),
        (12, &["challenge", "list"]),
        (12, &["consent", "list"]),
    ] {
        let limit = format!("--nofile={files}");
        let builder = DataAdapter::builder().store(&store).wrapped_in(&["prlimit", &limit]);
        let exit = command.iter().fold(builder, |builder, word| builder.arg(*word)).spawn_failing().await;
        assert_eq!(exit.status, Some(1), "{files} {command:?}: {exit:?}");
        assert_brief(&exit, &limit);
        assert!(exit.stderr.contains("raise the limit of open files"), "{files} {command:?}: {exit:?}");
        assert!(!exit.stderr.contains("a folder that it owns"), "{files} {command:?}: {exit:?}");
    }
}

#[tokio::test]
async fn a_configuration_file_that_is_named_and_missing_is_an_error_and_never_the_demo() {
    let missing = "no/such/data-adapter.toml";
    for (what, builder) in [
        ("--config", DataAdapter::builder().arg("--config").arg(missing)),
        ("serve --config", DataAdapter::builder().arg("serve").arg("--config").arg(missing)),
        ("DATA_ADAPTER_CONFIG", DataAdapter::builder().env("DATA_ADAPTER_CONFIG", missing)),
        ("a folder", DataAdapter::builder().arg("--config").arg("/")),
    ] {
        let exit = refused(builder, what).await;
        assert_eq!(exit.status, CONFIGURATION_ERROR, "{what}: {}", exit.stderr);
        let path = if what == "a folder" { "/" } else { missing };
        assert!(exit.stderr.contains(path), "{what}: {}", exit.stderr);
        assert_brief(&exit, what);
    }
}

#[tokio::test]
async fn without_the_sandbox_and_without_a_gateway_it_refuses_to_start() {
    let exit = refused(DataAdapter::builder().config("[sandbox]\nenabled = false\n"), "a file").await;
    assert_eq!(exit.status, CONFIGURATION_ERROR, "{}", exit.stderr);
    assert!(exit.stderr.contains("gateway"), "{}", exit.stderr);
    assert!(exit.stderr.contains("sandbox.enabled"), "{}", exit.stderr);
    assert_brief(&exit, "no gateway");
    let exit = refused(DataAdapter::builder().env("DATA_ADAPTER__SANDBOX__ENABLED", "false"), "demo").await;
    assert_eq!(exit.status, CONFIGURATION_ERROR, "{}", exit.stderr);
    assert!(exit.stderr.contains("sandbox.factor_code"), "{}", exit.stderr);
}

#[tokio::test]
async fn the_sandbox_is_off_unless_a_configuration_file_says_otherwise() {
    let exit = refused(DataAdapter::builder().config("[server]\nport = 0\n"), "an almost empty file").await;
    assert_eq!(exit.status, CONFIGURATION_ERROR, "{}", exit.stderr);
    assert!(exit.stderr.contains("sandbox"), "{}", exit.stderr);
}

#[tokio::test]
async fn the_sandbox_refuses_other_addresses_than_the_loopback_one_unless_told_by_name() {
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let exit = refused(DataAdapter::builder().env("DATA_ADAPTER__SERVER__HOST", host), host).await;
        assert_eq!(exit.status, CONFIGURATION_ERROR, "{host}: {}", exit.stderr);
        for named in ["server.host", "sandbox.allow_any_address"] {
            assert!(exit.stderr.contains(named), "{host}: {}", exit.stderr);
        }
        assert_brief(&exit, host);
    }
    let allowed = DataAdapter::builder().env("DATA_ADAPTER__SERVER__HOST", "127.0.0.2");
    assert_eq!(allowed.start().await.address().ip().to_string(), "127.0.0.2");
}

#[tokio::test]
async fn any_address_can_be_allowed_by_name() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__SERVER__HOST", "0.0.0.0")
        .env("DATA_ADAPTER__SANDBOX__ALLOW_ANY_ADDRESS", "true")
        .env("DATA_ADAPTER__CALLERS__ALLOW_ANONYMOUS", "true")
        .env("DATA_ADAPTER__SERVER__BEHIND_PROXY", "true")
        .start()
        .await;
    assert!(adapter.address().ip().is_unspecified());
    let port = adapter.address().port();
    let url = format!("http://127.0.0.1:{port}{LOOKUP}");
    let request = adapter.client().post(url).header("content-type", "application/json");
    let answer = adapter.send(request.body(lookup(USERNAME))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn flags_win_over_the_environment() {
    let adapter =
        DataAdapter::builder().env("DATA_ADAPTER__SERVER__PORT", "1").arg("--port").arg("0").start().await;
    assert_ne!(adapter.address().port(), 1);
}

#[tokio::test]
async fn the_environment_wins_over_the_file() {
    let file = "[server]\nport = 1\n[sandbox]\nenabled = false\n[backends.memory]\ndemo_users = true\n";
    let adapter = DataAdapter::builder()
        .config(file)
        .env("DATA_ADAPTER__SERVER__PORT", "0")
        .env("DATA_ADAPTER__SANDBOX__ENABLED", "true")
        .start()
        .await;
    assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 200);
}
