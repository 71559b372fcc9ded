//! The messages and the code variants that Web Flow and its forks read out of a refusal (FACTS A7 and A8).

use serde_json::{Value, json};

use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE, DECORATE, FORMDATA_CHANGE,
    LOOKUP, SMS_CREATE, SMS_PASSWORD_VERIFY, SMS_VERIFY, TICKED, USER, USER_INFO, consent_create,
    consent_init, consent_save, consent_validate, formdata_change, payment, payment_named,
};
use crate::support::{Answer, DataAdapter};

use super::case::unified_body_complaint;
use super::paths::{Path, paths};

const GENERAL: &str = "login.authenticationFailed";

fn path(name: &str) -> Path {
    let found = paths().into_iter().find(|path| path.path == name);
    found.expect("it is one of the 13")
}

/// The good request of a path with other members in `requestObject`; null takes one away.
fn changed(name: &str, members: &[(&str, Value)]) -> String {
    let mut body = path(name).body;
    for (pointer, value) in members {
        let whole = format!("/requestObject/{pointer}");
        let (parent, member) = whole.rsplit_once('/').expect("it starts with a slash");
        let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        if value.is_null() {
            parent.shift_remove(member);
        } else {
            parent.insert((*member).to_owned(), value.clone());
        }
    }
    body.to_string()
}

/// The variants of a code that a text member is refused with.
fn variants(code: &str, path: &str) -> Vec<String> {
    let last = path.rsplit('.').next().unwrap_or(path);
    vec![
        format!("{code}.objectRequest.{path}"),
        format!("{code}.{path}"),
        format!("{code}.{last}"),
        format!("{code}.java.lang.String"),
        code.to_owned(),
    ]
}

fn errors(answer: &Answer) -> Vec<String> {
    let errors = answer.object()["validationErrors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error.as_str().unwrap_or_default().to_owned()).collect()
}

fn assert_input_invalid(answer: &Answer, message: &str, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.text);
    assert_eq!(unified_body_complaint(&answer.json()), None, "{what}: {}", answer.text);
    assert_eq!(answer.error_code(), "INPUT_INVALID", "{what}: {}", answer.text);
    assert_eq!(answer.message(), message, "{what}: {}", answer.text);
}

/// Sends a request with one wrong member and compares everything that a client reads.
async fn assert_one_wrong(
    adapter: &DataAdapter,
    name: &str,
    member: (&str, Value),
    message: &str,
    code: &str,
) {
    let path = format!("requestObject.{}", member.0.replace('/', "."));
    let what =
        format!("{name} with {} {}", member.0, member.1.to_string().chars().take(60).collect::<String>());
    let answer = adapter.post(name, changed(name, &[member])).await;
    assert_input_invalid(&answer, message, &what);
    assert_eq!(errors(&answer), variants(code, &path), "{what}");
}

fn long(length: usize) -> Value {
    json!("x".repeat(length))
}

#[tokio::test]
async fn a_name_that_is_empty_or_too_long_is_refused_in_the_words_of_the_document() {
    let adapter = DataAdapter::start().await;
    for empty in [json!(""), json!("   "), json!("\t\n "), Value::Null] {
        let (message, code) = ("login.username.empty", "login.username.empty");
        assert_one_wrong(&adapter, LOOKUP, ("username", empty), message, code).await;
    }
    for too_long in [long(41), json!("ž".repeat(41))] {
        let (message, code) = ("login.username.long", "login.username.long");
        assert_one_wrong(&adapter, LOOKUP, ("username", too_long), message, code).await;
    }
    for long_enough in [long(40), json!("ž".repeat(40)), json!("  x  ")] {
        let answer = adapter.post(LOOKUP, changed(LOOKUP, &[("username", long_enough)])).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (400, "USER_NOT_FOUND"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_password_that_is_empty_or_too_long_is_refused_in_the_words_of_the_document() {
    let adapter = DataAdapter::start().await;
    for name in [AUTHENTICATE, SMS_PASSWORD_VERIFY] {
        for empty in [json!(""), json!("  "), Value::Null] {
            let (message, code) = ("login.password.empty", "login.password.empty");
            assert_one_wrong(&adapter, name, ("password", empty), message, code).await;
        }
        let (message, code) = ("login.password.long", "login.password.long");
        assert_one_wrong(&adapter, name, ("password", long(129)), message, code).await;
        let answer = adapter.post(name, changed(name, &[("password", long(128))])).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_encrypted_password_may_be_longer_than_a_clear_one() {
    let adapter = DataAdapter::start().await;
    let protected = |password: Value| {
        let protection = json!({"passwordProtection": "PASSWORD_ENCRYPTION_AES",
                                "cipherTransformation": "AES/CBC/PKCS7Padding"});
        changed(AUTHENTICATE, &[("authenticationContext", protection), ("password", password)])
    };
    let answer = adapter.post(AUTHENTICATE, protected(long(256))).await;
    assert_eq!((answer.status, answer.message().as_str()), (200, GENERAL), "{}", answer.text);
    let answer = adapter.post(AUTHENTICATE, protected(long(257))).await;
    assert_input_invalid(&answer, "login.password.long", "257 characters of ciphertext");
}

#[tokio::test]
async fn any_other_member_alone_gives_the_general_message_and_its_own_codes() {
    let adapter = DataAdapter::start().await;
    for name in [LOOKUP, AUTHENTICATE, USER_INFO] {
        for (value, code) in [
            (json!(""), "login.organizationId.empty"),
            (json!(" "), "login.organizationId.empty"),
            (Value::Null, "login.organizationId.empty"),
            (long(257), "login.organizationId.long"),
        ] {
            assert_one_wrong(&adapter, name, ("organizationId", value), GENERAL, code).await;
        }
    }
    for name in [AUTHENTICATE, USER_INFO, DECORATE] {
        for (value, code) in [
            (json!(""), "login.userId.empty"),
            (json!(" "), "login.userId.empty"),
            (Value::Null, "login.userId.empty"),
            (long(41), "login.userId.long"),
            (long(5_000), "login.userId.long"),
        ] {
            assert_one_wrong(&adapter, name, ("userId", value), GENERAL, code).await;
        }
    }
    for name in [SMS_CREATE, SMS_VERIFY] {
        let code = "smsAuthorization.userId.long";
        assert_one_wrong(&adapter, name, ("userId", long(41)), GENERAL, code).await;
        let code = "smsAuthorization.organizationId.long";
        assert_one_wrong(&adapter, name, ("organizationId", long(257)), GENERAL, code).await;
    }
    for name in [SMS_CREATE, SMS_VERIFY, SMS_PASSWORD_VERIFY] {
        let member = "operationContext/name";
        let code = "smsAuthorization.operationName.empty";
        assert_one_wrong(&adapter, name, (member, json!("  ")), GENERAL, code).await;
        let code = "smsAuthorization.operationName.long";
        assert_one_wrong(&adapter, name, (member, long(33)), GENERAL, code).await;
    }
}

#[tokio::test]
async fn several_wrong_members_are_all_listed_and_those_of_the_login_form_make_the_message() {
    let adapter = DataAdapter::start().await;
    for (name, members, message) in [
        (LOOKUP, [("username", json!("")), ("organizationId", json!(""))], "login.username.empty"),
        (LOOKUP, [("username", long(41)), ("organizationId", long(257))], "login.username.long"),
        (AUTHENTICATE, [("userId", json!("")), ("password", json!(""))], "login.password.empty"),
        (AUTHENTICATE, [("password", long(129)), ("organizationId", json!(" "))], "login.password.long"),
        (USER_INFO, [("userId", long(41)), ("organizationId", json!(""))], GENERAL),
    ] {
        let expected = members.iter().flat_map(|(member, value)| {
            let shape =
                if value.as_str().is_some_and(|text| text.trim().is_empty()) { "empty" } else { "long" };
            variants(&format!("login.{member}.{shape}"), &format!("requestObject.{member}"))
        });
        let mut expected = expected.collect::<Vec<_>>();
        let answer = adapter.post(name, changed(name, &members)).await;
        assert_input_invalid(&answer, message, name);
        let mut found = errors(&answer);
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_request_without_its_operation_says_so() {
    let adapter = DataAdapter::start().await;
    for path in paths().into_iter().filter(Path::has_operation) {
        let answer = adapter.post(path.path, changed(path.path, &[("operationContext", Value::Null)])).await;
        assert_input_invalid(&answer, GENERAL, path.path);
        let errors = errors(&answer);
        assert_eq!(errors.len(), 5, "{}: {errors:?}", path.path);
        assert_eq!(errors[0], "operationContext.missing.objectRequest.requestObject.operationContext");
        assert_eq!(errors[1], "operationContext.missing.requestObject.operationContext");
        assert_eq!(errors[2], "operationContext.missing.operationContext");
        assert!(errors[3].starts_with("operationContext.missing."), "{errors:?}");
        assert!(errors[3].ends_with(".OperationContext"), "{errors:?}");
        assert_eq!(errors[4], "operationContext.missing");
    }
}

#[tokio::test]
async fn a_protection_that_is_not_known_is_an_unsupported_type() {
    let adapter = DataAdapter::start().await;
    for name in [AUTHENTICATE, SMS_PASSWORD_VERIFY] {
        let member = ("authenticationContext/passwordProtection", json!("ROT13"));
        let answer = adapter.post(name, changed(name, &[member])).await;
        assert_input_invalid(&answer, GENERAL, name);
        let errors = errors(&answer);
        assert_eq!(errors.last().map(String::as_str), Some("login.type.unsupported"), "{errors:?}");
    }
    for transformation in ["AES/ECB/PKCS5Padding", "AES/GCM/NoPadding", "DES", "", "x"] {
        let protection = json!({"passwordProtection": "PASSWORD_ENCRYPTION_AES",
                                "cipherTransformation": transformation});
        let body =
            changed(AUTHENTICATE, &[("authenticationContext", protection), ("password", json!("a:b"))]);
        let answer = adapter.post(AUTHENTICATE, body).await;
        assert_eq!(answer.status, 400, "{transformation}: {}", answer.text);
        assert_eq!(answer.error_code(), "INPUT_INVALID", "{transformation}: {}", answer.text);
    }
}

/// The good request of a path with another first or second attribute in its form.
fn with_attribute(name: &str, index: usize, member: &str, value: Value) -> String {
    let mut body = path(name).body;
    let attribute = body.pointer_mut(&format!("/requestObject/operationContext/formData/parameters/{index}"));
    let attribute = attribute.and_then(Value::as_object_mut).expect("an attribute");
    if value.is_null() {
        attribute.shift_remove(member);
    } else {
        attribute.insert(member.to_owned(), value);
    }
    body.to_string()
}

#[tokio::test]
async fn what_a_code_cannot_be_bound_to_is_named() {
    let adapter = DataAdapter::start().await;
    for name in [SMS_CREATE, SMS_VERIFY, SMS_PASSWORD_VERIFY] {
        for (index, member, value, code) in [
            (0, "type", json!("HEADING"), "smsAuthorization.amount.empty"),
            (0, "amount", Value::Null, "smsAuthorization.amount.empty"),
            (0, "amount", json!(-1), "smsAuthorization.amount.invalid"),
            (0, "amount", json!(0), "smsAuthorization.amount.invalid"),
            (0, "amount", json!(-0.01), "smsAuthorization.amount.invalid"),
            (0, "currency", json!(""), "smsAuthorization.currency.empty"),
            (0, "currency", json!("  "), "smsAuthorization.currency.empty"),
            (0, "currency", Value::Null, "smsAuthorization.currency.empty"),
            (1, "value", json!(""), "smsAuthorization.account.empty"),
            (1, "value", Value::Null, "smsAuthorization.account.empty"),
            (1, "id", json!("operation.iban"), "smsAuthorization.account.empty"),
            (1, "type", json!("NOTE"), "smsAuthorization.account.empty"),
        ] {
            let what = format!("{name}: {member} {value}");
            let answer = adapter.post(name, with_attribute(name, index, member, value)).await;
            assert_input_invalid(&answer, GENERAL, &what);
            let errors = errors(&answer);
            assert!(errors.iter().any(|error| error == code), "{what}: {errors:?}");
            let first = format!("{code}.objectRequest.requestObject.operationContext.formData");
            assert!(errors.contains(&first), "{what}: {errors:?}");
        }
    }
}

#[tokio::test]
async fn consent_without_a_user_is_an_invalid_request() {
    let adapter = DataAdapter::start().await;
    let answer = adapter.post(CONSENT_INIT, changed(CONSENT_INIT, &[("userId", json!(""))])).await;
    assert_input_invalid(&answer, GENERAL, "no user");
    let errors = errors(&answer);
    assert_eq!(errors.last().map(String::as_str), Some("consent.invalidRequest"), "{errors:?}");
}

#[tokio::test]
async fn consent_to_an_operation_that_is_not_known_is_refused_whatever_was_shown_before() {
    let adapter = DataAdapter::start().await;
    let known = payment("op", "100", "CZK", "238400856/0300");
    let unknown = payment_named("transfer_everything", "op", "100", "CZK", "238400856/0300");
    for (path, body) in
        [(CONSENT_INIT, consent_init(USER, &known)), (CONSENT_CREATE, consent_create(USER, &known, "en"))]
    {
        assert_eq!(adapter.post(path, body).await.status, 200);
    }
    for (path, body) in [
        (CONSENT_INIT, consent_init(USER, &unknown)),
        (CONSENT_VALIDATE, consent_validate(USER, &unknown, TICKED)),
        (CONSENT_SAVE, consent_save(USER, &unknown, TICKED)),
    ] {
        let answer = adapter.post(path, body).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert_eq!(answer.error_code(), "OPERATION_CONTEXT_INVALID", "{path}: {}", answer.text);
        assert_eq!(answer.message(), "operationContext.invalid", "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_account_of_nobody_or_of_someone_else_cannot_be_chosen() {
    let adapter = DataAdapter::start().await;
    let context = payment("op", "100", "CZK", "238400856/0300");
    for (account, status) in [
        ("CZ4012340000000012345678", 200),
        ("CZ7512340000000011111111", 400),
        ("CZ0000000000000000000000", 400),
        ("cz4012340000000012345678", 400),
    ] {
        let change = json!({"type": "BANK_ACCOUNT_CHOICE", "bankAccountId": account}).to_string();
        let answer = adapter.post(FORMDATA_CHANGE, formdata_change(USER, &context, &change)).await;
        assert_eq!(answer.status, status, "{account}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.error_code(), "INPUT_INVALID", "{account}: {}", answer.text);
        }
    }
    let change = r#"{"type":"AUTH_METHOD_CHOICE","chosenAuthMethod":"SMS_KEY"}"#;
    let answer = adapter.post(FORMDATA_CHANGE, formdata_change(USER, &context, change)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
