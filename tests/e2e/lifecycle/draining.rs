//! Told to stop, the program lets whoever shares out requests notice before it takes none any more.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::bad_input::raw::{Connection, RawAnswer, RawRequest};
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, USER_INFO, authenticate, user_info};
use crate::support::{Builder, DataAdapter};

const READY: &str = "/health/ready";
const LIVE: &str = "/health/live";

/// What the log says when it drains, and when it is over before its time.
const DRAINING: &str = "not ready any more";
const CUT_SHORT: &str = "over at once";
const OVER: &str = "that while is over";
const STOPPED: &str = "stopped";

/// Longer than any test.
const LONG: &str = "3600";

fn draining_for(seconds: &str) -> Builder {
    DataAdapter::builder().env("DATA_ADAPTER__SERVER__DRAIN_SECONDS", seconds)
}

/// One that drains for as long as nobody ends it.
async fn draining() -> DataAdapter {
    let mut adapter = draining_for(LONG).start().await;
    adapter.signal("TERM").await;
    adapter.logged(DRAINING, 1).await;
    adapter
}

async fn ask(connection: &mut Connection, request: &RawRequest) -> RawAnswer {
    connection.send(request).await.expect("an answer")
}

async fn ask_once(address: SocketAddr, request: &RawRequest) -> RawAnswer {
    ask(&mut Connection::open(address).await, request).await
}

#[tokio::test]
async fn while_it_drains_it_is_not_ready_and_answers_all_the_same() {
    let mut adapter = draining_for(LONG).start().await;
    let (address, login) = (adapter.address(), RawRequest::json(AUTHENTICATE, authenticate(USER, PASSWORD)));
    let mut opened_before = Connection::open(address).await;
    assert!(!ask(&mut opened_before, &login).await.closes());
    let before = ask_once(address, &RawRequest::bare("GET", READY)).await;
    assert_eq!((before.status, before.closes()), (200, false), "{}", before.body);
    adapter.signal("TERM").await;
    adapter.logged(DRAINING, 1).await;
    let ready = ask_once(address, &RawRequest::bare("GET", READY)).await;
    assert_eq!(ready.status, 503, "{}", ready.body);
    assert_eq!(ready.body, json!({"status": "STOPPING", "checks": {}}).to_string());
    assert_eq!(ask_once(address, &RawRequest::bare("GET", LIVE)).await.status, 200, "it lives all the same");
    let mut opened_meanwhile = Connection::open(address).await;
    for connection in [&mut opened_before, &mut opened_meanwhile] {
        let answer = ask(connection, &login).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.body.contains("VERIFIED_SUCCEEDED"), "{}", answer.body);
        assert!(answer.closes(), "the next connection is to go elsewhere: {:?}", answer.headers);
        assert!(connection.send(&login).await.is_err(), "what was said to close is closed");
    }
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains("SIGTERM: that while is over at once"), "{}", exit.stderr);
}

#[tokio::test]
async fn a_drain_is_over_by_itself() {
    let adapter = draining_for("1").start().await;
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    let at =
        |text: &str| exit.stderr.find(text).unwrap_or_else(|| panic!("{text:?} is not in {}", exit.stderr));
    assert!(at(DRAINING) < at(OVER) && at(OVER) < at("stopping: ") && at("stopping: ") < at(STOPPED));
    assert!(!exit.stderr.contains(CUT_SHORT), "{}", exit.stderr);
}

#[tokio::test]
async fn a_connection_that_nothing_came_of_during_the_drain_does_not_hold_it_up() {
    let adapter = draining().await;
    let silent = Connection::open(adapter.address()).await;
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    drop(silent);
}

#[tokio::test]
async fn control_c_ends_a_drain_and_begins_none() {
    let adapter = draining().await;
    adapter.signal("INT").await;
    let exit = adapter.wait().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains("SIGINT: that while is over at once"), "{}", exit.stderr);
    let adapter = draining_for(LONG).start().await;
    adapter.signal("INT").await;
    let exit = adapter.wait().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(!exit.stderr.contains(DRAINING), "{}", exit.stderr);
}

#[tokio::test]
async fn without_a_drain_sigterm_goes_straight_to_the_end() {
    let exit = DataAdapter::start().await.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains("stopping: ") && !exit.stderr.contains(DRAINING), "{}", exit.stderr);
}

/// A request whose body is still on its way, and its body.
async fn under_way() -> (DataAdapter, TcpStream, String) {
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let patient = DataAdapter::builder().env("DATA_ADAPTER__SERVER__BODY_TIMEOUT_SECONDS", "300");
    let adapter = patient.start().await;
    let body = user_info(USER);
    let length = body.len();
    let head = format!("POST {USER_INFO} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    let head = format!("{head}Content-Length: {length}\r\nExpect: 100-continue\r\n\r\n");
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    connection.write_all(head.as_bytes()).await.expect("the program reads");
    let mut begun = [0; CONTINUE.len()];
    connection.read_exact(&mut begun).await.expect("the request has begun");
    assert_eq!(begun, CONTINUE);
    (adapter, connection, body)
}

#[tokio::test]
async fn what_is_under_way_is_finished_after_either_signal() {
    for signal in ["TERM", "INT"] {
        let (mut adapter, mut connection, body) = under_way().await;
        adapter.signal(signal).await;
        adapter.logged("stopping: ", 1).await;
        connection.write_all(body.as_bytes()).await.expect("the program reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("an answer and the end");
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{signal}: {answer}");
        let exit = adapter.wait().await;
        assert_eq!(exit.status, Some(0), "{signal}: {}", exit.stderr);
    }
}

#[tokio::test]
async fn sigquit_waits_for_nobody() {
    let (adapter, mut connection, _) = under_way().await;
    adapter.signal("QUIT").await;
    let exit = adapter.wait().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains("SIGQUIT: stopping at once"), "{}", exit.stderr);
    let read = connection.read_to_end(&mut Vec::new()).await;
    assert!(!matches!(read, Ok(1..)), "nobody was there to answer");
}

/// As in a container: the kernel keeps from the first process of a machine each signal that it does not handle.
#[tokio::test]
async fn as_the_first_process_of_a_machine_it_drains_and_stops() {
    let alone = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"];
    let mut adapter = draining_for(LONG).wrapped_in(&alone).start().await;
    let wrapper = adapter.pid();
    let children = std::fs::read_to_string(format!("/proc/{wrapper}/task/{wrapper}/children"));
    let process = children.expect("its children").trim().to_owned();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its state");
    let inside = status.lines().find_map(|line| line.strip_prefix("NSpid:")).expect("its numbers");
    assert_eq!(inside.split_whitespace().last(), Some("1"), "{inside}");
    let terminate = async || {
        let sent = Command::new("kill").args(["-TERM", &process]).status().await.expect("kill can be run");
        assert!(sent.success());
    };
    terminate().await;
    adapter.logged(DRAINING, 1).await;
    assert_eq!(adapter.get(READY).await.status, 503);
    terminate().await;
    let exit = adapter.wait().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains(CUT_SHORT) && exit.stderr.contains(STOPPED), "{}", exit.stderr);
}
