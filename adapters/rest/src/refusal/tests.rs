use super::*;

fn refusal(dialect: Dialect, endpoint: Endpoint, status: u16, body: &Value) -> Refusal {
    let call = Call { endpoint, dialect, body: None, secrets: &[] };
    Refusal::of(call, StatusCode::from_u16(status).unwrap(), body)
}

/// The name of the variant.
fn name(refusal: &Refusal) -> String {
    let printed = format!("{refusal:?}");
    let inner = printed.strip_prefix("Error(").unwrap_or(&printed);
    inner.split('(').next().unwrap_or_default().to_owned()
}

/// The name of the variant for an error with this code.
fn kind_in(dialect: Dialect, endpoint: Endpoint, status: u16, code: &str) -> String {
    let body = serde_json::json!({"status": "ERROR", "responseObject": {"code": code, "message": "m"}});
    name(&refusal(dialect, endpoint, status, &body))
}

/// The same where it does not depend on the dialect.
fn kind(endpoint: Endpoint, status: u16, code: &str) -> String {
    let [old, new] = Dialect::ALL.map(|dialect| kind_in(dialect, endpoint, status, code));
    assert_eq!(old, new, "{endpoint} {status} {code}");
    old
}

#[test]
fn an_error_behind_becomes_the_same_error_here() {
    for (code, expected) in [
        ("USER_NOT_FOUND", "UserNotFound"),
        ("INPUT_INVALID", "InvalidInput"),
        ("OPERATION_CONTEXT_INVALID", "InvalidOperationContext"),
        ("CONSENT_DATA_INVALID", "InvalidConsentData"),
        ("REMOTE_ERROR", "Remote"),
        ("ERROR_GENERIC", "Internal"),
    ] {
        for status in [200, 400, 500] {
            assert_eq!(kind(Endpoint::ConsentSave, status, code), expected, "{code} with {status}");
        }
    }
    assert_eq!(kind(Endpoint::Authenticate, 401, "AUTHENTICATION_FAILED"), "AuthenticationFailed");
    assert_eq!(kind(Endpoint::SmsVerify, 401, "SMS_AUTHORIZATION_FAILED"), "SmsAuthorizationFailed");
}

#[test]
fn a_refused_caller_is_never_a_wrong_password() {
    for status in [401, 403] {
        for code in ["ERROR_GENERIC", "INPUT_INVALID", "USER_NOT_FOUND", "UNAUTHORIZED", ""] {
            assert_eq!(kind(Endpoint::Authenticate, status, code), "Remote", "{code} with {status}");
        }
    }
    assert_eq!(kind(Endpoint::Authenticate, 403, "AUTHENTICATION_FAILED"), "Remote");
    assert_eq!(kind(Endpoint::UserLookup, 401, "AUTHENTICATION_FAILED"), "Remote");
    assert_eq!(kind(Endpoint::SmsCreate, 401, "SMS_AUTHORIZATION_FAILED"), "Remote");
}

#[test]
fn what_is_about_the_path_or_the_load_is_remote() {
    for status in [404, 405, 413, 415, 429, 502, 503] {
        assert_eq!(kind(Endpoint::UserLookup, status, "INPUT_INVALID"), "Remote", "{status}");
    }
    assert_eq!(kind_in(Dialect::V0_22, Endpoint::UserLookup, 400, "SOMETHING_NEW"), "Remote");
    assert_eq!(kind(Endpoint::UserLookup, 500, "SOMETHING_NEW"), "Remote");
}

/// Nobody reads the bodies there, so that a system may use any status of HTTP that fits, and may leave the body out.
#[test]
fn in_dialect_1_other_statuses_say_what_they_say_elsewhere_on_the_web() {
    for (status, code, expected) in [
        (409, "CONSENT_DATA_INVALID", "InvalidConsentData"),
        (422, "INPUT_INVALID", "InvalidInput"),
        (422, "OPERATION_CONTEXT_INVALID", "InvalidOperationContext"),
        (404, "USER_NOT_FOUND", "UserNotFound"),
        (422, "USER_NOT_FOUND", "UserNotFound"),
    ] {
        assert_eq!(
            kind_in(Dialect::V1, Endpoint::ConsentSave, status, code),
            expected,
            "{code} with {status}"
        );
        assert_eq!(
            kind_in(Dialect::V0_22, Endpoint::ConsentSave, status, code),
            "Remote",
            "{code} with {status}"
        );
    }
    assert_eq!(kind(Endpoint::SmsSend, 503, "REMOTE_ERROR"), "Remote");
}

#[test]
fn in_dialect_1_the_status_alone_tells_a_refused_request_from_a_system_that_does_not_answer() {
    let bodies = [Value::Null, serde_json::json!({"status": 400, "error": "Bad Request"})];
    for body in &bodies {
        for status in [400, 409, 422] {
            assert_eq!(
                name(&refusal(Dialect::V1, Endpoint::SmsSend, status, body)),
                "InvalidInput",
                "{status}"
            );
            assert_eq!(
                name(&refusal(Dialect::V0_22, Endpoint::SmsCreate, status, body)),
                "Remote",
                "{status}"
            );
        }
        for status in [200, 401, 403, 404, 405, 408, 413, 415, 429, 500, 501, 502, 503, 504] {
            assert_eq!(name(&refusal(Dialect::V1, Endpoint::SmsSend, status, body)), "Remote", "{status}");
        }
    }
}

#[test]
fn a_certificate_can_be_refused_like_a_password() {
    assert_eq!(kind(Endpoint::CertificateVerify, 401, "AUTHENTICATION_FAILED"), "AuthenticationFailed");
    assert_eq!(kind(Endpoint::CertificateVerify, 401, "SMS_AUTHORIZATION_FAILED"), "Remote");
    assert_eq!(kind(Endpoint::SmsSend, 401, "SMS_AUTHORIZATION_FAILED"), "Remote");
}

fn described(message: &str, secrets: &[&SecretString]) -> String {
    let body = serde_json::json!({"responseObject": {"message": message}});
    let text = describe(StatusCode::BAD_REQUEST, &body, secrets);
    text.strip_prefix("HTTP 400, message ").unwrap().to_owned()
}

#[test]
fn a_message_is_shown_short_in_ascii_and_without_numbers_or_secrets() {
    assert_eq!(described("login.userNotFound", &[]), "\"login.userNotFound\"");
    assert_eq!(described("ž\n\u{1b}[31m\"", &[]), r#""\u{17e}\n\u{1b}[31m\"""#);
    let numbers = "user 12345678 at +420605123456, try 4 of 12";
    assert_eq!(described(numbers, &[]), "\"user # at +#, try 4 of 12\"");
    let long = described(&"x".repeat(1000), &[]);
    assert_eq!(long, format!("\"{}...\"", "x".repeat(200)));
    let (password, empty) = (SecretString::from("s3cret"), SecretString::from(""));
    assert_eq!(described("no user with s3cret", &[&empty, &password]), "\"[withheld]\"");
    assert_eq!(described("no user", &[&empty, &password]), "\"no user\"");
}
