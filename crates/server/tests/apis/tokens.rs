//! The tokens of the sandbox: who gets one, and who does not.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_server::{BodyLimits, MadeToken, Parts, TokenDesk};
use serde_json::{Value, json};

use crate::bench::{Answer, OTHER, ask, parts, settings, start};
use crate::pushes::pages;

/// Knows one user and one programme.
struct Desk;

#[async_trait]
impl TokenDesk for Desk {
    async fn token(&self, user: &str, programme: &str) -> Result<MadeToken, AdapterError> {
        match (user, programme) {
            (_, "unheard-of") => Ok(MadeToken::UnknownProgramme),
            ("nobody", _) => Ok(MadeToken::UnknownUser),
            (_, "elsewhere") => Ok(MadeToken::NoKey),
            ("away", _) => Err(AdapterError::Remote("nobody is there".to_owned())),
            (user, programme) => Ok(MadeToken::Made(format!("{programme}:{user}").into())),
        }
    }
}

async fn sandbox(has_desk: bool) -> SocketAddr {
    let pages = if has_desk { pages().with_tokens(Arc::new(Desk)) } else { pages() };
    let parts = parts([OTHER]);
    let bodies = BodyLimits { max: 1024, ..parts.bodies };
    start(settings(), Parts { sandbox: Some(Arc::new(pages)), bodies, ..parts }).await
}

const JSON: &str = "content-type: application/json\r\n";

async fn asked(address: SocketAddr, headers: &str, body: &str) -> Answer {
    ask(address, "POST", "/sandbox/tokens", headers, body).await
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_default()
}

#[actix_web::test]
async fn whoever_explores_gets_a_token_of_a_user() {
    let answer = asked(sandbox(true).await, JSON, r#"{"userId":"u","programme":"p"}"#).await;
    assert_eq!((answer.status, body(&answer)), (200, json!({"token": "p:u"})), "{answer:?}");
    assert!(answer.has("cache-control: no-store"), "{answer:?}");
}

#[actix_web::test]
async fn who_gets_no_token_is_told_why() {
    let address = sandbox(true).await;
    for (user, programme, status, why) in [
        ("u", "unheard-of", 404, "There is no such programme."),
        ("nobody", "p", 404, "There is no such user."),
        ("u", "elsewhere", 409, "Tokens are signed elsewhere: only their public keys are here."),
    ] {
        let answer = asked(address, JSON, &json!({"userId": user, "programme": programme}).to_string()).await;
        assert_eq!((answer.status, &body(&answer)["detail"]), (status, &json!(why)), "{answer:?}");
        assert!(answer.has("content-type: application/problem+json"), "{answer:?}");
    }
    let answer = asked(address, JSON, r#"{"userId":"away","programme":"p"}"#).await;
    assert_eq!(answer.status, 503, "{answer:?}");
}

#[actix_web::test]
async fn what_is_no_such_request_is_refused() {
    let address = sandbox(true).await;
    let right = r#"{"userId":"u","programme":"p"}"#;
    for (headers, asked_with) in [
        ("", right),
        ("content-type: text/plain\r\n", right),
        (JSON, ""),
        (JSON, "[]"),
        (JSON, r#"{"userId":"u"}"#),
        (JSON, r#"{"userId":1,"programme":"p"}"#),
        (JSON, r#"{"userId":"u","userId":"v","programme":"p"}"#),
    ] {
        let answer = asked(address, headers, asked_with).await;
        assert_eq!(answer.status, 400, "{asked_with} {answer:?}");
        assert!(!answer.body.contains("token\""), "{answer:?}");
    }
    assert_eq!(ask(address, "GET", "/sandbox/tokens", "", "").await.status, 405);
}

#[actix_web::test]
async fn a_page_of_someone_else_gets_no_token() {
    let address = sandbox(true).await;
    let right = r#"{"userId":"u","programme":"p"}"#;
    for headers in ["sec-fetch-site: cross-site\r\n", "origin: http://evil.example\r\n"] {
        let answer = asked(address, &format!("{JSON}{headers}"), right).await;
        assert_eq!((answer.status, answer.body.contains("p:u")), (403, false), "{answer:?}");
    }
}

#[actix_web::test]
async fn where_nobody_makes_tokens_there_is_nothing_to_ask() {
    let answer = asked(sandbox(false).await, JSON, r#"{"userId":"u","programme":"p"}"#).await;
    assert_eq!(answer.status, 404, "{answer:?}");
}
