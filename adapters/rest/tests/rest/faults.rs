//! Systems behind that do not answer, or not in a way that can be understood.

use std::time::Duration;

use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use futures::future::join_all;
use tokio::time::timeout;

use crate::calls::{Call, backend, backend_of, every, settings, with};
use crate::scripted::{Reply, Scripted};

/// Every call of every dialect has to fail as [`AdapterError::Remote`]; what the log reads of each.
async fn all_remote(reply: Reply) -> Vec<String> {
    let mut logged = all_remote_in(Dialect::V0_22, reply.clone()).await;
    logged.extend(all_remote_in(Dialect::V1, reply).await);
    logged
}

async fn all_remote_in(dialect: Dialect, reply: Reply) -> Vec<String> {
    let server = Scripted::start([reply.clone()]).await;
    let backend = backend_of(dialect, &server.url());
    let results = join_all(every(dialect).map(|call| {
        let backend = &backend;
        async move { (call, call.make(backend).await) }
    }));
    let remote = |(call, result): (Call, Result<String, AdapterError>)| match result {
        Err(AdapterError::Remote(why)) => why,
        other => panic!("{call:?} after {reply:?} came back as {other:?}"),
    };
    results.await.into_iter().map(remote).collect()
}

async fn all_remote_because(reply: Reply, because: &str) {
    check(all_remote(reply).await, because);
}

fn check(logged: Vec<String>, because: &str) {
    for why in logged {
        assert!(why.contains(because), "{why:?} does not say {because:?}");
        assert!(why.starts_with("/api/") && why.is_ascii() && why.len() < 500, "{why:?}");
    }
}

#[tokio::test]
async fn a_reset_or_closed_connection_is_remote() {
    all_remote(Reply::Reset).await;
    all_remote(Reply::Close(Vec::new())).await;
    all_remote(Reply::Close(b"HTTP/1.1 2".to_vec())).await;
}

#[tokio::test]
async fn a_server_that_hangs_or_drips_is_remote_at_the_deadline() {
    let long = "x".repeat(10_000);
    let Reply::Bytes(slow) = Reply::ok(&format!(r#""{long}""#)) else { panic!("bytes") };
    for reply in [Reply::Hang, Reply::Drip(slow)] {
        let server = Scripted::start([reply]).await;
        let mut settings = settings(&server.url());
        (settings.timeout_ms, settings.retries) = (60_000, 3);
        let timeouts = toml::from_str("user_lookup_ms = 300\nsms_create_ms = 300");
        settings.timeouts = timeouts.expect("timeouts");
        let backend = with(settings);
        for call in [Call::Lookup, Call::SmsCreate] {
            let answer = timeout(Duration::from_secs(30), call.make(&backend)).await;
            let error = answer.expect("its own deadline").expect_err("no answer came");
            assert!(error.to_string().ends_with("no whole answer within 300 ms"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_machine_that_nobody_is_on_is_unreachable() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let url = format!("http://{}", socket.local_addr().expect("an address"));
    let result = Call::SmsCreate.make(&backend(&url)).await;
    assert!(matches!(result, Err(AdapterError::Unreachable(_))), "{result:?}");
}

#[tokio::test]
async fn html_is_remote_whatever_its_status() {
    let html = "<html><body>Service unavailable, please call +420605123456</body></html>";
    for status in ["500 Internal Server Error", "502 Bad Gateway", "404 Not Found"] {
        let said = format!("HTTP {}", &status[..3]);
        all_remote_because(Reply::of(status, "text/html", html), &said).await;
    }
    let refused = Reply::of("400 Bad Request", "text/html", html);
    check(all_remote_in(Dialect::V0_22, refused).await, "HTTP 400");
    all_remote_because(Reply::of("200 OK", "text/html", html), "its content type is not JSON").await;
    all_remote_because(Reply::json("200 OK", html), "it is not JSON").await;
}

#[tokio::test]
async fn json_under_another_content_type_is_remote() {
    let json = r#"{"status":"OK","responseObject":{}}"#;
    all_remote_because(Reply::of("200 OK", "text/plain", json), "its content type is not JSON").await;
    let none = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{json}", json.len());
    all_remote_because(Reply::Bytes(none.into_bytes()), "its content type is not JSON").await;
}

#[tokio::test]
async fn half_a_body_is_remote() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
    let half = format!("{head}{{\"status\":\"OK\",\"responseObject\":{{");
    all_remote(Reply::Close(half.into_bytes())).await;
    all_remote_because(
        Reply::json("200 OK", r#"{"status":"OK","responseObject":{"#),
        "it ends in the middle",
    )
    .await;
}

#[tokio::test]
async fn ten_megabytes_are_remote_announced_or_not() {
    let long = "x".repeat(10 * 1024 * 1024);
    all_remote_because(Reply::ok(&format!(r#""{long}""#)), "more than 1048576 bytes").await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunked = format!("{head}{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    all_remote_because(Reply::Bytes(chunked.into_bytes()), "more than 1048576 bytes").await;
}

#[tokio::test]
async fn a_redirect_is_remote_and_not_followed() {
    let elsewhere = Scripted::start([Reply::ok("{}")]).await;
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = elsewhere.url();
        let head = format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        all_remote_because(Reply::Bytes(head.into_bytes()), &format!("HTTP {}", &status[..3])).await;
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn an_answer_without_a_body_is_remote() {
    all_remote_because(Reply::json("200 OK", ""), "it ends in the middle").await;
    all_remote(Reply::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())).await;
}

#[tokio::test]
async fn a_byte_order_mark_before_an_answer_or_an_error_changes_nothing() {
    let Reply::Bytes(found) = Reply::ok(r#"{"id":"1","organizationId":"RETAIL"}"#) else { panic!("bytes") };
    let (_, found) = std::str::from_utf8(&found).expect("text").split_once("\r\n\r\n").expect("a body");
    let refused = r#"{"status":"ERROR","responseObject":{"code":"INPUT_INVALID","message":"m"}}"#;
    for mark in ["", "\u{feff}"] {
        let replies = [
            Reply::json("200 OK", &format!("{mark}{found}")),
            Reply::json("400 Bad Request", &format!("{mark}{refused}")),
        ];
        let server = Scripted::start(replies).await;
        let backend = backend(&server.url());
        let user = Call::Lookup.make(&backend).await;
        assert!(user.as_ref().is_ok_and(|user| user.contains("RETAIL")), "{mark:?}: {user:?}");
        let refusal = Call::Lookup.make(&backend).await;
        assert!(matches!(refusal, Err(AdapterError::InvalidInput(_))), "{mark:?}: {refusal:?}");
    }
}

#[tokio::test]
async fn json_of_another_shape_is_remote() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for json in
        ["[]", "1", "null", "{}", r#"["OK",{}]"#, r#"{"status":5}"#, &deep, "\"\\u0000\"", "\"\\ud800\""]
    {
        all_remote(Reply::json("200 OK", json)).await;
    }
    all_remote(Reply::of("200 OK", "application/json", r#"{"status":"OK","status":"OK"}"#)).await;
}

/// A form passes through unparsed, so that what the next reader would trip over has to stop here.
#[tokio::test]
async fn a_form_that_is_nested_too_deep_or_has_no_text_in_its_strings_is_remote() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for note in [&deep, "\"\\u0000\"", "\"\\ud800\""] {
        let form = format!(r#"{{"formData":{{"parameters":[{{"note":{note}}}]}}}}"#);
        let server = Scripted::start([Reply::ok(&form)]).await;
        let result = Call::Decorate.make(&backend(&server.url())).await;
        assert!(matches!(result, Err(AdapterError::Remote(_))), "{note}: {result:?}");
    }
}

/// What no call but a notification can take for an answer.
#[tokio::test]
async fn an_answer_without_what_was_asked_for_is_remote() {
    let told = [Call::FormDataChanged, Call::OperationChanged, Call::Status];
    let strange_form = r#"{"formData":[1],"shouldDisplayConsentForm":"yes","options":5,"saveSucceeded":"yes",
        "consentValidationPassed":1,"id":5,"smsDeliveryResult":"LOST","authenticationResult":"MAYBE",
        "afsResponseApplied":2,"name":5}"#;
    for object in ["null", "[]", "\"text\"", strange_form] {
        let server = Scripted::start([Reply::ok(object)]).await;
        let backend = backend_of(Dialect::V1, &server.url());
        let may_be_nothing = |call: &Call| object == "null" && *call == Call::LoginOperation;
        for call in every(Dialect::V1).filter(|call| !told.contains(call) && !may_be_nothing(call)) {
            let result = call.make(&backend).await;
            assert!(matches!(result, Err(AdapterError::Remote(_))), "{call:?} with {object}: {result:?}");
        }
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_remote_and_no_wrong_password() {
    let code = "AUTHENTICATION_FAILED";
    all_remote_because(Reply::error("403 Forbidden", code, "m"), "HTTP 403").await;
    all_remote_because(
        Reply::error("401 Unauthorized", "ERROR_GENERIC", "error.callerUnauthorized"),
        "HTTP 401",
    )
    .await;
    all_remote_because(Reply::of("401 Unauthorized", "text/html", "<html>"), "HTTP 401").await;
}
