//! Services that misbehave, each in its own way.

use std::time::{Duration, Instant};

use data_adapter_core::AdapterError;
use data_adapter_json_client::{Connections, JsonClient, TlsFiles};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Far longer than an answer takes on any machine.
const DEADLINE: Duration = Duration::from_secs(5);
/// Far longer than the deadline, for a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a service sends: pieces, with a pause before each but the first. Then it hangs up.
#[derive(Clone)]
struct Script {
    pieces: Vec<String>,
    pause: Duration,
}

impl Script {
    fn at_once(pieces: impl IntoIterator<Item = String>) -> Self {
        Self { pieces: pieces.into_iter().collect(), pause: Duration::ZERO }
    }

    fn answer(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
        Self::at_once([head + body])
    }

    async fn play(self, mut connection: TcpStream, heard: UnboundedSender<String>) {
        let mut request = vec![0; 16 * 1024];
        let read = connection.read(&mut request).await.unwrap_or_default();
        // Not every test listens.
        let _ = heard.send(String::from_utf8_lossy(&request[..read]).into_owned());
        for (index, piece) in self.pieces.iter().enumerate() {
            tokio::time::sleep(if index == 0 { Duration::ZERO } else { self.pause }).await;
            if connection.write_all(piece.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// A service that keeps to its script, and the requests that it gets.
async fn service(script: Script) -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}/api", listener.local_addr().expect("it has an address"));
    let (heard, requests) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(script.clone().play(connection, heard.clone()));
        }
    });
    (url, requests)
}

fn client(url: &str) -> JsonClient {
    JsonClient::new(url, "MARKED".into(), DEADLINE, Connections::default(), &TlsFiles::default())
        .expect("the settings can be used")
}

/// What the log says of a service that keeps to this script, and can't be understood.
async fn remote(script: Script) -> String {
    let (url, _requests) = service(script).await;
    let started = Instant::now();
    let result = client(&url).get::<Vec<String>>(&["phones", "MARKED"], &[("name", "MARKED")]).await;
    assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
    let error = result.expect_err("it is no answer");
    assert!(matches!(error, AdapterError::Remote(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("127.0.0.1") && !text.contains("MARKED"), "{text}");
    text
}

#[tokio::test]
async fn any_status_but_200_and_404_is_remote() {
    for status in ["500 Oops", "401 Who", "403 No", "201 Made", "503 Later"] {
        let why = remote(Script::answer(status, "", "[]")).await;
        assert!(why.contains(&status[..3]), "{why}");
    }
}

#[tokio::test]
async fn a_status_that_finds_fault_with_what_is_asked_is_about_this_one() {
    for status in ["400 Bad", "409 Two", "410 Gone", "422 Odd"] {
        let (url, _requests) = service(Script::answer(status, "", "[]")).await;
        let error = client(&url).get::<()>(&["users"], &[]).await.expect_err("it is no answer");
        assert!(matches!(&error, AdapterError::Unanswerable(why) if why.contains(&status[..3])), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_of_another_shape_is_remote_and_not_quoted() {
    for body in ["", "<b>MARKED</b>", "{\"MARKED\":1}", "[\"MARKED\"", "\"MARKED\"", "[\"MARKED\"] MARKED"] {
        let why = remote(Script::answer("200 OK", "", body)).await;
        assert!(why.contains("can't be understood"), "{why}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_an_answer_changes_nothing() {
    let (url, _requests) = service(Script::answer("200 OK", "", "\u{feff}[\"a\"]")).await;
    let found: Option<Vec<String>> = client(&url).get(&["users"], &[]).await.expect("an answer");
    let told: Vec<String> = client(&url).post(&["users"], &()).await.expect("an answer");
    assert_eq!((found, told), (Some(vec!["a".to_owned()]), vec!["a".to_owned()]));
    let why = remote(Script::answer("200 OK", "", "\u{feff}\u{feff}[]")).await;
    assert!(why.contains("can't be understood"), "{why}");
}

#[tokio::test]
async fn half_an_answer_is_remote() {
    for half in ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[\"a\"", "HTTP/1.1 200", "", "MARKED\r\n\r\n"]
    {
        remote(Script::at_once([half.to_owned()])).await;
    }
}

#[tokio::test]
async fn a_service_that_hangs_or_drips_is_remote_at_the_deadline() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[".to_owned();
    let hangs = Script { pieces: vec![String::new(), head.clone()], pause: PATIENCE };
    let drip = std::iter::once(head).chain(std::iter::repeat_n(" ".to_owned(), 1000));
    let drips = Script { pieces: drip.collect(), pause: Duration::from_millis(50) };
    let both = tokio::join!(remote(hangs), remote(drips));
    for why in [both.0, both.1] {
        assert!(why.contains("timed out"), "{why}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[".to_owned();
    let endless = std::iter::once(head).chain(std::iter::repeat_n(" ".repeat(64 * 1024), 64));
    let why = remote(Script::at_once(endless)).await;
    assert!(why.contains("1048576 bytes"), "{why}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, mut requests) = service(Script::answer("200 OK", "", "[]")).await;
    remote(Script::answer("307 Elsewhere", &format!("Location: {elsewhere}\r\n"), "")).await;
    assert!(requests.try_recv().is_err(), "nobody came");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    drop(listener);
    let error = client(&url).get::<()>(&["status"], &[]).await.expect_err("nobody answers");
    assert!(matches!(error, AdapterError::Unreachable(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("refused") && !text.contains("MARKED"), "{text}");
}

#[tokio::test]
async fn nothing_at_a_path_is_an_answer_to_get_and_none_to_post() {
    let (url, _requests) = service(Script::answer("404 Not Found", "", "")).await;
    assert_eq!(client(&url).get::<String>(&["users", "1"], &[]).await.expect("it is an answer"), None);
    let posted = client(&url).post::<String>(&["events"], &"x").await;
    assert!(matches!(posted, Err(AdapterError::Remote(_))), "{posted:?}");
}

#[tokio::test]
async fn a_request_carries_token_query_and_body_below_the_url() {
    let (url, mut requests) = service(Script::answer("200 OK", "", "null")).await;
    client(&url).get::<()>(&["users"], &[("name", "a&b=c d")]).await.expect("an answer");
    let request = requests.recv().await.expect("it was asked");
    assert!(request.starts_with("GET /api/users?name=a%26b%3Dc+d HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer MARKED\r\n"), "{request}");
    client(&url).post::<()>(&["events"], &["x"]).await.expect("an answer");
    let request = requests.recv().await.expect("it was asked");
    assert!(request.starts_with("POST /api/events HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\n[\"x\"]"), "{request}");
}

#[test]
fn a_token_goes_by_https_or_nowhere() {
    let refusal = |url: &str, token: &str| {
        let client =
            JsonClient::new(url, token.into(), DEADLINE, Connections::default(), &TlsFiles::default());
        client.err().map(|error| error.to_string())
    };
    for url in ["https://core.test", "https://core.test/api/", "http://localhost:1", "http://[::1]:1/api"] {
        assert_eq!(refusal(url, "t"), None, "{url}");
    }
    for url in ["http://core.test", "http://localhost.core.test", "http://127.0.0.1.core.test"] {
        assert!(refusal(url, "t").is_some_and(|why| why.contains("https://")), "{url}");
    }
    for url in ["", "core.test", "ftp://core.test", "unix:/socket", "http://"] {
        assert!(refusal(url, "t").is_some_and(|why| why.contains("`url` is not")), "{url}");
    }
    for token in ["MARKED\n", "MARKED token", "MARKEDž", ""] {
        let why = refusal("https://core.test", token).expect("it is refused");
        assert!(why.contains("`token`") && !why.contains("MARKED"), "{why}");
    }
    let hasty = JsonClient::new(
        "https://core.test",
        "t".into(),
        Duration::ZERO,
        Connections::default(),
        &TlsFiles::default(),
    );
    assert!(hasty.err().is_some_and(|error| error.to_string().contains("`timeout_ms`")));
}
