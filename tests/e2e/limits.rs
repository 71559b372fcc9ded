//! Too much, and too slow.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bad_input::raw::{Connection, RawRequest};
use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup};
use crate::support::pki::{Authority, TlsFolder};
use crate::support::raw::exchange;
use crate::support::{Builder, DataAdapter};

/// Longer than any limit that is set here, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a health check may take while others are slow: far more than it does take, and less than what would hold it up.
const QUICKLY: Duration = Duration::from_secs(10);

fn builder(settings: &[(&str, &str)]) -> Builder {
    settings.iter().fold(DataAdapter::builder(), |builder, (key, value)| {
        builder.env(format!("DATA_ADAPTER__SERVER__{key}"), *value)
    })
}

async fn assert_lives(adapter: &DataAdapter) {
    let answer = timeout(
        QUICKLY,
        Connection::open(adapter.address()).await.send(&RawRequest::bare("GET", "/health/live")),
    )
    .await
    .expect("the health is told at once");
    assert_eq!(answer.expect("an answer").status, 200);
}

/// Reads what comes until the other side hangs up.
async fn until_closed(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, connection.read_to_end(&mut bytes)).await;
    // A reset hangs up as well.
    let _ = read.expect("the connection is closed in time");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Checks what a client reads whose request was refused before it was one.
fn assert_refused(answer: &str, status: u16, message: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    assert!(head.contains("connection: close") && head.contains("application/json"), "{answer:?}");
    let body: Value = serde_json::from_str(body).expect("the body is JSON, and all that follows");
    assert_eq!(body["status"], "ERROR");
    assert_eq!(body["responseObject"]["code"], "INPUT_INVALID");
    assert_eq!(body["responseObject"]["message"], message);
}

#[tokio::test]
async fn heads_that_never_end_hold_nobody_up_and_are_cut_off() {
    let adapter = builder(&[("HEADER_TIMEOUT_SECONDS", "12"), ("WORKERS", "2")]).start().await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
        connection
            .write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            .await
            .expect("it can be sent");
        slow.push(connection);
    }
    let drip = async {
        loop {
            for connection in &slow {
                let _ = connection.try_write(b"x");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let checks = async {
        for _ in 0..20 {
            assert_lives(&adapter).await;
        }
    };
    tokio::select! { () = checks => {}, () = drip => {} }
    let closed = join_all(slow.iter_mut().map(until_closed)).await;
    for answer in closed {
        assert_refused(&answer, 408, "error.requestTimeout");
    }
}

#[tokio::test]
async fn bytes_that_are_no_request_get_the_body_of_every_error_and_a_line_in_the_log() {
    let mut adapter = DataAdapter::builder().start().await;
    for nonsense in
        ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
    {
        let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
        connection.write_all(nonsense.as_bytes()).await.expect("it can be sent");
        assert_refused(&until_closed(&mut connection).await, 400, "error.invalidRequest");
    }
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    let answer_first = format!("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n{}", "nonsense\r\n\r\n");
    connection.write_all(answer_first.as_bytes()).await.expect("it can be sent");
    let both = until_closed(&mut connection).await;
    let (answer, refusal) =
        both.split_once("{\"status\":\"OK\"}").expect("the answer to the request comes first");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{both}");
    assert_refused(refusal, 400, "error.invalidRequest");
    adapter.logged("bytes that are no request", 4).await;
    let log = adapter.log();
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_later_head_that_never_ends_is_cut_off_as_well() {
    let settings = [("HEADER_TIMEOUT_SECONDS", "1"), ("KEEP_ALIVE_SECONDS", "600")];
    let adapter = builder(&settings).start().await;
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    let health = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(exchange(&mut connection, health).await.status, 200);
    // The head comes after the answer, so that it ends the time-out of an idle connection.
    connection.write_all(b"GET / HTT").await.expect("it can be sent");
    assert_refused(&until_closed(&mut connection).await, 408, "error.requestTimeout");
}

#[tokio::test]
async fn a_head_that_is_too_long_is_cut_off_before_it_ends() {
    let settings = [("HEADER_TIMEOUT_SECONDS", "300"), ("KEEP_ALIVE_SECONDS", "600")];
    let adapter = builder(&settings).start().await;
    let health = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
    let too_long = format!("{health}{}", "x".repeat(32 * 1024));
    let mut first = TcpStream::connect(adapter.address()).await.expect("a connection");
    first.write_all(too_long.as_bytes()).await.expect("it can be sent");
    assert_refused(&until_closed(&mut first).await, 431, "error.requestTooLarge");
    let mut later = TcpStream::connect(adapter.address()).await.expect("a connection");
    for _ in 0..4 {
        let long = format!("{health}{}\r\n\r\n", "x".repeat(12 * 1024));
        assert_eq!(exchange(&mut later, long.as_bytes()).await.status, 200);
    }
    later.write_all(too_long.as_bytes()).await.expect("it can be sent");
    assert_refused(&until_closed(&mut later).await, 431, "error.requestTooLarge");
}

#[tokio::test]
async fn a_long_body_that_comes_with_its_head_is_not_taken_for_a_head() {
    let adapter = builder(&[("WORKERS", "1")]).start().await;
    let mut connection = Connection::open(adapter.address()).await;
    let body = format!("{}{}", lookup(USERNAME), " ".repeat(120_000));
    for path in [LOOKUP, "/nowhere", LOOKUP] {
        let request = RawRequest::json(path, body.clone());
        let expected = if path == LOOKUP { 200 } else { 404 };
        assert_eq!(connection.send(&request).await.expect("an answer").status, expected);
        assert_eq!(connection.send_chunked(&request).await.expect("an answer").status, expected);
    }
}

/// Sends 2500 bytes of a body of 3000.
async fn begin_body(adapter: &DataAdapter) -> TcpStream {
    let head = format!(
        "POST {LOOKUP} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n\r\n"
    );
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    connection.write_all((head + &" ".repeat(2500)).as_bytes()).await.expect("it can be sent");
    connection
}

#[tokio::test]
async fn more_bytes_of_bodies_than_are_held_are_told_so_at_once() {
    let settings =
        [("MAX_BODY_BYTES", "4096"), ("MAX_BODY_BYTES_HELD", "4096"), ("BODY_TIMEOUT_SECONDS", "60")];
    let adapter = builder(&settings).start().await;
    let mut slow = begin_body(&adapter).await;
    let request = RawRequest::json(LOOKUP, format!("{:2500}", lookup(USERNAME)));
    let mut connection = Connection::open(adapter.address()).await;
    let started = Instant::now();
    let refused = loop {
        let answer = connection.send(&request).await.expect("an answer");
        if answer.status != 200 {
            break answer;
        }
        assert!(started.elapsed() < PATIENCE, "what came of the slow one is held");
        if slow.try_read(&mut [0; 1]).is_ok() {
            // It came while there was no room for it.
            slow = begin_body(&adapter).await;
        }
    };
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(refused.body.contains(r#""message":"error.overloaded""#) && !refused.closes(), "{refused:?}");
    let short = RawRequest::json(LOOKUP, lookup(USERNAME));
    assert_eq!(
        connection.send(&short).await.expect("an answer").status,
        200,
        "there is room for a short one"
    );
    drop(slow);
    let started = Instant::now();
    while connection.send(&request).await.expect("an answer").status != 200 {
        assert!(started.elapsed() < PATIENCE, "one that hung up makes room");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let adapter = builder(&[("KEEP_ALIVE_SECONDS", "1")]).start().await;
    let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
    connection
        .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .expect("it can be sent");
    assert!(until_closed(&mut connection).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_answered_with_408() {
    let adapter = builder(&[("BODY_TIMEOUT_SECONDS", "1")]).start().await;
    for head in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
        let head = format!(
            "POST {LOOKUP} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}\r\n\r\n1\r\n{{\r\n"
        );
        connection.write_all(head.as_bytes()).await.expect("it can be sent");
        let answer = until_closed(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
        let body = r#"{"status":"ERROR","responseObject":{"code":"INPUT_INVALID","message":"error.requestTimeout","validationErrors":null,"remainingAttempts":null}}"#;
        assert!(answer.ends_with(body), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_hold_the_connection() {
    let settings = [("HEADER_TIMEOUT_SECONDS", "1"), ("KEEP_ALIVE_SECONDS", "1")];
    let adapter = builder(&settings).start().await;
    for head in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
        let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
        let head = format!("POST /nowhere HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n1\r\nx\r\n");
        connection.write_all(head.as_bytes()).await.expect("it can be sent");
        let answer = until_closed(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
}

#[tokio::test]
async fn more_requests_than_allowed_are_told_so_at_once() {
    let settings = [("MAX_REQUESTS", "2"), ("BODY_TIMEOUT_SECONDS", "60"), ("WORKERS", "2")];
    let adapter = builder(&settings).start().await;
    let head = format!(
        "POST {LOOKUP} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\
         Content-Length: {}\r\n\r\n",
        lookup(USERNAME).len()
    );
    let mut under_way = Vec::new();
    for _ in 0..2 {
        let mut connection = TcpStream::connect(adapter.address()).await.expect("a connection");
        connection.write_all(head.as_bytes()).await.expect("it can be sent");
        let mut start = [0; 12];
        timeout(PATIENCE, connection.read_exact(&mut start)).await.expect("in time").expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 100", "it is waited for the body");
        under_way.push(connection);
    }
    let request = RawRequest::json(LOOKUP, lookup(USERNAME));
    let send =
        || async { Connection::open(adapter.address()).await.send(&request).await.expect("an answer") };
    let mut refused = send().await;
    // That the body is waited for is said a moment before it is.
    while refused.status == 200 {
        refused = send().await;
    }
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    let body = r#"{"status":"ERROR","responseObject":{"code":"ERROR_GENERIC","message":"error.overloaded","validationErrors":null,"remainingAttempts":null}}"#;
    assert_eq!(refused.body, body);
    assert_lives(&adapter).await;
    drop(under_way);
    let started = Instant::now();
    while send().await.status != 200 {
        assert!(started.elapsed() < PATIENCE, "those that hung up make room");
    }
}

#[tokio::test]
async fn under_a_burst_each_request_is_answered_or_refused() {
    let adapter = builder(&[("MAX_REQUESTS", "4")]).start().await;
    let requests = (0..32).map(|_| async {
        let mut connection = Connection::open(adapter.address()).await;
        let request = RawRequest::json(AUTHENTICATE, authenticate(USER, PASSWORD));
        connection.send(&request).await.expect("an answer").status
    });
    let statuses = join_all(requests).await;
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");
}

#[tokio::test]
async fn connections_over_the_limit_are_told_so_and_closed() {
    let adapter = builder(&[("MAX_CONNECTIONS", "3"), ("WORKERS", "2")]).start().await;
    let request = RawRequest::json(LOOKUP, lookup(USERNAME));
    let mut allowed = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(adapter.address()).await;
        assert_eq!(connection.send(&request).await.expect("an answer").status, 200);
        allowed.push(connection);
    }
    let mut surplus = Connection::open(adapter.address()).await;
    let refused = surplus.send(&request).await.expect("an answer");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.closes() && refused.body.contains("error.overloaded"), "{refused:?}");
    let mut health = Connection::open(adapter.address()).await;
    let lives = health.send(&RawRequest::bare("GET", "/health/live")).await.expect("an answer");
    assert!(lives.status == 200 && lives.closes(), "{lives:?}");
    for connection in &mut allowed {
        assert_eq!(connection.send(&request).await.expect("an answer").status, 200);
    }
    drop(allowed);
    let started = Instant::now();
    while Connection::open(adapter.address()).await.send(&request).await.expect("an answer").status != 200 {
        assert!(started.elapsed() < PATIENCE, "those that hung up make room");
    }
}

#[tokio::test]
async fn handshakes_that_never_end_hold_nobody_up() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n[server]\nworkers = 1\nheader_timeout_seconds = 12\n";
    let adapter = DataAdapter::builder().config(format!("{demo}{}", folder.section(""))).start().await;
    // More than the 256 that a worker of the HTTP server has at once by itself.
    let silent = join_all((0..400).map(|_| TcpStream::connect(adapter.address()))).await;
    let client = authority.http_builder(None).timeout(QUICKLY).build().expect("a client");
    let answer = client.get(adapter.url("/health/live")).send().await.expect("an answer at once");
    assert_eq!(answer.status(), 200);
    for connection in silent {
        let answer = until_closed(&mut connection.expect("a connection")).await;
        assert_eq!(answer, "");
    }
}

#[tokio::test]
async fn who_comes_in_a_crowd_while_nobody_accepts_is_answered_later() {
    // All of them are accepted before the last one sends anything.
    let adapter = builder(&[("HEADER_TIMEOUT_SECONDS", "300")]).start().await;
    adapter.signal("STOP").await;
    let crowd = join_all((0..400).map(|_| Connection::open(adapter.address())));
    let crowd = timeout(PATIENCE, crowd).await.expect("the kernel takes them all");
    adapter.signal("CONT").await;
    for mut connection in crowd {
        let answer = connection.send(&RawRequest::bare("GET", "/health/live")).await.expect("an answer");
        assert_eq!(answer.status, 200);
    }
}
