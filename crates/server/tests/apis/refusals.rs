//! Who words what the shell refuses.

use std::sync::Arc;
use std::time::Duration;

use data_adapter_server::{BodyLimits, HttpSettings, Parts, Refusal};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::bench::{
    ANY_CASE, ASKING, Answer, MOST, OTHER, ROOT, TOKEN, WITHIN, ask, parts, send, send_in_two, settings,
    somebody, start,
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
    let rests = [None, Some(b"ur".as_slice())];
    for answer in join_all(rests.map(|rest| send_in_two(address, half, rest))).await {
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

const NO_HEAD: &[u8] = b"\x16\x03\x01 this is no HTTP\r\n\r\n";

fn long_head(path: &str, header: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\n{header}: {}\r\n\r\n", "a".repeat(20_000)).into_bytes()
}

fn half_a_head(path: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: ").into_bytes()
}

#[actix_web::test]
async fn bytes_that_are_no_request_are_refused_plainly_where_no_api_is_at_the_root() {
    let address = start(settings(), parts([OTHER])).await;
    let title = "Request Header Fields Too Large";
    for path in ["/", "/otherwise", "/another?/other/echo"] {
        let answer = send(address, &long_head(path, "long")).await;
        assert_plain(&answer, 431, title, "The head has too many bytes.");
    }
    let answer = send(address, &half_a_head("/")).await;
    assert_plain(&answer, 408, "Request Timeout", "The request took too long to come.");
    assert_plain(&send(address, NO_HEAD).await, 400, "Bad Request", "This is no whole request.");
}

#[actix_web::test]
async fn bytes_that_are_no_request_are_refused_in_the_words_of_the_api_at_the_root() {
    let address = start(settings(), parts([OTHER, ROOT])).await;
    for (bytes, status, refusal) in [
        (long_head("/", "long"), 431, Refusal::HeadTooLarge),
        (half_a_head("/"), 408, Refusal::TooSlow),
        (NO_HEAD.to_vec(), 400, Refusal::Unreadable),
    ] {
        let answer = send(address, &bytes).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ROOT.words(refusal).as_str()));
        assert!(answer.has("content-type: text/made"), "{answer:?}");
    }
}

/// The id of an answer, which it has twice where its API has a name of its own for it.
fn id<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let begins = format!("{name}: ");
    let ids: Vec<_> = answer.head.lines().filter_map(|line| line.strip_prefix(&begins)).collect();
    assert_eq!((ids.len(), ids[0].len()), (1, 36), "{answer:?}");
    ids[0]
}

#[actix_web::test]
async fn what_is_refused_before_it_is_a_request_is_worded_by_the_api_that_its_request_line_names() {
    let address = start(settings(), parts([ROOT, OTHER, ASKING, ANY_CASE])).await;
    let two_hosts = |path| format!("POST {path} HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n").into_bytes();
    let no_header = |path| format!("POST {path} HTTP/1.1\r\nno header\r\n\r\n").into_bytes();
    let cases = [
        ("/asking/echo", ASKING),
        ("/%61sking/echo?a=/other", ASKING),
        ("http://bank.test//asking/echo", ASKING),
        ("/asking", ASKING),
        ("/bank/ANY/echo", ANY_CASE),
        ("/other/echo", OTHER),
        ("/askings", ROOT),
    ];
    let slow = join_all(cases.map(async |(path, _)| send(address, &half_a_head(path)).await));
    for ((path, api), answer) in cases.into_iter().zip(slow.await) {
        assert_eq!((answer.status, answer.body), (408, api.words(Refusal::TooSlow)), "{path}");
        for (bytes, status, refusal) in [
            (long_head(path, "long"), 431, Refusal::HeadTooLarge),
            (two_hosts(path), 400, Refusal::Unreadable),
            (no_header(path), 400, Refusal::Unreadable),
        ] {
            let answer = send(address, &bytes).await;
            assert_eq!((answer.status, answer.body), (status, api.words(refusal)), "{path}");
        }
    }
    let answer = send(address, &long_head("/asking/echo", "long")).await;
    assert_eq!(id(&answer, "echo-ref"), id(&answer, "x-request-id"));
    let answer = send(address, &long_head("/other/echo", "long")).await;
    assert!(!id(&answer, "x-request-id").is_empty() && !answer.has("echo-ref"), "{answer:?}");
}

#[actix_web::test]
async fn of_a_path_that_breaks_off_the_parts_that_came_whole_are_known() {
    let address = start(settings(), parts([ROOT, ASKING])).await;
    for (begins, api) in [("/asking/", ASKING), ("/asking?", ASKING), ("/asking", ROOT)] {
        let head = format!("GET {begins}{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(20_000));
        let answer = send(address, head.as_bytes()).await;
        assert_eq!((answer.status, answer.body), (431, api.words(Refusal::HeadTooLarge)), "{begins}");
    }
}

#[actix_web::test]
async fn what_is_refused_after_other_requests_is_worded_by_its_own_path() {
    let address = start(settings(), parts([OTHER, ASKING])).await;
    let before = "POST /other/echo HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n";
    let no_request = "POST /asking/echo HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n";
    let after = "POST /other/echo HTTP/1.1\r\nhost: a\r\n\r\n";
    let answer = send(address, format!("{before}{no_request}{after}").as_bytes()).await;
    let words = ASKING.words(Refusal::Unreadable);
    assert!(answer.body.ends_with(&words), "{answer:?}");
}

#[actix_web::test]
async fn a_head_that_is_too_large_by_a_header_of_the_api_is_told_which() {
    let address = start(settings(), parts([OTHER, ASKING])).await;
    let answer = send(address, &long_head("/asking/echo", "Echo-Name")).await;
    let words = ASKING.words(Refusal::HeaderTooLong("echo-name"));
    assert_eq!((answer.status, answer.body.as_str()), (413, words.as_str()));
    let elsewhere = send(address, &long_head("/other/echo", "Echo-Name")).await;
    assert_others(&elsewhere, 431, Refusal::HeadTooLarge);
}
