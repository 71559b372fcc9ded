//! Paths whose letters may be large or small.

use data_adapter_server::Refusal;

use crate::bench::{ANY_CASE, Answer, MOST, OTHER, ROOT, ask, parts, send, settings, start};

/// Whether an answer is a refusal in the words of the API at `/Bank/any`.
fn assert_its(answer: &Answer, status: u16, refusal: Refusal) {
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (status, ANY_CASE.words(refusal).as_str()),
        "{answer:?}"
    );
}

#[actix_web::test]
async fn an_api_may_be_asked_in_letters_of_any_case_encoded_or_not() {
    let address = start(settings(), parts([ROOT, OTHER, ANY_CASE])).await;
    for path in [
        "/Bank/any/echo",
        "/bank/any/echo",
        "/BANK/ANY/ECHO",
        "/bANK/Any//eChO",
        "/%42ANK/an%59/%45cho?A=%42",
    ] {
        let answer = ask(address, "POST", path, "", "four").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "4"), "{path}");
    }
}

#[actix_web::test]
async fn the_others_are_asked_letter_by_letter() {
    let address = start(settings(), parts([ROOT, OTHER, ANY_CASE])).await;
    for path in ["/Other/echo", "/ECHO", "/Bank/echo", "/Bank/anyone/echo", "/Bank%2fany/echo"] {
        let answer = ask(address, "POST", path, "", "four").await;
        assert_eq!((answer.status, answer.body), (404, ROOT.words(Refusal::UnknownPath)), "{path}");
    }
    let answer = ask(address, "POST", "/other/Echo", "", "four").await;
    assert_eq!((answer.status, answer.body), (404, OTHER.words(Refusal::UnknownPath)));
}

#[actix_web::test]
async fn what_is_refused_is_in_its_words_in_letters_of_any_case() {
    let address = start(settings(), parts([ROOT, ANY_CASE])).await;
    for prefix in ["/Bank/any", "/bank/ANY", "/b%41nk/any"] {
        assert_its(&ask(address, "GET", prefix, "", "").await, 404, Refusal::UnknownPath);
        let nowhere = format!("{prefix}/NoWhere/%C5%BD%2F");
        assert_its(&ask(address, "GET", &nowhere, "", "").await, 404, Refusal::UnknownPath);
        let echo = format!("{prefix}/Echo");
        assert_its(&ask(address, "PUT", &echo, "", "").await, 405, Refusal::WrongMethod("POST"));
        let long = "a".repeat(MOST + 1);
        assert_its(&ask(address, "POST", &echo, "", &long).await, 413, Refusal::TooLarge);
        let broken =
            format!("POST {echo} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nno chunk\r\n");
        assert_its(&send(address, broken.as_bytes()).await, 400, Refusal::Unreadable);
    }
}
