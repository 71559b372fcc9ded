//! Members of the wrong type, missing, empty, too long, repeated, or with characters that no text may hold.

use super::case::{CONTEXT_INVALID, Case, Expected, INPUT_INVALID, INVALID_REQUEST};
use super::paths::{Family, Path};

/// Every kind of it.
pub(super) fn member_kinds(path: &Path) -> Vec<Case> {
    [
        wrong_types(path),
        missing(path),
        forbidden_characters(path),
        too_long(path),
        repeated(path),
        unknown_values(path),
        harmless(path),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn wrong_types(path: &Path) -> Vec<Case> {
    const NO_TEXT: [&str; 10] = [
        "5",
        "0.5",
        "true",
        "[]",
        "[\"a\"]",
        "{}",
        "{\"a\":\"b\"}",
        // A library may take these for the value of an enumeration.
        "{\"DONE\":null}",
        "{\"NO_PROTECTION\":null}",
        "{\"CHECKED\":null}",
    ];
    let kind = "member of a wrong type";
    let mut cases = Vec::new();
    for pointer in &path.texts {
        for raw in NO_TEXT {
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{pointer} is {raw}"), body, INVALID_REQUEST));
        }
    }
    for (pointer, values) in &path.others {
        // Form data that cannot be read is an operation that no code can be bound to.
        let expected = if pointer.contains("formData") && *pointer != "formDataChange" {
            Expected::CallersFault
        } else {
            INVALID_REQUEST
        };
        for raw in *values {
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{pointer} is {raw}"), body, expected));
        }
    }
    cases
}

fn missing(path: &Path) -> Vec<Case> {
    let kind = "required member missing or empty";
    let mut cases = Vec::new();
    for pointer in &path.required {
        cases.push(Case::body(path, kind, format!("no {pointer}"), path.without(pointer), INPUT_INVALID));
        for raw in ["null", "\"\"", "\"   \"", "\"\\t\\n\""] {
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{pointer} is {raw}"), body, INPUT_INVALID));
        }
    }
    if path.has_operation() {
        let kind = "operationContext missing";
        cases.push(Case::body(path, kind, "absent", path.without("operationContext"), INPUT_INVALID));
        cases.push(Case::body(path, kind, "null", path.with("operationContext", b"null"), INPUT_INVALID));
        let empty = path.with("operationContext", b"{}");
        cases.push(Case::body(path, kind, "without members", empty, Expected::Unbroken));
        for pointer in ["operationContext/id", "operationContext/name"] {
            for raw in ["null", "\"\"", "\"  \""] {
                let expected = match path.family {
                    Family::Sms | Family::Consent => Expected::CallersFault,
                    Family::Passing | Family::NoOperation => Expected::Unbroken,
                };
                let body = path.with(pointer, raw.as_bytes());
                let kind = "operation without id or name";
                cases.push(Case::body(path, kind, format!("{pointer} is {raw}"), body, expected));
            }
        }
    }
    cases
}

/// JSON can write characters that are none, and one that no text of ours holds.
fn forbidden_characters(path: &Path) -> Vec<Case> {
    let kinds = [
        ("NUL in a text", r#""a\u0000b""#),
        ("NUL in a text", r#""\u0000""#),
        ("lone surrogate", r#""a\ud800b""#),
        ("lone surrogate", r#""\udc00""#),
        ("lone surrogate", r#""\ud800\u0041""#),
        ("lone surrogate", r#""\udc00\ud800""#),
        ("raw control character", "\"a\0b\""),
        ("raw control character", "\"a\nb\""),
        ("escape that is none", r#""\x41""#),
        ("escape that is none", r#""\u00g0""#),
        ("escape that is none", r#""\u12""#),
    ];
    let mut places = path.texts.clone();
    if path.has_operation() {
        places.extend([
            "operationContext/formData/parameters/2/note",
            "operationContext/formData/title/message",
            "operationContext/formData/userInput",
        ]);
    }
    let mut cases = Vec::new();
    for (kind, raw) in kinds {
        for place in &places {
            let body = path.with(place, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{raw:?} in {place}"), body, INVALID_REQUEST));
        }
        let name = format!("1,{raw}:2");
        let body = path.with("neverHeardOf", name.as_bytes());
        cases.push(Case::body(
            path,
            kind,
            format!("{raw:?} as an unknown name"),
            body,
            Expected::CallersFault,
        ));
    }
    cases
}

fn too_long(path: &Path) -> Vec<Case> {
    let kind = "text too long";
    let long = format!("\"{}\"", "x".repeat(5_000));
    let wide = format!("\"{}\"", "ž".repeat(5_000));
    let mut cases = Vec::new();
    for pointer in &path.texts {
        // A code of any length is a wrong code, an unknown option is ignored.
        let expected = match *pointer {
            "authorizationCode" | "options/0/id" => Expected::Unbroken,
            "authenticationContext/passwordProtection" | "formDataChange/type" | "operationChange" => {
                Expected::CallersFault
            }
            "options/1/value" => Expected::CallersFault,
            _ => INPUT_INVALID,
        };
        for (detail, raw) in [("5,000 characters", &long), ("5,000 characters of two bytes", &wide)] {
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{pointer} of {detail}"), body, expected));
        }
    }
    for (pointer, length) in [("organizationId", 257), ("userId", 41), ("username", 41), ("password", 129)] {
        if path.texts.contains(&pointer) {
            let raw = format!("\"{}\"", "x".repeat(length));
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, format!("{pointer} of {length}"), body, INPUT_INVALID));
        }
    }
    if path.has_operation() {
        let name = format!("\"{}\"", "x".repeat(33));
        let body = path.with("operationContext/name", name.as_bytes());
        cases.push(Case::body(path, kind, "operation name of 33", body, INPUT_INVALID));
        let unread = path.with("operationContext/formData/parameters/2/note", long.as_bytes());
        cases.push(Case::body(path, kind, "a note of 5,000 characters", unread, Expected::Unbroken));
    }
    cases
}

/// A repeated name lets two readers read two requests.
fn repeated(path: &Path) -> Vec<Case> {
    let kind = "repeated JSON key";
    let others = path.others.iter().map(|(pointer, _)| *pointer);
    let mut cases = Vec::new();
    for pointer in path.texts.iter().copied().chain(others) {
        let name = pointer.rsplit('/').next().unwrap_or(pointer);
        let text = path.text_of(pointer);
        let in_form = pointer.starts_with("operationContext/formData");
        let expected = match (in_form, path.family) {
            (true, Family::Passing | Family::Consent | Family::NoOperation) => Expected::Unbroken,
            (true, Family::Sms) => Expected::CallersFault,
            (false, _) if pointer.starts_with("options") => Expected::Unbroken,
            (false, _) => INVALID_REQUEST,
        };
        for second in [text.as_str(), "\"another\"", "null"] {
            let raw = format!("{text},\"{name}\":{second}");
            let body = path.with(pointer, raw.as_bytes());
            let shown = second.chars().take(20).collect::<String>();
            cases.push(Case::body(path, kind, format!("{pointer} again as {shown}"), body, expected));
        }
        // The same name, spelled another way.
        let escaped = name.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect::<String>();
        let raw = format!("{text},\"{escaped}\":{text}");
        let body = path.with(pointer, raw.as_bytes());
        cases.push(Case::body(path, kind, format!("{pointer} again, escaped"), body, expected));
    }
    cases
}

fn unknown_values(path: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut unknown = |pointer: &'static str, values: &[&str], expected| {
        if path.texts.contains(&pointer) {
            for value in values {
                let body = path.with(pointer, format!("\"{value}\"").as_bytes());
                cases.push(Case::body(
                    path,
                    "unknown value",
                    format!("{pointer} is {value}"),
                    body,
                    expected,
                ));
            }
        }
    };
    let refused = Expected::CallersFault;
    unknown("authenticationContext/passwordProtection", &["ROT13", "no_protection", ""], refused);
    unknown("operationChange", &["done", "PAUSED", "0"], refused);
    unknown("formDataChange/type", &["bank_account_choice", "COLOUR"], refused);
    unknown("options/1/value", &["checked", "YES"], Expected::Unbroken);
    unknown("lang", &["xx", "en-GB", "../../etc/passwd", "%n%s"], Expected::Unbroken);
    let name = "operationContext/name";
    let by_family = match path.family {
        Family::Sms | Family::Consent => CONTEXT_INVALID,
        Family::Passing | Family::NoOperation => Expected::Fine,
    };
    unknown(name, &["transfer_everything", "LOGIN", "login%00"], by_family);
    let organization = path.with("organizationId", b"\"NOWHERE\"");
    cases.push(Case::body(path, "unknown value", "organization", organization, Expected::Unbroken));
    cases
}

/// What looks odd and is none of our business.
fn harmless(path: &Path) -> Vec<Case> {
    let kind = "odd but fine";
    let mut cases = vec![Case::body(
        path,
        kind,
        "unknown members",
        path.with("neverHeardOf", br#"{"a":[1,2.50,null,true,"x"]},"alsoNew":null"#),
        Expected::Fine,
    )];
    if path.has_operation() {
        let note = "operationContext/formData/parameters/2/note";
        for (detail, raw) in [
            ("a pair of surrogates", r#""\ud83d\ude00""#),
            ("a written backslash before u0000", r#""\\u0000""#),
            ("a written backslash before ud800", r#""\\ud800""#),
            ("angle brackets", r#""<script>alert(1)</script>""#),
        ] {
            cases.push(Case::body(path, kind, detail, path.with(note, raw.as_bytes()), Expected::Fine));
        }
        for optional in ["operationContext/applicationContext", "operationContext/data"] {
            let body = path.with(optional, b"null");
            cases.push(Case::body(path, kind, format!("{optional} is null"), body, Expected::Fine));
            cases.push(Case::body(
                path,
                kind,
                format!("no {optional}"),
                path.without(optional),
                Expected::Fine,
            ));
        }
    }
    cases
}
