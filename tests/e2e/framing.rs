//! Where requests begin and end on a connection: heads that are long, requests that are sent ahead, chunks that are broken.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::pki::{Authority, TlsFolder};
use crate::support::raw::exchange;
use crate::support::{DataAdapter, PATIENCE};

/// What a head may have, as docs/callers-and-tls.md says.
const LONGEST_HEAD: usize = 16_384;

/// A head of this many bytes, the last line break included.
fn head(length: usize) -> String {
    let begin = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
    format!("{begin}{}\r\n\r\n", "x".repeat(length - begin.len() - 4))
}

async fn connect(adapter: &DataAdapter) -> TcpStream {
    TcpStream::connect(adapter.address()).await.expect("a connection")
}

/// Sends all of it, and reads what comes until the other side hangs up.
async fn last_words(connection: &mut TcpStream, bytes: &[u8]) -> String {
    let (mut reading, mut writing) = connection.split();
    let mut answers = Vec::new();
    let read = async { reading.read_to_end(&mut answers).await };
    // It may hang up before all is sent.
    let (_, read) = timeout(PATIENCE * 5, async { tokio::join!(writing.write_all(bytes), read) })
        .await
        .expect("the connection is closed in time");
    read.expect("it is closed, and not reset: a reset can take the answer along");
    String::from_utf8_lossy(&answers).into_owned()
}

/// The last answer says so, and has the body of every error.
fn assert_refused(answer: &str, status: u16, message: &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    assert!(head.to_lowercase().contains("connection: close"), "{answer:?}");
    let body: Value = serde_json::from_str(body).expect("the body is JSON, and all that follows");
    assert_eq!(body["responseObject"]["message"], message);
}

#[tokio::test]
async fn a_head_is_answered_up_to_the_documented_length_and_refused_from_the_next_byte_on() {
    let adapter = DataAdapter::start().await;
    let mut connection = connect(&adapter).await;
    for length in [1_000, LONGEST_HEAD - 1, LONGEST_HEAD, 100, LONGEST_HEAD] {
        let answer = exchange(&mut connection, head(length).as_bytes()).await;
        assert_eq!(answer.status, 200, "{length}");
    }
    for length in [LONGEST_HEAD + 1, 20_000, 24_000, 32_000, 200_000] {
        let mut first = connect(&adapter).await;
        let answer = last_words(&mut first, head(length).as_bytes()).await;
        assert_refused(&answer, 431, "error.requestTooLarge");
        // The same after others, which it may be read together with.
        for before in [1, 50] {
            let mut later = connect(&adapter).await;
            let ahead = head(100).repeat(before);
            let answers = last_words(&mut later, format!("{ahead}{}", head(length)).as_bytes()).await;
            let (answered, refused) = answers.rsplit_once("{\"status\":\"OK\"}").expect("answers");
            assert_eq!(answered.matches("HTTP/1.1 200").count(), before, "{length}");
            assert_refused(refused, 431, "error.requestTooLarge");
        }
    }
}

#[tokio::test]
async fn a_head_may_have_96_headers() {
    let adapter = DataAdapter::start().await;
    let with = |headers: usize| {
        let others: String = (1..headers).map(|number| format!("X-{number}: 1\r\n")).collect();
        format!("GET /health/live HTTP/1.1\r\nHost: localhost\r\n{others}\r\n")
    };
    let answer = exchange(&mut connect(&adapter).await, with(96).as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let refused = last_words(&mut connect(&adapter).await, with(97).as_bytes()).await;
    assert_refused(&refused, 431, "error.requestTooLarge");
}

#[tokio::test]
async fn white_space_around_a_value_counts_as_a_part_of_the_head() {
    let adapter = DataAdapter::start().await;
    let begin = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long:";
    let padded = format!("{begin}{}x\r\n\r\n", " ".repeat(20_000));
    assert_refused(
        &last_words(&mut connect(&adapter).await, padded.as_bytes()).await,
        431,
        "error.requestTooLarge",
    );
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused_over_tls_as_well() {
    let authority = Authority::new("ours");
    let folder = TlsFolder::with(&authority.server());
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n";
    let adapter = DataAdapter::builder().config(format!("{demo}{}", folder.section(""))).start().await;
    let client = authority.http(None);
    for (length, status) in [(15_000, 200), (17_000, 431), (30_000, 431)] {
        let request = client.get(adapter.url("/health/live")).header("x-long", "x".repeat(length));
        assert_eq!(request.send().await.expect("an answer").status(), status, "{length}");
    }
}

/// So many lookups, some with their length and some in chunks, each with its number as its id.
fn lookups(count: usize) -> String {
    let body = lookup(USERNAME);
    let request = |number: usize| {
        let head = format!(
            "POST {LOOKUP} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Request-Id: n-{number}\r\n"
        );
        if number.is_multiple_of(3) {
            let (first, rest) = body.split_at(10);
            let chunks = [first, rest].map(|chunk| format!("{:x};a=b\r\n{chunk}\r\n", chunk.len())).concat();
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\nX-Trailer: 1\r\n\r\n")
        } else {
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
        }
    };
    (0..count).map(request).collect()
}

/// The numbers of the answers, each of which is 200.
fn numbers(answers: &str) -> Vec<usize> {
    let heads = answers.split("HTTP/1.1 ").skip(1);
    heads
        .map(|answer| {
            assert!(answer.starts_with("200 "), "{answer}");
            let id = answer.split("x-request-id: n-").nth(1).and_then(|rest| rest.split("\r\n").next());
            id.and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("an id: {answer}"))
        })
        .collect()
}

#[tokio::test]
async fn a_thousand_requests_that_are_sent_ahead_are_all_answered_in_their_order() {
    const REQUESTS: usize = 1_000;
    let adapter = DataAdapter::start().await;
    let mut connection = connect(&adapter).await;
    let health = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let ahead = health.repeat(REQUESTS - 1) + last;
    let answers = last_words(&mut connection, ahead.as_bytes()).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), REQUESTS);
    assert!(answers.ends_with("{\"status\":\"OK\"}"), "each of them to its end");

    let mut connection = connect(&adapter).await;
    let answers = last_words(&mut connection, (lookups(REQUESTS) + last).as_bytes()).await;
    let (lookups, _) = answers.rsplit_once("HTTP/1.1 ").expect("the last answer");
    assert_eq!(numbers(lookups), (0..REQUESTS).collect::<Vec<_>>());
}

#[tokio::test]
async fn requests_that_were_sent_ahead_are_answered_when_the_client_has_nothing_more_to_say() {
    const REQUESTS: usize = 100;
    let adapter = DataAdapter::start().await;
    let mut connection = connect(&adapter).await;
    connection.write_all(lookups(REQUESTS).as_bytes()).await.expect("it can be sent");
    connection.shutdown().await.expect("one way can be closed");
    let answers = last_words(&mut connection, b"").await;
    assert_eq!(numbers(&answers), (0..REQUESTS).collect::<Vec<_>>());
}

#[tokio::test]
async fn requests_that_come_byte_by_byte_are_answered() {
    let adapter = DataAdapter::start().await;
    let mut connection = connect(&adapter).await;
    connection.set_nodelay(true).expect("a socket can be told not to wait");
    let last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let bytes = (lookups(4) + last).into_bytes();
    let (mut reading, mut writing) = connection.split();
    let write = async {
        for byte in &bytes {
            writing.write_all(std::slice::from_ref(byte)).await.expect("it can be sent");
            tokio::task::yield_now().await;
        }
    };
    let mut answers = String::new();
    let (read, ()) = tokio::join!(reading.read_to_string(&mut answers), write);
    read.expect("all answers come");
    let (lookups, _) = answers.rsplit_once("HTTP/1.1 ").expect("the last answer");
    assert_eq!(numbers(lookups), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_broken_chunk_gets_the_answer_that_the_log_says() {
    let mut adapter = DataAdapter::start().await;
    let head = |path: &str, id: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Request-Id: {id}\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        )
    };
    let broken = [
        "nonsense\r\n",
        "5\r\n{\"a\"}1\r\n",
        "5\r\n{\"a\"}xx",
        "ffffffffffffffffff\r\n",
        "-1\r\n",
        "\r\n\r\n",
    ];
    for (number, chunk) in broken.into_iter().enumerate() {
        for (path, status) in [(LOOKUP, 400), ("/nowhere", 404)] {
            let id = format!("broken-{number}-{status}");
            // At once, and when the request is waited for.
            for waits in [false, true] {
                let mut connection = connect(&adapter).await;
                let mut bytes = head(path, &id) + chunk + &"x".repeat(50_000);
                if waits {
                    let begin = head(path, &id) + "1\r\n{\r\n";
                    connection.write_all(begin.as_bytes()).await.expect("it can be sent");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    bytes = chunk.to_owned();
                }
                let answer = last_words(&mut connection, bytes.as_bytes()).await;
                let message = if status == 400 { "error.invalidRequest" } else { "error.notFound" };
                assert_refused(&answer, status, message);
            }
            adapter.logged(&id, 2).await;
        }
    }
}

#[tokio::test]
async fn whoever_sends_ahead_and_reads_nothing_is_waited_for_and_fills_no_memory() {
    const REQUESTS: usize = 50_000;
    let adapter = DataAdapter::start().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    // So that the system keeps little of either.
    socket.set_recv_buffer_size(64 * 1024).expect("a socket with little room");
    socket.set_send_buffer_size(64 * 1024).expect("a socket with little room");
    let mut connection = socket.connect(adapter.address()).await.expect("a connection");
    // An answer that is all head: the HTTP server itself waits only before it goes on with a body.
    let request = |more: &str| format!("GET /swagger-ui HTTP/1.1\r\nHost: localhost\r\n{more}\r\n");
    assert_eq!(exchange(&mut connection, request("").as_bytes()).await.status, 302);
    let before = crate::pressure::peak_memory_kib(adapter.pid());
    let bytes = request("").repeat(REQUESTS - 1) + &request("Connection: close\r\n");
    let (mut sent, mut reads_nothing) = (0, tokio::time::interval(std::time::Duration::from_secs(3)));
    reads_nothing.tick().await;
    // Until nothing more is taken for a while, or all of it was.
    while sent < bytes.len() {
        tokio::select! {
            biased;
            written = connection.write(&bytes.as_bytes()[sent..]) => {
                sent += written.expect("it can be sent");
                reads_nothing.reset();
            }
            _ = reads_nothing.tick() => break,
        }
    }
    let grown = crate::pressure::peak_memory_kib(adapter.pid()) - before;
    let answers = last_words(&mut connection, &bytes.as_bytes()[sent..]).await;
    assert_eq!(answers.matches("HTTP/1.1 302").count(), REQUESTS);
    assert!(
        grown < 8 * 1024,
        "{grown} KiB more, for {} of answers, {sent} of {}",
        answers.len(),
        bytes.len()
    );
}
