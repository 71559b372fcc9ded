//! Whatever a caller sends stays within its string.

use super::{Folder, told};
use crate::codes::send;
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_SAVE, FORMDATA_CHANGE, OPERATION_CHANGE, SMS_CREATE, SMS_VERIFY, USER,
    authenticate, consent_save, context, formdata_change, login, operation_change, payment, sms_create,
    sms_verify, text,
};

/// Line breaks, an escape sequence in both spellings, a bell, separators, an override of the direction; no more than 40
/// characters, which is as long as a user id may be. The last one has no control characters, which the edge refuses where
/// it reads them.
const STRANGE: [&str; 3] = [
    "a\r\n{\"event\":\"blocked\",\"sequence\":9}\n",
    "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{7f}\u{8}\u{85}",
    "\u{2028}\u{2029}\u{202e}\u{2066}\u{200f}\u{feff}\u{e0041}\\\",\"event\":\"",
];

/// A request for each member that is recorded, with a strange text in it.
fn requests(strange: &str) -> [(&'static str, String, &'static str); 7] {
    let (id, context) = (text(strange), login("op"));
    let choice = format!(r#"{{"type":"AUTH_METHOD_CHOICE","chosenAuthMethod":{id}}}"#);
    let options = format!(r#"[{{"id":"CONSENT_LOGIN","value":"CHECKED"}},{{"id":{id},"value":"CHECKED"}}]"#);
    [
        (AUTHENTICATE, authenticate(strange, "wrong"), "user"),
        (AUTHENTICATE, authenticate(USER, "wrong").replace("\"RETAIL\"", &id), "organization"),
        (SMS_CREATE, sms_create(None, &login(strange)), "operationId"),
        (SMS_VERIFY, sms_verify(strange, "12345678", USER, &context), "messageId"),
        (CONSENT_SAVE, consent_save(USER, &context, &options), "options"),
        (FORMDATA_CHANGE, formdata_change(USER, &context, &choice), "authenticationMethod"),
        (OPERATION_CHANGE, operation_change(USER, "FAILED", &context_named(strange)), "operationName"),
    ]
}

fn context_named(name: &str) -> String {
    context("op", &name.chars().take(32).collect::<String>(), "A2", "")
}

#[tokio::test]
async fn no_string_of_a_request_breaks_or_forges_a_line() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let mut expected = Vec::new();
    for strange in STRANGE {
        for (path, body, member) in requests(strange) {
            let answer = adapter.post(path, body).await;
            // What the edge refuses never gets as far as the audit log.
            if answer.error_code() != "INPUT_INVALID" {
                expected.push((member, strange));
            }
        }
    }
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!(lines.len(), expected.len(), "{:?}", told(&lines));
    let accepted = expected.iter().filter(|(_, strange)| *strange == STRANGE[2]).count();
    assert!(accepted >= 6, "what has no control characters is accepted: {expected:?}");
    for (line, (member, strange)) in lines.iter().zip(expected) {
        let value = if member == "options" { &line[member][1]["id"] } else { &line[member] };
        let found = value.as_str().unwrap_or_default();
        assert!(!found.is_empty() && strange.starts_with(found), "{member} of {line}");
    }
}

#[tokio::test]
async fn no_payee_does_so_either() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let visible = "\"}, {\"event\": Žižkov \\u000a 1/0300";
    send(&adapter, USER, &payment("op", "1", "CZK", visible)).await;
    for strange in ["a\r\nb", "\u{202e}", "\u{2028}", "\u{200f}", "\u{e0041}"] {
        let context = payment("op", "1", "CZK", &format!("1/0300{strange}"));
        let answer = adapter.post(SMS_CREATE, sms_create(USER, &context)).await;
        assert_eq!(answer.status, 400, "{strange:?}: {}", answer.text);
    }
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!(told(&lines), ["code_sent succeeded", "code_created succeeded"]);
    assert_eq!(lines[1]["account"], visible);
}
