//! An API that asks by itself who calls.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_adapter_server::{
    Access, Api as _, BodyLimits, Callers, CertificateFault, Certificates, Denial, DenialWatcher,
    HttpSettings, Parts, Refusal,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bench::{ASKING, OTHER, TOKEN, ask, parts, settings, somebody, start};

const NAME: &str = "x-name: partner\r\n";

#[actix_web::test]
async fn the_shell_asks_nobody_who_calls_it_and_everybody_who_calls_another() {
    let parts = Parts { callers: Arc::new(somebody()), ..parts([OTHER, ASKING]) };
    let address = start(settings(), parts).await;
    assert_eq!(ask(address, "POST", "/asking/echo", NAME, "four").await.body, "4");
    let with_token = format!("{NAME}authorization: Bearer {TOKEN}\r\n");
    assert_eq!(
        ask(address, "POST", "/asking/echo", &with_token, "four").await.body,
        "4",
        "its paths are the API's"
    );
    let answer = ask(address, "GET", "/asking/nowhere", "", "").await;
    assert_eq!((answer.status, answer.body), (404, ASKING.words(Refusal::UnknownPath)));
    for path in ["/other/echo", "/askingx/echo", "/echo"] {
        assert_eq!(ask(address, "POST", path, NAME, "four").await.status, 401, "{path}");
    }
}

#[actix_web::test]
async fn a_certificate_that_everybody_has_to_show_is_asked_for_there_too() {
    let callers = Arc::new(Callers::new(Vec::new(), Vec::new(), true));
    let address = start(settings(), Parts { callers, ..parts([ASKING]) }).await;
    let answer = ask(address, "POST", "/asking/echo", NAME, "four").await;
    assert_eq!((answer.status, answer.body), (401, ASKING.words(Refusal::Unauthorized)));
}

/// Who was turned away from where.
#[derive(Default)]
struct Denials(Mutex<Vec<(Denial, Option<String>)>>);

impl DenialWatcher for Denials {
    fn denied(&self, denial: Denial, _: Option<IpAddr>, path: Option<&str>) {
        self.0.lock().expect("nobody panicked").push((denial, path.map(str::to_owned)));
    }

    fn refused(&self, _: CertificateFault, _: Option<IpAddr>) {}
}

#[actix_web::test]
async fn whom_it_turns_away_is_told_to_whoever_watches() {
    let denials = Arc::new(Denials::default());
    let callers = Arc::new(somebody().watched_by(Arc::clone(&denials) as _));
    let address = start(settings(), Parts { callers, ..parts([ASKING]) }).await;
    assert_eq!(ask(address, "POST", "/asking/echo", "", "four").await.body, "say your name");
    assert_eq!(ask(address, "POST", "/asking/echo", NAME, "four").await.status, 200);
    let told = denials.0.lock().unwrap().clone();
    assert_eq!(told, [(Denial::Unauthorized, Some("/asking/echo".to_owned()))]);
}

/// A request whose body has not come yet.
struct Waiting(TcpStream);

impl Waiting {
    async fn start(address: SocketAddr) -> Self {
        let mut connection = TcpStream::connect(address).await.expect("a connection");
        let head = format!(
            "POST /asking/echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{NAME}content-length: 4\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).await.expect("it is read");
        Self(connection)
    }

    async fn finish(mut self) -> String {
        self.0.write_all(b"four").await.expect("it is read");
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).await.expect("an answer");
        answer
    }
}

/// Asks until the answer has this status.
async fn ask_until(address: SocketAddr, headers: &str, status: u16) -> String {
    loop {
        let answer = ask(address, "POST", "/asking/echo", headers, "four").await;
        if answer.status == status {
            return answer.body;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix_web::test]
async fn a_caller_that_it_lets_in_has_three_quarters_of_the_requests_and_leaves_the_rest_to_others() {
    let bodies = BodyLimits { timeout: Duration::from_secs(60), ..parts([]).bodies };
    let four = HttpSettings { max_requests: 4, ..settings() };
    let address = start(four, Parts { bodies, ..parts([ASKING]) }).await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(Waiting::start(address).await);
    }
    assert_eq!(ask_until(address, NAME, 503).await, ASKING.words(Refusal::Overloaded));
    assert_eq!(ask(address, "POST", "/asking/echo", "x-name: another\r\n", "four").await.body, "4");
    assert_eq!(ask(address, "POST", "/asking/echo", NAME, "four").await.status, 503, "its share is taken");
    assert!(waiting.remove(0).finish().await.ends_with("\r\n\r\n4"));
    assert_eq!(ask_until(address, NAME, 200).await, "4", "and given back");
}

#[test]
fn its_document_says_nothing_of_the_tokens_of_the_shell() {
    let of = |certificates| Access { tokens: true, certificates };
    for (certificates, left) in [
        (Certificates::Unused, Access::default()),
        (Certificates::InPlaceOfToken, Access::default()),
        (Certificates::Required, Access { tokens: false, certificates: Certificates::Required }),
    ] {
        assert_eq!(of(certificates).for_api(ASKING.asks_callers()), left);
        assert_eq!(of(certificates).for_api(OTHER.asks_callers()), of(certificates));
    }
}

#[actix_web::test]
async fn an_api_may_repeat_the_id_of_a_request_under_a_name_of_its_own() {
    let address = start(settings(), parts([ASKING, OTHER])).await;
    let known = "x-name: somebody\r\nx-request-id: id-7\r\n";
    let answers = [
        (200, ask(address, "POST", "/asking/echo", known, "four").await),
        (401, ask(address, "POST", "/asking/echo", "x-request-id: id-7\r\n", "four").await),
        (404, ask(address, "GET", "/asking/nowhere", known, "").await),
        (405, ask(address, "GET", "/asking/echo", known, "").await),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.has("x-request-id: id-7") && answer.has("echo-ref: id-7"), "{answer:?}");
    }
    let answer = ask(address, "POST", "/other/echo", known, "four").await;
    assert!(answer.has("x-request-id: id-7") && !answer.head.contains("echo-ref"), "{answer:?}");
}

#[actix_web::test]
async fn a_refusal_that_an_api_has_no_words_for_has_no_type_either() {
    let address = start(settings(), parts([ASKING])).await;
    let answer = ask(address, "GET", "/asking/echo", NAME, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (405, ""), "{answer:?}");
    assert!(!answer.head.contains("content-type"), "{answer:?}");
}
