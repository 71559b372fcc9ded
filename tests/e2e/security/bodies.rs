//! Bodies that are no request at all, and callers without a token.

use super::errors_complaint;
use super::fields::MARKER;
use super::operations::OPERATIONS;
use super::partner::LOGOUT;
use super::stage::Stage;
use crate::bad_input::raw::{Connection, RawRequest};

/// What is sent, and as what.
struct Body {
    kind: &'static str,
    content_type: Option<&'static str>,
    bytes: Vec<u8>,
}

const JSON: Option<&str> = Some("application/json");

fn body(kind: &'static str, bytes: impl Into<Vec<u8>>) -> Body {
    Body { kind, content_type: JSON, bytes: bytes.into() }
}

fn typed(kind: &'static str, content_type: Option<&'static str>, good: &str) -> Body {
    Body { kind, content_type, bytes: good.into() }
}

/// Whatever a body can be that is not an object of JSON; `good` is one.
fn bodies(good: &str) -> Vec<Body> {
    let without_end = good.strip_suffix('}').expect("an object");
    let more = |members: &str| {
        let comma = if without_end == "{" { "" } else { "," };
        format!("{without_end}{comma}{members}}}")
    };
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    let utf_16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        body("no JSON", MARKER),
        body("cut off", without_end),
        body("more behind it", format!("{good}{good}")),
        body("a list", format!("[{good}]")),
        body("a text", format!("\"{MARKER}\"")),
        body("a number", "5"),
        body("null", "null"),
        body("blank", "   "),
        body("a member without a value", more("\"CultureID\":")),
        body("a comma at the end", format!("{without_end},}}")),
        body("a repeated member", more("\"CultureID\":1,\"CultureID\":2")),
        body("not UTF-8", [without_end.as_bytes(), b",\"x\":\"\xff\"}"].concat()),
        body("UTF-16", utf_16),
        body("half a surrogate", more(r#""ClientRequestReference":"\ud800""#)),
        body("deep", more(&format!("\"x\":{deep}"))),
        body("too large", more(&format!("\"x\":\"{}\"", MARKER.repeat(500_000)))),
        typed("a form", Some("application/x-www-form-urlencoded"), good),
        typed("plain text", Some("text/plain"), good),
        typed("XML", Some("application/xml"), good),
        typed("parts", Some("multipart/form-data; boundary=x"), good),
        typed("of no type", None, good),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_request_is_refused_and_nothing_is_done() {
    let stage = Stage::start().await;
    let bearer = format!("Bearer {}", stage.partner.token());
    let mut wrong = Vec::new();
    for operation in &OPERATIONS {
        let good = stage.costly(operation.path).to_string();
        let nothing = (operation.path != LOGOUT).then(|| body("nothing", ""));
        for Body { kind, content_type, bytes } in bodies(&good).into_iter().chain(nothing) {
            let request = RawRequest::json(operation.path, bytes);
            let request = request.header("Content-Type", content_type).header("Authorization", Some(&bearer));
            let mut connection = Connection::open(stage.adapter.address()).await;
            let complaint = match connection.send(&request).await {
                Ok(answer) if answer.header("content-type") != JSON => {
                    Some(format!("{} as {:?}", answer.status, answer.header("content-type")))
                }
                Ok(answer) => errors_complaint(answer.status, &answer.body, "", MARKER),
                Err(error) => Some(format!("no answer: {error}")),
            };
            wrong.extend(complaint.map(|complaint| format!("{} | {kind} | {complaint}", operation.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stage.assert_untouched().await;
    let log = stage.adapter.terminate().await.stderr;
    assert!(!log.contains(MARKER) && !log.contains("panicked"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_nobody_knows_are_ignored() {
    let stage = Stage::start().await;
    for operation in OPERATIONS.iter().filter(|operation| !matches!(operation.path, LOGOUT)) {
        let mut body = stage.costly(operation.path);
        body["Unknown"] = serde_json::json!({"ConsumerID": [1, "two", null], "": {}});
        body["consumerid"] = "x".into();
        let answer = stage.partner.call(&stage.adapter, operation.path, &body).await;
        assert_eq!(answer.status, 200, "{}: {}", operation.path, answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_a_token_of_ours() {
    let stage = Stage::start().await;
    let token = stage.partner.token();
    let headers = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer x".to_owned()),
        Some("Bearer a.b.c".to_owned()),
        Some(format!("Basic {token}")),
        Some(format!("Bearer {token}x")),
        Some(format!("Bearer {token} {token}")),
        Some(format!("Bearer {}", &token[..token.len() - 4])),
    ];
    for operation in &OPERATIONS {
        let body = stage.costly(operation.path).to_string();
        for header in &headers {
            for body in [body.as_str(), "{}", MARKER] {
                let request = RawRequest::json(operation.path, body);
                let request = request.header("Authorization", header.as_deref());
                let mut connection = Connection::open(stage.adapter.address()).await;
                let answer = connection.send(&request).await.expect("an answer");
                assert_eq!(answer.status, 401, "{} {header:?}: {}", operation.path, answer.body);
                assert!(answer.header("www-authenticate").is_some(), "{:?}", answer.headers);
                assert!(!answer.body.contains(token), "{}", answer.body);
            }
        }
    }
    stage.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_the_same_however_its_letters_are_written() {
    let stage = Stage::start().await;
    for operation in OPERATIONS.iter().filter(|operation| !matches!(operation.path, LOGOUT)) {
        for path in [operation.path.to_lowercase(), operation.path.to_uppercase()] {
            let answer = stage.partner.call(&stage.adapter, &path, &serde_json::json!([])).await;
            assert_eq!(errors_complaint(answer.status, &answer.text, "", MARKER), None, "{path}");
            let answer = stage.adapter.get(&path).await;
            assert_eq!(answer.status, 405, "{path}: {}", answer.text);
            assert!(answer.json()["Errors"].is_array(), "{path}: {}", answer.text);
        }
    }
    for path in ["/security/nothing", "/Security/Authorize/more", "/SECURITY"] {
        let answer = stage.partner.call(&stage.adapter, path, &serde_json::json!({})).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        assert!(answer.json()["Errors"].is_array(), "{path}: {}", answer.text);
    }
}
