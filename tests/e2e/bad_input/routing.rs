//! Requests that reach no path, or reach it by the wrong method.

use serde_json::Value;

use super::case::unified_body_complaint;
use super::paths::earlier_paths;
use super::raw::{Connection, RawAnswer, RawRequest};
use crate::support::DataAdapter;
use crate::support::payloads::valid_requests;

const CONTEXT_PATH: &str = "/powerauth-data-adapter";

fn assert_refused(answer: &RawAnswer, status: u16, message: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
    let body: Value =
        serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{what}: {}", answer.body));
    assert_eq!(unified_body_complaint(&body), None, "{what}: {body}");
    assert_eq!(body["responseObject"]["code"], "INPUT_INVALID", "{what}: {body}");
    assert_eq!(body["responseObject"]["message"], message, "{what}: {body}");
}

/// Asks over a connection of its own: what is looked at here is the answer.
async fn ask(adapter: &DataAdapter, request: &RawRequest) -> RawAnswer {
    let answer = Connection::open(adapter.address()).await.send(request).await;
    answer.unwrap_or_else(|error| panic!("{} {}: no answer: {error}", request.method, request.path))
}

#[tokio::test]
async fn another_method_on_any_path_is_told_which_one_is_allowed() {
    let adapter = DataAdapter::start().await;
    for path in earlier_paths() {
        for prefix in ["", CONTEXT_PATH] {
            for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
                let request = RawRequest::bare(method, &format!("{prefix}{}", path.path));
                let answer = ask(&adapter, &request).await;
                let what = format!("{method} {}", request.path);
                assert_refused(&answer, 405, "error.methodNotAllowed", &what);
                assert_eq!(answer.header("allow"), Some("POST"), "{what}");
            }
        }
    }
    let status = RawRequest::json("/api/service/status", "{}");
    let answer = ask(&adapter, &status).await;
    assert_refused(&answer, 405, "error.methodNotAllowed", "POST to the status");
    let allowed = answer.header("allow").unwrap_or_default();
    assert!(allowed.split(',').any(|method| method.trim() == "GET"), "{allowed}");
}

#[tokio::test]
async fn an_unknown_path_is_refused_like_everything_else() {
    let adapter = DataAdapter::start().await;
    let unknown = [
        "/nowhere",
        "/api",
        "/api/",
        "/api/auth/user",
        "/api/auth/user/lookup/",
        "/api/auth/user/lookup/more",
        "/API/AUTH/USER/LOOKUP",
        "/api/auth/user/%6cookup%2f",
        "/api/auth/sms/create.json",
        "///api/auth/user/lookup",
        "//api//auth/user/lookup",
        "/%ff%fe",
        "/%00",
        "/..%2f..%2fetc%2fpasswd",
        "/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ];
    for prefix in ["", CONTEXT_PATH, "/another-context", "/powerauth-data-adapter/powerauth-data-adapter"] {
        for path in unknown {
            for method in ["GET", "POST"] {
                let mut request = RawRequest::json(&format!("{prefix}{path}"), "{}");
                request.method = method;
                let answer = ask(&adapter, &request).await;
                let what = format!("{method} {}", request.path);
                assert_refused(&answer, 404, "error.notFound", &what);
                assert!(!answer.body.contains("script"), "{what} is echoed: {}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_under_another_context_path_is_not_the_api() {
    let adapter = DataAdapter::start().await;
    for path in earlier_paths() {
        let good = RawRequest::json(&format!("{CONTEXT_PATH}{}", path.path), path.good());
        assert_eq!(ask(&adapter, &good).await.status, 200, "{}", good.path);
        let other = RawRequest::json(&format!("/another-context{}", path.path), path.good());
        assert_refused(&ask(&adapter, &other).await, 404, "error.notFound", &other.path);
    }
}

#[tokio::test]
async fn a_connection_outlives_requests_that_reach_nothing() {
    let adapter = DataAdapter::start().await;
    let good = earlier_paths().remove(0);
    let good = RawRequest::json(good.path, good.good());
    let mut wrong = Vec::new();
    for path in ["/nowhere", "/api/auth/user/lookup", "/api/service/status", "/sandbox/messages"] {
        for (method, body) in [("GET", ""), ("PUT", ""), ("GET", "{}"), ("PUT", "{}"), ("POST", "{}")] {
            let request = RawRequest { method, ..RawRequest::json(path, body) };
            let mut connection = Connection::open(adapter.address()).await;
            for request in [&request, &good, &request, &good] {
                match connection.send(request).await {
                    Ok(answer) if answer.status < 500 => {}
                    other => wrong.push(format!("{method} {path} with the body {body:?}: {other:?}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn bytes_that_are_no_http_do_not_stop_the_server() {
    let adapter = DataAdapter::start().await;
    for bytes in ["\0\0\0\0", "\u{16}\u{3}\u{1}", "GET", "POST / HTTP/9.9\r\n\r\n", "a b c d e\r\n\r\n"] {
        let connection = Connection::open(adapter.address()).await;
        connection.say(bytes.as_bytes()).await;
    }
    for header in ["x".repeat(1024 * 1024), "\u{1}".to_owned()] {
        let mut request = RawRequest::bare("GET", "/api/service/status");
        request.headers.push(("X-Padding", header));
        let mut connection = Connection::open(adapter.address()).await;
        if let Ok(answer) = connection.send(&request).await {
            assert!((200..500).contains(&answer.status), "{}: {}", answer.status, answer.body);
        }
    }
    let answer = adapter.get("/api/service/status").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!adapter.log().contains("panicked"), "{}", adapter.log());
}

#[tokio::test]
async fn one_empty_part_of_a_path_is_the_same_path() {
    let adapter = DataAdapter::start().await;
    let spellings = |path: &str| {
        let later = path.replacen("/auth/", "/auth//", 1).replacen("/operation/", "/operation//", 1);
        [
            format!("{CONTEXT_PATH}/{path}"),
            format!("/{CONTEXT_PATH}{path}"),
            format!("{CONTEXT_PATH}{later}"),
            format!("/{path}"),
            later,
        ]
    };
    for (path, body) in valid_requests() {
        let plain = ask(&adapter, &RawRequest::json(path, body.as_str())).await;
        for spelling in spellings(path) {
            let answer = ask(&adapter, &RawRequest::json(&spelling, body.as_str())).await;
            assert_eq!(answer.status, plain.status, "{spelling}: {}", answer.body);
            let get = ask(&adapter, &RawRequest::bare("GET", &spelling)).await;
            assert_refused(&get, 405, "error.methodNotAllowed", &spelling);
        }
    }
    let status = RawRequest::bare("GET", &format!("{CONTEXT_PATH}//api/service/status?a=//"));
    assert_eq!(ask(&adapter, &status).await.status, 200);
    let log = adapter.terminate().await.stderr;
    let paths = log.lines().filter(|line| line.contains("path="));
    assert!(paths.clone().count() > 100 && paths.clone().all(|line| line.contains("path=\"/")), "{log}");
    assert!(paths.clone().all(|line| !line.contains("//")), "the log has the path as it is routed: {log}");
}
