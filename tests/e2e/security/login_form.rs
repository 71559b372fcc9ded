//! The form of a login, in both of its encodings.

use std::fmt::Write as _;

use super::errors_complaint;
use super::fields::MARKER;
use super::partner::LOGIN;
use crate::bad_input::raw::{Connection, RawAnswer, RawRequest};
use crate::support::DataAdapter;

/// The longest name that a partner can have; a login may name one of 100.
const LONGEST_NAME: usize = 64;
/// A partner with the shortest name and password, and one with the longest of all.
const SHORTEST: [(&str, &str); 3] = [GRANT, ("UserName", "shortest"), ("Password", "Short!12")];
const GRANT: (&str, &str) = ("GRANT_TYPE", "password");
const LONGEST_PASSWORD: &str = "Longest!@$#%^&*+=()1";
const SCHEME: (&str, &str) = ("SchemeCode", "SCHEME");

/// The fields of a form, with their names as they are sent.
type Fields<'a> = Vec<(&'a str, String)>;

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Urlencoded,
    Multipart,
}

const ENCODINGS: [Encoding; 2] = [Encoding::Urlencoded, Encoding::Multipart];

impl Encoding {
    fn content_type(self) -> &'static str {
        match self {
            Self::Urlencoded => "application/x-www-form-urlencoded",
            Self::Multipart => "multipart/form-data; boundary=limit",
        }
    }

    fn body(self, fields: &[(&str, String)]) -> String {
        let mut body = String::new();
        for (name, value) in fields {
            let _ = match self {
                Self::Urlencoded => write!(body, "&{name}={}", percent_encoded(value)),
                Self::Multipart => write!(
                    body,
                    "--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                ),
            };
        }
        match self {
            Self::Urlencoded => body.trim_start_matches('&').to_owned(),
            Self::Multipart => body + "--limit--\r\n",
        }
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

fn owned<'a>(fields: &[(&'a str, &str)]) -> Fields<'a> {
    fields.iter().map(|&(name, value)| (name, value.to_owned())).collect()
}

/// The shortest login with another value in a field, or without it.
fn with<'a>(name: &'a str, value: Option<String>) -> Fields<'a> {
    let mut fields = owned(&SHORTEST);
    fields.retain(|(known, _)| *known != name);
    fields.extend(value.map(|value| (name, value)));
    fields
}

fn longest() -> Fields<'static> {
    vec![
        (GRANT.0, GRANT.1.to_owned()),
        ("UserName", "n".repeat(LONGEST_NAME)),
        ("Password", LONGEST_PASSWORD.to_owned()),
        (SCHEME.0, SCHEME.1.to_owned()),
    ]
}

async fn hash(password: &str) -> String {
    let command = DataAdapter::builder().arg("hash-password").stdin(format!("{password}\n"));
    command.spawn_failing().await.stdout.trim().to_owned()
}

async fn start() -> DataAdapter {
    let mut config =
        "sandbox.enabled = true\nbackends.memory.demo_users = true\nsms.default_region = \"CZ\"\n\
                      [security]\nenabled = true\n"
            .to_owned();
    let long = "n".repeat(LONGEST_NAME);
    for (name, password, more) in
        [("shortest", SHORTEST[2].1, ""), (long.as_str(), LONGEST_PASSWORD, "scheme_code = \"SCHEME\"\n")]
    {
        let hash = hash(password).await;
        let _ = write!(
            config,
            "[[security.partners]]\nusername = \"{name}\"\npassword_hash = \"{hash}\"\n{more}\
             organizations = [\"RETAIL\"]\ndelivery = \"sms\"\n"
        );
    }
    DataAdapter::builder().config(config).start().await
}

async fn send(adapter: &DataAdapter, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> RawAnswer {
    let request = RawRequest::json(LOGIN, body).header("Content-Type", content_type);
    Connection::open(adapter.address()).await.send(&request).await.expect("an answer")
}

async fn log_in(adapter: &DataAdapter, encoding: Encoding, fields: &[(&str, String)]) -> RawAnswer {
    send(adapter, Some(encoding.content_type()), encoding.body(fields)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_may_be_as_short_and_as_long_as_the_document_says() {
    let adapter = start().await;
    let renamed = SHORTEST.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let renamed: Fields<'_> = renamed.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let logins = [
        owned(&SHORTEST),
        renamed,
        with("SchemeCode", Some(String::new())),
        // Who has no scheme may name any.
        with("SchemeCode", Some("SCHEME".to_owned())),
        with("Unknown", Some("anything".to_owned())),
        longest(),
    ];
    for encoding in ENCODINGS {
        for fields in &logins {
            let answer = log_in(&adapter, encoding, fields).await;
            assert_eq!(answer.status, 200, "{encoding:?} {fields:?}: {}", answer.body);
            assert!(answer.body.contains("Contis_SecurityKey"), "{}", answer.body);
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{:?}", answer.headers);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_breaks_a_limit_is_refused_by_the_name_of_the_field() {
    let adapter = start().await;
    let long = |length: usize| Some(format!("{MARKER}{}", "!".repeat(length - MARKER.len())));
    let cases = [
        ("GRANT_TYPE", None),
        ("GRANT_TYPE", Some(String::new())),
        ("GRANT_TYPE", Some("passwor".to_owned())),
        ("GRANT_TYPE", Some("passwords".to_owned())),
        ("GRANT_TYPE", long(8)),
        ("UserName", None),
        ("UserName", Some(String::new())),
        ("UserName", long(7)),
        ("UserName", long(101)),
        ("Password", None),
        ("Password", Some(String::new())),
        ("Password", long(7)),
        ("Password", long(21)),
        ("SchemeCode", long(7)),
    ];
    let mut wrong = Vec::new();
    for encoding in ENCODINGS {
        for (name, value) in cases.clone() {
            let answer = log_in(&adapter, encoding, &with(name, value.clone())).await;
            let complaint = errors_complaint(answer.status, &answer.body, name, MARKER);
            wrong
                .extend(complaint.map(|complaint| format!("{encoding:?} | {name} | {value:?}: {complaint}")));
        }
        for (name, value) in SHORTEST {
            let mut twice = owned(&SHORTEST);
            twice.push((name, value.to_owned()));
            let answer = log_in(&adapter, encoding, &twice).await;
            let complaint = errors_complaint(answer.status, &answer.body, name, MARKER);
            wrong.extend(complaint.map(|complaint| format!("{encoding:?} | {name} twice: {complaint}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let log = adapter.terminate().await.stderr;
    assert!(!log.contains(MARKER) && !log.contains("panicked"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fits_nobody_is_one_answer() {
    let adapter = start().await;
    let mut answers = Vec::new();
    for encoding in ENCODINGS {
        let (mut without_scheme, mut other_scheme) = (longest(), longest());
        without_scheme.pop();
        other_scheme[3].1 = "OTHERS".to_owned();
        for fields in [
            with("UserName", Some("nobodyatall".to_owned())),
            with("Password", Some("Short!13".to_owned())),
            with("UserName", Some("n".repeat(100))),
            with("Password", Some("!".repeat(20))),
            without_scheme,
            other_scheme,
        ] {
            let answer = log_in(&adapter, encoding, &fields).await;
            assert_eq!(answer.status, 400, "{encoding:?} {fields:?}: {}", answer.body);
            answers.push(answer.body);
        }
    }
    assert!(answers[0].contains("\"invalid_grant\""), "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_none_is_refused() {
    let adapter = start().await;
    let (form, parts) = (Encoding::Urlencoded, Encoding::Multipart);
    let (good_form, good_parts) = (form.body(&owned(&SHORTEST)), parts.body(&owned(&SHORTEST)));
    let multipart = parts.content_type();
    let cut = &good_parts[..good_parts.len() / 2];
    let unnamed = good_parts.replace("; name=\"Password\"", "");
    let endless = good_parts.replace("--limit--\r\n", "");
    let large = format!("{good_form}&x={}", MARKER.repeat(500_000));
    let large_part = parts.body(&[owned(&SHORTEST), vec![("x", MARKER.repeat(500_000))]].concat());
    let many = good_form.clone() + &"&x=1".repeat(100_000);
    let not_utf_8 = [good_parts.as_bytes(), b""].concat();
    let not_utf_8 = not_utf_8.iter().map(|&byte| if byte == b'!' { 0xff } else { byte }).collect::<Vec<_>>();
    let cases: [(&str, Option<&str>, Vec<u8>); 16] = [
        ("JSON", Some("application/json"), b"{\"GRANT_TYPE\":\"password\"}".to_vec()),
        ("plain text", Some("text/plain"), good_form.clone().into()),
        ("of no type", None, good_form.clone().into()),
        ("an empty form", Some(form.content_type()), Vec::new()),
        ("a form that is none", Some(form.content_type()), b"%%%&&&===".to_vec()),
        ("not UTF-8 in a form", Some(form.content_type()), good_form.replace("%21", "%FF").into()),
        ("a large form", Some(form.content_type()), large.into()),
        ("many fields", Some(form.content_type()), many.into()),
        ("no parts", Some(multipart), Vec::new()),
        ("parts without a boundary", Some("multipart/form-data"), good_parts.clone().into()),
        ("another boundary", Some("multipart/form-data; boundary=other"), good_parts.clone().into()),
        ("parts that are cut off", Some(multipart), cut.into()),
        ("parts without an end", Some(multipart), endless.into()),
        ("a part without a name", Some(multipart), unnamed.into()),
        ("a large part", Some(multipart), large_part.into()),
        ("not UTF-8 in a part", Some(multipart), not_utf_8),
    ];
    let mut wrong = Vec::new();
    for (kind, content_type, body) in cases {
        let answer = send(&adapter, content_type, body).await;
        let complaint = errors_complaint(answer.status, &answer.body, "", MARKER);
        wrong.extend(complaint.map(|complaint| format!("{kind}: {complaint}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let answer = log_in(&adapter, form, &owned(&SHORTEST)).await;
    assert_eq!(answer.status, 200, "nobody is blocked by any of it: {}", answer.body);
}
