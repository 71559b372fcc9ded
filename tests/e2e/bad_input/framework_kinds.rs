//! What the framework has to refuse before any path reads it: bytes that are no request.

use serde_json::json;

use super::case::{Case, Expected, INVALID_REQUEST, Sending};
use super::paths::Path;
use super::raw::RawRequest;

const UNSUPPORTED: Expected = Expected::Refused(415, "INPUT_INVALID", "error.unsupportedMediaType");
const TOO_LARGE: Expected = Expected::Refused(413, "INPUT_INVALID", "error.requestTooLarge");

/// More than any operation needs, and more than any sensible limit.
const MANY_BYTES: usize = 16 * 1024 * 1024;

/// Every kind of it.
pub(super) fn framework_kinds(path: &Path) -> Vec<Case> {
    [
        no_json(path),
        no_request_object(path),
        lists_for_objects(path),
        encodings(path),
        media_types(path),
        too_large(path),
        too_deep(path),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn no_json(path: &Path) -> Vec<Case> {
    let good = path.good();
    let invalid = |kind, detail: &str, body: &str| Case::body(path, kind, detail, body, INVALID_REQUEST);
    vec![
        invalid("empty body", "no bytes", ""),
        invalid("empty body", "white space", " \r\n\t "),
        invalid("malformed JSON", "no quotes", "{requestObject: {}}"),
        invalid("malformed JSON", "a trailing comma", "{\"requestObject\": {},}"),
        invalid("malformed JSON", "single quotes", "{'requestObject': {}}"),
        invalid("malformed JSON", "a comment", &format!("/* */{good}")),
        invalid("malformed JSON", "a byte order mark", &format!("\u{feff}{good}")),
        invalid("malformed JSON", "something after the end", &format!("{good}x")),
        invalid("malformed JSON", "two documents", &format!("{good}{good}")),
        invalid("malformed JSON", "a form", "requestObject=1&userId=12345678"),
        invalid("malformed JSON", "XML", "<requestObject/>"),
        invalid("truncated JSON", "the last brace", &good[..good.len() - 1]),
        invalid("truncated JSON", "half of it", &good[..good.len() / 2]),
        invalid("truncated JSON", "in the first name", "{\"requestOb"),
    ]
}

fn no_request_object(path: &Path) -> Vec<Case> {
    let kind = "requestObject of a wrong type or missing";
    let whole = ["null", "true", "5", "\"text\"", "{}", "[]", "[[]]"];
    let whole =
        whole.map(|body| Case::body(path, "another body than an object", body, body, INVALID_REQUEST));
    let member = ["null", "true", "5", "-1.5e3", "\"text\"", "[]", "[null]", "[{}]"];
    let member = member.map(|value| {
        let body = format!("{{\"requestObject\":{value}}}");
        Case::body(path, kind, value, body, INVALID_REQUEST)
    });
    let inner = path.body["requestObject"].to_string();
    let others = [
        ("another name", format!("{{\"request\":{inner}}}")),
        ("another case", format!("{{\"RequestObject\":{inner}}}")),
        ("no wrapper", inner.clone()),
        ("as a text", json!({"requestObject": inner}).to_string()),
        ("twice", format!("{{\"requestObject\":{inner},\"requestObject\":{inner}}}")),
    ];
    let others = others.map(|(detail, body)| Case::body(path, kind, detail, body, INVALID_REQUEST));
    whole.into_iter().chain(member).chain(others).collect()
}

/// A library may take a list for an object when its elements come in the order of the members.
fn lists_for_objects(path: &Path) -> Vec<Case> {
    let request = &path.body["requestObject"];
    let values = request.as_object().expect("the request is an object").values();
    let values = values.map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut bodies = vec![
        ("the body", format!("[{request}]")),
        ("a list of bodies", format!("[{}]", path.body)),
        ("requestObject", format!("{{\"requestObject\":[{values}]}}")),
    ];
    if path.has_operation() {
        let context = request["operationContext"].as_object().expect("an object").values();
        let context = context.map(ToString::to_string).collect::<Vec<_>>().join(",");
        let body = path.with("operationContext", format!("[{context}]").as_bytes());
        bodies.push(("operationContext", String::from_utf8(body).expect("it is text")));
    }
    let case = |(detail, body)| {
        Case::body(path, "a JSON array in place of an object", detail, body, INVALID_REQUEST)
    };
    bodies.into_iter().map(case).collect()
}

fn encodings(path: &Path) -> Vec<Case> {
    let kind = "bad UTF-8";
    let mut cases = Vec::new();
    let broken: [(&str, &[u8]); 4] = [
        ("a lone byte", b"\"a\xffb\""),
        ("a cut sequence", b"\"a\xc5\""),
        ("an overlong form", b"\"\xc0\xaf\""),
        ("a surrogate", b"\"\xed\xa0\x80\""),
    ];
    for (detail, bytes) in broken {
        for pointer in &path.texts {
            let body = path.with(pointer, bytes);
            cases.push(Case::body(path, kind, format!("{detail} in {pointer}"), body, INVALID_REQUEST));
        }
        let body = path.with("neverHeardOf", bytes);
        cases.push(Case::body(path, kind, format!("{detail} in an unknown member"), body, INVALID_REQUEST));
        if path.has_operation() {
            let body = path.with("operationContext/formData/parameters/2/note", bytes);
            cases.push(Case::body(path, kind, format!("{detail} in the form data"), body, INVALID_REQUEST));
        }
    }
    let utf16 = path.good().encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    cases.push(Case::body(path, kind, "UTF-16", utf16, INVALID_REQUEST));
    cases
}

fn media_types(path: &Path) -> Vec<Case> {
    let typed = |value: Option<&str>, expected| {
        let request = RawRequest::json(path.path, path.good()).header("Content-Type", value);
        Case::new("content type", value.unwrap_or("none"), request, expected)
    };
    let encoded = |value: &str, expected| {
        let request = RawRequest::json(path.path, path.good()).header("Content-Encoding", Some(value));
        Case::new("content encoding", value, request, expected)
    };
    vec![
        typed(None, UNSUPPORTED),
        typed(Some("text/plain"), UNSUPPORTED),
        typed(Some("text/json"), UNSUPPORTED),
        typed(Some("application/xml"), UNSUPPORTED),
        typed(Some("application/x-www-form-urlencoded"), UNSUPPORTED),
        typed(Some("multipart/form-data; boundary=x"), UNSUPPORTED),
        typed(Some("json"), UNSUPPORTED),
        typed(Some(""), UNSUPPORTED),
        typed(Some("application/json;charset=utf-16"), UNSUPPORTED),
        typed(Some("application/json; charset=iso-8859-1"), UNSUPPORTED),
        typed(Some("application/json;charset=UTF-8"), Expected::Fine),
        typed(Some("application/json; charset=\"utf-8\""), Expected::Fine),
        typed(Some("Application/JSON"), Expected::Fine),
        encoded("gzip", UNSUPPORTED),
        encoded("deflate", UNSUPPORTED),
        encoded("br", UNSUPPORTED),
        encoded("identity", Expected::Unbroken),
    ]
}

fn too_large(path: &Path) -> Vec<Case> {
    let kind = "body over the limit";
    let long = "x".repeat(MANY_BYTES);
    let long = path.with("neverHeardOf", format!("\"{long}\"").as_bytes());
    let spaces = [path.good().into_bytes(), vec![b' '; MANY_BYTES]].concat();
    let case = |detail: &str, body: Vec<u8>| Case::body(path, kind, detail, body, TOO_LARGE);
    vec![
        case("announced", Vec::new()).sent(Sending::Announced(MANY_BYTES as u64)),
        case("announced, absurdly", Vec::new()).sent(Sending::Announced(u64::MAX / 2)),
        case("sent whole", long.clone()),
        case("sent in chunks", long).sent(Sending::Chunked),
        case("white space after the end", spaces),
    ]
}

fn too_deep(path: &Path) -> Vec<Case> {
    let kind = "JSON nested too deep";
    let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
    let unclosed = |depth: usize| "[".repeat(depth);
    let mut places = vec!["neverHeardOf"];
    if path.has_operation() {
        places.extend([
            "operationContext/formData/neverHeardOf",
            "operationContext/formData/parameters/2/note",
            "operationContext/formData/userInput",
            "operationContext/applicationContext/extras",
        ]);
    }
    places.extend(&path.texts);
    let mut cases = Vec::new();
    for place in places {
        for depth in [70, 1_000, 50_000] {
            // What is that long may be over the limit of the body as well.
            let expected = if depth > 1_000 { Expected::CallersFault } else { INVALID_REQUEST };
            let bodies =
                [("lists", lists(depth)), ("objects", objects(depth)), ("unclosed", unclosed(depth))];
            for (what, raw) in bodies {
                let detail = format!("{depth} {what} in {place}");
                cases.push(Case::body(path, kind, detail, path.with(place, raw.as_bytes()), expected));
            }
        }
    }
    for depth in [70, 1_000, 50_000] {
        let expected = if depth > 1_000 { Expected::CallersFault } else { INVALID_REQUEST };
        cases.push(Case::body(path, kind, format!("{depth} lists and nothing else"), lists(depth), expected));
        let body = format!("{{\"requestObject\":{}}}", objects(depth));
        cases.push(Case::body(path, kind, format!("{depth} as requestObject"), body, expected));
    }
    cases.extend(deep_but_fine(path, &lists(40)));
    cases
}

/// Brackets in a text are no depth, and some depth is allowed.
fn deep_but_fine(path: &Path, lists: &str) -> Vec<Case> {
    let kind = "JSON that only looks too deep";
    let brackets = format!("\"{}\"", "[{\\\"".repeat(500));
    let place = if path.has_operation() { "operationContext/formData/neverHeardOf" } else { "neverHeardOf" };
    let wide = format!("[{}[]]", "[[]],".repeat(500));
    [("forty lists", lists), ("brackets in a text", &brackets), ("many lists side by side", &wide)]
        .into_iter()
        .map(|(detail, raw)| Case::body(path, kind, detail, path.with(place, raw.as_bytes()), Expected::Fine))
        .collect()
}
