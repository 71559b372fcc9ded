//! Who is let in: callers with a token, at their paths.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};

use crate::bad_input::paths::earlier_paths;
use crate::bad_input::raw::{Connection, RawRequest};
use crate::codes::rent;
use crate::support::payloads::{
    CONTEXT_PATH, LOOKUP, SERVICE_STATUS, SMS_CREATE, USER, USERNAME, lookup, sms_create,
};
use crate::support::{Answer, DataAdapter};

pub(crate) const TOKEN: &str = "a-token-of-the-tests-for-web-flow";
pub(crate) const TEXTING: &str = "another-token-for-the-one-who-texts";

/// The sandbox with two callers: one for everything, one for texting.
pub(crate) fn configuration() -> String {
    format!(
        "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n{}{}",
        caller("web-flow", TOKEN, "[]"),
        caller("texting", TEXTING, r#"["/api/auth/sms"]"#)
    )
}

pub(crate) fn caller(name: &str, token: &str, paths: &str) -> String {
    let digest = Sha256::digest(token).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("[[callers.allowed]]\nname = \"{name}\"\ntoken_sha256 = \"{digest}\"\npaths = {paths}\n")
}

fn basic(name: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{token}")))
}

/// Posts a lookup, or whatever the path makes of it.
async fn post(adapter: &DataAdapter, path: &str, authorization: Option<&str>) -> Answer {
    let request = adapter.client().post(adapter.url(path)).header("content-type", "application/json");
    let request = request.body(lookup(USERNAME));
    adapter
        .send(authorization.into_iter().fold(request, |request, value| request.header(AUTHORIZATION, value)))
        .await
}

fn assert_refused(answer: &Answer, status: u16, message: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text);
    let body = format!(
        r#"{{"status":"ERROR","responseObject":{{"code":"ERROR_GENERIC","message":"{message}","validationErrors":null,"remainingAttempts":null}}}}"#
    );
    assert_eq!(answer.text, body, "{what}");
}

#[tokio::test]
async fn a_caller_is_let_in_with_its_token_and_named_in_the_log() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    for authorization in [format!("Bearer {TOKEN}"), basic("web-flow", TOKEN)] {
        for path in [LOOKUP.to_owned(), format!("{CONTEXT_PATH}{LOOKUP}")] {
            let answer = post(&adapter, &path, Some(&authorization)).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        }
    }
    post(&adapter, LOOKUP, None).await;
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("caller=web-flow").count(), 4, "{log}");
    assert!(!log.contains(TOKEN), "{log}");
}

#[tokio::test]
async fn nobody_else_is_let_in_anywhere() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let wrong = [
        None,
        Some("Bearer wrong".to_owned()),
        Some(format!("Bearer {TOKEN}x")),
        Some(format!("Digest {TOKEN}")),
        Some(basic("web-flow", "wrong")),
        Some(basic("nobody", TOKEN)),
        Some(basic("texting", TOKEN)),
    ];
    for authorization in &wrong {
        let answer = post(&adapter, LOOKUP, authorization.as_deref()).await;
        assert_refused(&answer, 401, "error.callerUnauthorized", &format!("{authorization:?}"));
        let schemes: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert!(schemes.iter().any(|scheme| scheme.as_bytes().starts_with(b"Basic realm=")), "{schemes:?}");
        assert!(schemes.iter().any(|scheme| scheme.as_bytes().starts_with(b"Bearer realm=")), "{schemes:?}");
        assert!(answer.headers.contains_key("x-request-id"));
    }
    let others = [SERVICE_STATUS, "/sandbox/messages", "/sandbox/inbox", "/sandbox/inbox.css", "/nowhere"];
    for path in earlier_paths().into_iter().map(|path| path.path).chain(others) {
        for path in [path.to_owned(), format!("{CONTEXT_PATH}{path}")] {
            let answers = [adapter.post(&path, lookup(USERNAME)).await, adapter.get(&path).await];
            for answer in answers {
                assert_refused(&answer, 401, "error.callerUnauthorized", &path);
            }
        }
    }
}

#[tokio::test]
async fn a_caller_gets_no_further_than_its_paths() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let texting = format!("Bearer {TEXTING}");
    let spellings = [
        SMS_CREATE.to_owned(),
        format!("/{SMS_CREATE}"),
        SMS_CREATE.replacen("/sms/", "//sms/", 1),
        SMS_CREATE.replacen("/sms/", "/sms//", 1),
        format!("{CONTEXT_PATH}{SMS_CREATE}"),
        format!("{CONTEXT_PATH}/{SMS_CREATE}"),
        format!("/{CONTEXT_PATH}{SMS_CREATE}"),
    ];
    for path in spellings {
        let request = adapter.client().post(adapter.url(&path)).header("content-type", "application/json");
        let request = request.bearer_auth(TEXTING).body(sms_create(USER, &rent("op")));
        let answer = adapter.send(request).await;
        assert_eq!(answer.object()["smsDeliveryResult"], "SUCCEEDED", "{path}: {}", answer.text);
    }
    for path in
        earlier_paths().into_iter().map(|path| path.path).filter(|path| !path.starts_with("/api/auth/sms"))
    {
        for path in [path.to_owned(), format!("{CONTEXT_PATH}{path}"), format!("{CONTEXT_PATH}/{path}")] {
            let answer = post(&adapter, &path, Some(&texting)).await;
            assert_refused(&answer, 403, "error.callerForbidden", &path);
        }
    }
    let messages = adapter.client().get(adapter.url("/sandbox/messages")).bearer_auth(TEXTING);
    assert_refused(&adapter.send(messages).await, 403, "error.callerForbidden", "the codes of others");
    let log = adapter.terminate().await.stderr;
    let refused = log.lines().filter(|line| line.contains("error=Forbidden")).collect::<Vec<_>>();
    assert!(!refused.is_empty() && refused.iter().all(|line| line.contains("caller=texting")), "{log}");
}

#[tokio::test]
async fn no_spelling_of_a_path_gets_around_that() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let tricks = [
        "/api/auth/sms/../user/lookup",
        "/api/auth/sms/%2e%2e/user/lookup",
        "/api/auth/sms/..%2fuser/lookup",
        "/api/auth/sms%2f..%2fuser/lookup",
        "/api/auth/%75ser/lookup",
        "/%61pi/auth/user/lookup",
        "//api/auth/user/lookup",
        "/api//auth/user/lookup",
        "/./api/auth/user/lookup",
        "/api/auth/sms/../../../api/auth/user/lookup",
        "/powerauth-data-adapter//api/auth/user/lookup",
        "/api/auth/sms//../user/lookup",
        "/api/auth//sms/../user/lookup",
        "/api/auth/sms///../../user/lookup",
        "/health//live/../../api/auth/user/lookup",
        "/powerauth-data-adapter/../api/auth/user/lookup",
        "/powerauth-data-adapter/%61pi/auth/user/lookup",
        "/health/../api/auth/user/lookup",
        "/health/live/../../api/auth/user/lookup",
        "/health%2flive/../../api/auth/user/lookup",
        "/health/live;/api/auth/user/lookup",
        "/api/auth/user/lookup?/api/auth/sms/create",
        "/api/auth/user/lookup#/health/live",
        "http://localhost/api/auth/user/lookup",
        "http://localhost/health/../api/auth/user/lookup",
        "/API/AUTH/USER/LOOKUP",
        "/api/auth/sms\\..\\user/lookup",
    ];
    for path in tricks {
        for token in [None, Some(format!("Bearer {TEXTING}"))] {
            let request = RawRequest::json(path, lookup(USERNAME)).header("Authorization", token.as_deref());
            let answer = Connection::open(adapter.address()).await.send(&request).await.expect("an answer");
            let refused = if token.is_some() { [403, 400, 404] } else { [401, 400, 400] };
            assert!(refused.contains(&answer.status), "{path} {token:?}: {} {}", answer.status, answer.body);
            assert!(!answer.body.contains("John"), "{path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn two_credentials_are_one_too_many() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let mut request = RawRequest::json(LOOKUP, lookup(USERNAME));
    for token in [TEXTING, TOKEN] {
        request.headers.push(("Authorization", format!("Bearer {token}")));
    }
    let answer = Connection::open(adapter.address()).await.send(&request).await.expect("an answer");
    assert_eq!(answer.status, 401, "{}", answer.body);
}

#[tokio::test]
async fn the_health_is_for_everybody() {
    for builder in [DataAdapter::builder(), DataAdapter::builder().config(configuration())] {
        let adapter = builder.start().await;
        let answer = adapter.get("/health/live").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"status":"OK"}"#));
        let head = adapter.send(adapter.client().head(adapter.url("/health/live"))).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        let post = adapter.post("/health/live", "{}").await;
        assert_eq!((post.status, post.message().as_str()), (405, "error.methodNotAllowed"));
        assert_eq!(post.headers["allow"], "GET, HEAD");
    }
}

#[tokio::test]
async fn what_lies_below_it_is_not_for_everybody() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let answer = post(&adapter, "/health/live/x", None).await;
    assert_refused(&answer, 401, "error.callerUnauthorized", "/health/live/x");
    assert_eq!(adapter.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn a_context_path_where_the_service_has_its_own_pages_is_refused_by_both_names() {
    for path in ["/health", "/metrics", "/sandbox/api"] {
        let file = format!("{}[web_flow]\ncontext_path = \"{path}\"\n", configuration());
        let exit = DataAdapter::builder().config(file).spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{exit:?}");
        let both = format!("the PowerAuth Data Adapter API at `{path}/` and a page of the service");
        assert!(exit.stderr.contains(&both), "{}", exit.stderr);
    }
}

#[tokio::test]
async fn a_token_that_the_program_makes_lets_in() {
    let exit = DataAdapter::builder().arg("caller-token").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    let (token, line) = exit.stdout.trim_end().split_once('\n').expect("two lines");
    assert_eq!(token.len(), 43, "256 bits in base64: {token}");
    let other = DataAdapter::builder().arg("caller-token").spawn_failing().await;
    assert_ne!(other.stdout, exit.stdout);
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n[[callers.allowed]]\nname = \"a\"\n";
    let adapter = DataAdapter::builder().config(format!("{demo}{line}\n")).start().await;
    assert_eq!(post(&adapter, LOOKUP, Some(&format!("Bearer {token}"))).await.status, 200);
    assert_eq!(post(&adapter, LOOKUP, Some(&basic("a", token))).await.status, 200);
    assert_eq!(post(&adapter, LOOKUP, Some(&basic("b", token))).await.status, 401);
}

#[tokio::test]
async fn the_hash_may_come_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token_sha256");
    let digest = Sha256::digest(TOKEN).iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    std::fs::write(&file, format!("{digest}\n")).expect("a file");
    let demo = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n[[callers.allowed]]\nname = \"a\"\n";
    let line = format!("token_sha256_file = \"{}\"\n", file.display());
    let adapter = DataAdapter::builder().config(format!("{demo}{line}")).start().await;
    assert_eq!(post(&adapter, LOOKUP, Some(&format!("Bearer {TOKEN}"))).await.status, 200);
    assert_eq!(post(&adapter, LOOKUP, None).await.status, 401);
}

#[tokio::test]
async fn on_any_other_address_it_starts_only_with_callers_and_tls_or_told_otherwise_by_name() {
    let start = |more: &str, callers: &str| {
        DataAdapter::builder().config(format!(
            "server.host = \"0.0.0.0\"\nsandbox.enabled = true\nsandbox.allow_any_address = true\n\
             backends.memory.demo_users = true\n{more}\n{callers}"
        ))
    };
    let one = caller("web-flow", TOKEN, "[]");
    for (more, callers, named) in [
        ("", "", "callers.allow_anonymous = true"),
        ("server.behind_proxy = true", "", "callers.allow_anonymous = true"),
        ("callers.allow_anonymous = true", "", "server.behind_proxy = true"),
        ("", one.as_str(), "server.behind_proxy = true"),
    ] {
        let exit = start(more, callers).spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{more}: {exit:?}");
        assert!(exit.stderr.contains(named), "{more}: {exit:?}");
    }
    let adapter = start("server.behind_proxy = true", &one).start().await;
    let url = format!("http://127.0.0.1:{}{LOOKUP}", adapter.address().port());
    let request = adapter.client().post(url).header("content-type", "application/json");
    assert_eq!(adapter.send(request.body(lookup(USERNAME))).await.status, 401);
}

#[tokio::test]
async fn a_health_check_needs_no_token() {
    let adapter = DataAdapter::builder().config(configuration()).start().await;
    let port = adapter.address().port().to_string();
    let check = DataAdapter::builder().config(configuration()).env("DATA_ADAPTER__SERVER__PORT", port);
    let exit = check.arg("healthcheck").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
}
