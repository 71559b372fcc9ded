//! Who words what the shell refuses.

use std::sync::Arc;
use std::time::Duration;

use data_adapter_server::{BodyLimits, HttpSettings, Parts, Refusal};
use serde_json::{Value, json};

use crate::bench::{
    Answer, MOST, OTHER, ROOT, TOKEN, WITHIN, ask, parts, send, send_in_two, settings, somebody, start,
};

/// Whether an answer is a refusal in the words of the API at `/other`.
fn assert_others(answer: &Answer, status: u16, refusal: Refusal) {
    assert_eq!((answer.status, answer.body.as_str()), (status, OTHER.words(refusal).as_str()), "{answer:?}");
    assert!(answer.has("content-type: text/made"), "{answer:?}");
    assert!(answer.has("cache-control: no-store"), "{answer:?}");
}

/// Whether an answer is a refusal in no API's words.
fn assert_plain(answer: &Answer, status: u16, title: &str, detail: &str) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    assert_eq!(body, json!({"title": title, "status": status, "detail": detail}), "{answer:?}");
    assert_eq!(answer.status, status);
    assert!(answer.has("content-type: application/problem+json"), "{answer:?}");
    assert!(answer.has("cache-control: no-store"), "{answer:?}");
}

#[actix_web::test]
async fn an_api_is_served_at_its_path_and_nowhere_else() {
    let address = start(settings(), parts([OTHER])).await;
    let answer = ask(address, "POST", "/other/echo", "", "four").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "4"));
    assert_eq!(ask(address, "POST", "/echo", "", "four").await.status, 404);
}

#[actix_web::test]
async fn an_unknown_path_is_worded_by_the_api_that_it_lies_below_or_plainly() {
    let address = start(settings(), parts([OTHER])).await;
    // A percent-encoded letter is that letter, as for the router.
    for path in ["/other/nowhere", "/other", "/other/", "/other/echo/more", "/%6fther/nowhere"] {
        assert_others(&ask(address, "GET", path, "", "").await, 404, Refusal::UnknownPath);
    }
    for path in ["/", "/nowhere", "/otherwise", "/Other/echo", "/other%2fecho", "/%2fother/nowhere"] {
        let answer = ask(address, "GET", path, "", "").await;
        assert_plain(&answer, 404, "Not Found", "There is nothing at this path.");
    }
}

#[actix_web::test]
async fn the_longest_path_that_a_request_lies_below_decides() {
    let address = start(settings(), parts([ROOT, OTHER, WITHIN])).await;
    for (path, api) in [
        ("/nowhere", ROOT),
        ("/otherwise", ROOT),
        ("/other/nowhere", OTHER),
        ("/other/withing", OTHER),
        ("/other/within/nowhere", WITHIN),
        ("/other/within", WITHIN),
    ] {
        let answer = ask(address, "GET", path, "", "").await;
        assert_eq!((answer.status, answer.body), (404, api.words(Refusal::UnknownPath)), "{path}");
    }
    for path in ["/echo", "/other/echo", "/other/within/echo"] {
        assert_eq!(ask(address, "POST", path, "", "four").await.body, "4", "{path}");
    }
}

#[actix_web::test]
async fn a_wrong_method_is_worded_by_the_api_or_plainly_and_says_which_is_right() {
    let address = start(settings(), parts([OTHER])).await;
    let answer = ask(address, "GET", "/other/echo", "", "").await;
    assert_others(&answer, 405, Refusal::WrongMethod("POST"));
    assert!(answer.has("allow: post"), "{answer:?}");
    let answer = ask(address, "POST", "/health/live", "", "").await;
    assert_plain(&answer, 405, "Method Not Allowed", "This path is not called with this method.");
    assert!(answer.has("allow: get, head"), "{answer:?}");
}

#[actix_web::test]
async fn who_is_not_let_in_reads_it_in_the_words_of_the_api_or_plainly() {
    let parts = Parts { callers: Arc::new(somebody()), ..parts([OTHER]) };
    let address = start(settings(), parts).await;
    let answer = ask(address, "POST", "/other/echo", "", "four").await;
    assert_others(&answer, 401, Refusal::Unauthorized);
    assert!(answer.has("www-authenticate: bearer realm=\"data-adapter\""), "{answer:?}");
    let answer = ask(address, "GET", "/nowhere", "", "").await;
    assert_plain(&answer, 401, "Unauthorized", "The caller does not say who it is, or not rightly.");
    assert!(answer.has("www-authenticate: bearer realm=\"data-adapter\""), "{answer:?}");
    let known = format!("authorization: Bearer {TOKEN}\r\n");
    assert_others(&ask(address, "POST", "/other/echo", &known, "four").await, 403, Refusal::Forbidden);
    let answer = ask(address, "GET", "/nowhere", &known, "").await;
    assert_plain(&answer, 403, "Forbidden", "The caller may not use this path.");
}

#[actix_web::test]
async fn what_is_over_the_limit_reads_it_in_the_words_of_the_api_or_plainly() {
    let none = HttpSettings { max_requests: 0, ..settings() };
    let address = start(none, parts([OTHER])).await;
    let answer = ask(address, "POST", "/other/echo", "", "four").await;
    assert_others(&answer, 503, Refusal::Overloaded);
    assert!(answer.has("retry-after: 1"), "{answer:?}");
    let answer = ask(address, "GET", "/nowhere", "", "").await;
    assert_plain(
        &answer,
        503,
        "Service Unavailable",
        "There is more to do than is allowed at once; try again.",
    );
    assert!(answer.has("retry-after: 1"), "{answer:?}");
}

#[actix_web::test]
async fn a_body_for_which_there_is_no_room_among_all_is_over_the_limit_too() {
    let no_room = HttpSettings { max_body_bytes_held: 3, ..settings() };
    let address = start(no_room, parts([OTHER])).await;
    let in_two =
        b"POST /other/echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
        2\r\nfo\r\n2\r\nur\r\n0\r\n\r\n";
    assert_others(&send(address, in_two).await, 503, Refusal::Overloaded);
    assert_eq!(ask(address, "POST", "/other/echo", "", "two").await.body, "3", "what it had is given back");
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_refused_in_the_words_of_the_api_announced_or_not() {
    let address = start(settings(), parts([OTHER])).await;
    let answer = ask(address, "POST", "/other/echo", "", &"a".repeat(MOST + 1)).await;
    assert_others(&answer, 413, Refusal::TooLarge);
    let chunked =
        b"POST /other/echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
        9\r\n123456789\r\n9\r\n123456789\r\n0\r\n\r\n";
    assert_others(&send(address, chunked).await, 413, Refusal::TooLarge);
    assert_eq!(ask(address, "POST", "/other/echo", "", &"a".repeat(MOST)).await.body, MOST.to_string());
}

#[actix_web::test]
async fn a_body_that_is_too_slow_is_refused_in_the_words_of_the_api_and_ends_the_connection() {
    let address = start(settings(), parts([OTHER])).await;
    let half = b"POST /other/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nfo";
    for rest in [None, Some(b"ur".as_slice())] {
        let answer = send_in_two(address, half, rest).await;
        assert_others(&answer, 408, Refusal::TooSlow);
        assert!(answer.has("connection: close"), "{answer:?}");
    }
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_refused_in_the_words_of_the_api() {
    let long = BodyLimits { max: MOST, timeout: Duration::from_secs(60) };
    let address = start(settings(), Parts { bodies: long, ..parts([OTHER]) }).await;
    let broken = b"POST /other/echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nno chunk\r\n";
    assert_others(&send(address, broken).await, 400, Refusal::Unreadable);
}

/// What is no request has no path, whatever was meant.
const LONG_HEAD: &str = "GET /other/echo HTTP/1.1\r\nhost: a\r\nlong: ";
const NO_HEAD: &[u8] = b"\x16\x03\x01 this is no HTTP\r\n\r\n";
const HALF_A_HEAD: &[u8] = b"GET /other/echo HTTP/1.1\r\nhost: ";

fn long_head() -> Vec<u8> {
    [LONG_HEAD.as_bytes(), &[b'a'; 20_000], b"\r\n\r\n"].concat()
}

#[actix_web::test]
async fn bytes_that_are_no_request_are_refused_plainly_where_no_api_is_at_the_root() {
    let address = start(settings(), parts([OTHER])).await;
    let title = "Request Header Fields Too Large";
    assert_plain(&send(address, &long_head()).await, 431, title, "The head has too many bytes.");
    let answer = send(address, HALF_A_HEAD).await;
    assert_plain(&answer, 408, "Request Timeout", "The request took too long to come.");
    assert_plain(&send(address, NO_HEAD).await, 400, "Bad Request", "This is no whole request.");
}

#[actix_web::test]
async fn bytes_that_are_no_request_are_refused_in_the_words_of_the_api_at_the_root() {
    let address = start(settings(), parts([OTHER, ROOT])).await;
    for (bytes, status, refusal) in [
        (long_head(), 431, Refusal::HeadTooLarge),
        (HALF_A_HEAD.to_vec(), 408, Refusal::TooSlow),
        (NO_HEAD.to_vec(), 400, Refusal::Unreadable),
    ] {
        let answer = send(address, &bytes).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ROOT.words(refusal).as_str()));
        assert!(answer.has("content-type: text/made"), "{answer:?}");
    }
}
