//! The clients from 1.0 on.

use serde_json::json;

use super::{Client, ends, set};
use crate::support::outcome::{
    AUTHENTICATED, JOHN_DOE, LATER, LOGIN_OPERATION, MAPPED, NO_CERTIFICATE, NO_CERTIFICATES, NOT_APPLIED,
    NOT_AUTHENTICATED, NOT_BOTH, NOT_SAVED, SHOW, SKIPPED, UNKNOWN_MESSAGE,
};
use crate::support::{Outcome, raw};

pub(super) const V1_1_0: Client =
    Client { folder: "web-flow-clients/1.1.0", dialect: LATER, expected: EXPECTED };
pub(super) const V1_9_0: Client =
    Client { folder: "web-flow-clients/1.9.0", dialect: LATER, expected: EXPECTED };

/// Both clients send the same requests, with other members.
const EXPECTED: &[(&str, Outcome)] = &[
    ("afs-execute", NOT_APPLIED),
    ("auth-method-init", NO_CERTIFICATES),
    ("certificate-verify", NO_CERTIFICATE),
    ("consent-create", Outcome::Form),
    ("consent-init", SHOW),
    ("consent-save", NOT_SAVED),
    ("consent-validate", Outcome::Incomplete),
    ("formdata-change.auth-method", Outcome::Done),
    ("formdata-change.bank-account", Outcome::Done),
    ("formdata-decorate", Outcome::Decorated),
    ("operation-change.canceled", Outcome::Done),
    ("operation-change.done", Outcome::Done),
    ("operation-change.failed", Outcome::Done),
    ("operation-create", LOGIN_OPERATION),
    ("operation-mapping", MAPPED),
    ("sms-create", Outcome::Sent),
    ("sms-create.null-user", Outcome::Sent),
    ("sms-create.resend", Outcome::Sent),
    ("sms-password-verify", NOT_BOTH),
    ("sms-send", Outcome::Sent),
    ("sms-verify", UNKNOWN_MESSAGE),
    ("sms-verify.null-user", SKIPPED),
    ("user-authenticate", AUTHENTICATED),
    ("user-authenticate.aes", NOT_AUTHENTICATED),
    ("user-info", JOHN_DOE),
    ("user-lookup", JOHN_DOE),
];

#[tokio::test]
async fn the_code_of_next_step_reaches_the_phone_that_the_request_names_in_the_ordinary_text() {
    let adapter = V1_9_0.start().await;
    let answer = V1_9_0.send_as_it_stands(&adapter, "sms-send").await;
    assert_eq!(answer.member("messageId"), "b1b2ac5e-8f2f-4c88-9b9a-5a5d4a2f0c11");
    let message = adapter.messages().await.swap_remove(0);
    assert_eq!(message["messageId"], "b1b2ac5e-8f2f-4c88-9b9a-5a5d4a2f0c11");
    assert_eq!(message["to"], "+420123456789", "the contact of the request wins: {message}");
    let text = message["text"].as_str().unwrap_or_default();
    assert!(text.contains("238400856/0300") && text.ends_with("is 41947166."), "{text}");
}

#[tokio::test]
async fn a_code_of_our_own_goes_to_the_phone_that_the_request_names_as_well() {
    let adapter = V1_9_0.start().await;
    V1_9_0.send_as_it_stands(&adapter, "sms-create").await;
    let with_contact = adapter.messages().await.swap_remove(0);
    assert_eq!(with_contact["to"], "+420123456789");
    V1_1_0.send_as_it_stands(&adapter, "sms-create").await;
    let without = adapter.messages().await.swap_remove(0);
    assert_ne!(without["to"], "+420123456789", "the version before sends no contacts");
}

#[tokio::test]
async fn an_account_that_may_not_be_used_is_skipped_and_gets_no_message() {
    for name in ["sms-create", "sms-send"] {
        let adapter = V1_9_0.start().await;
        let request = set(&V1_9_0.recording(name), "accountStatus", json!("NOT_ACTIVE"));
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        Outcome::Sent.assert_in(LATER, &answer, name);
        assert!(adapter.messages().await.is_empty(), "{name}");
    }
    let skipped = [
        ("sms-verify", "smsAuthorizationResult", "smsAuthorization.invalidMessage"),
        ("sms-password-verify", "userAuthenticationResult", "login.authenticationFailed"),
        ("certificate-verify", "certificateVerificationResult", "login.authenticationFailed"),
    ];
    for (name, result, message) in skipped {
        let adapter = V1_9_0.start().await;
        let request = set(&V1_9_0.recording(name), "accountStatus", json!("NOT_ACTIVE"));
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        assert_eq!(answer.object()[result], "SKIPPED", "{name}: {}", answer.text);
        assert_eq!(answer.object()["errorMessage"], message, "{name}");
    }
}

/// What the person reads must not tell whether there is such an account.
#[tokio::test]
async fn what_is_skipped_reads_and_counts_like_a_wrong_code() {
    let adapter = V1_9_0.start().await;
    let mut read = Vec::new();
    for (create, user, status) in [
        ("sms-create", json!("12345678"), "ACTIVE"),
        ("sms-create.null-user", json!(null), "ACTIVE"),
        ("sms-create", json!("12345678"), "NOT_ACTIVE"),
    ] {
        let created = V1_9_0.recording(create);
        let created = set(&created, "accountStatus", json!(status));
        let message = raw::send(adapter.address(), created.as_bytes()).await.member("messageId");
        let mut verify = V1_9_0.recording("sms-verify");
        if create.ends_with("null-user") {
            verify = V1_9_0.recording("sms-verify.null-user");
        }
        for (member, value) in [
            ("messageId", json!(message)),
            ("authorizationCode", json!("00000000")),
            ("userId", user.clone()),
            ("accountStatus", json!(status)),
        ] {
            verify = set(&verify, member, value);
        }
        let answer = raw::send(adapter.address(), verify.as_bytes()).await;
        let object = answer.object();
        read.push((object["errorMessage"].clone(), object["remainingAttempts"].clone()));
    }
    assert_eq!(read, vec![(json!("smsAuthorization.failed"), json!(4)); 3]);
}

#[tokio::test]
async fn a_right_code_of_nobody_in_particular_is_not_used_up() {
    let adapter = V1_9_0.start().await;
    let message = V1_9_0.send_as_it_stands(&adapter, "sms-create").await.member("messageId");
    let code = adapter.code_for(&message).await;
    let verify = set(&V1_9_0.recording("sms-verify"), "messageId", json!(message));
    let verify = set(&verify, "authorizationCode", json!(code));
    for (user, result) in [(json!(null), "SKIPPED"), (json!("12345678"), "SUCCEEDED")] {
        let request = set(&verify, "userId", user);
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        assert_eq!(answer.object()["smsAuthorizationResult"], result, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_blank_certificate_is_none() {
    let adapter = V1_9_0.start().await;
    let request = set(&V1_9_0.recording("user-lookup"), "clientCertificate", json!(" "));
    JOHN_DOE.assert_in(LATER, &raw::send(adapter.address(), request.as_bytes()).await, "user-lookup");
}

#[tokio::test]
async fn a_right_code_of_an_account_that_may_not_be_used_is_not_used_up() {
    let adapter = V1_9_0.start().await;
    let message = V1_9_0.send_as_it_stands(&adapter, "sms-create").await.member("messageId");
    let code = adapter.code_for(&message).await;
    let verify = set(&V1_9_0.recording("sms-verify"), "messageId", json!(message));
    let verify = set(&verify, "authorizationCode", json!(code));
    let blocked = set(&verify, "accountStatus", json!("NOT_ACTIVE"));
    for (request, result) in [(&blocked, "SKIPPED"), (&verify, "SUCCEEDED")] {
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        assert_eq!(answer.object()["smsAuthorizationResult"], result, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_code_and_a_password_of_nobody_are_skipped() {
    let adapter = V1_9_0.start().await;
    let created = V1_9_0.send_as_it_stands(&adapter, "sms-create.null-user").await;
    let request = set(&V1_9_0.recording("sms-password-verify"), "userId", json!(null));
    let request = set(&request, "messageId", created.object()["messageId"].clone());
    let answer = raw::send(adapter.address(), request.as_bytes()).await;
    for result in ["smsAuthorizationResult", "userAuthenticationResult"] {
        assert_eq!(answer.object()[result], "SKIPPED", "{}", answer.text);
    }
    assert_eq!(answer.object()["errorMessage"], "login.authenticationFailed");
}

#[tokio::test]
async fn a_user_whom_the_back_end_has_blocked_is_told_by_the_account_status() {
    let adapter = V1_9_0.start().await;
    let request = set(&V1_9_0.recording("user-lookup"), "username", json!("blocked"));
    let lookup = raw::send(adapter.address(), request.as_bytes()).await;
    assert_eq!(lookup.object()["accountStatus"], "NOT_ACTIVE", "{}", lookup.text);
    let user = lookup.object()["id"].clone();
    let request = set(&V1_9_0.recording("user-authenticate"), "userId", user.clone());
    let answer = raw::send(adapter.address(), request.as_bytes()).await;
    assert_eq!(answer.object()["authenticationResult"], "SKIPPED", "{}", answer.text);
    assert_eq!(answer.object()["accountStatus"], "NOT_ACTIVE");
    assert_eq!(answer.object()["errorMessage"], "login.authenticationFailed");
}

#[tokio::test]
async fn a_login_is_made_only_for_scopes_that_may_have_one() {
    let adapter = V1_9_0.start().await;
    for scopes in [json!([]), json!(["profile"]), json!(null)] {
        let request = set(&V1_9_0.recording("operation-create"), "scopes", scopes.clone());
        let answer = raw::send(adapter.address(), request.as_bytes()).await;
        assert_eq!(answer.status, 400, "{scopes}: {}", answer.text);
    }
}

#[tokio::test]
async fn one_instance_speaks_to_both_under_two_context_paths() {
    let adapter = crate::support::DataAdapter::builder()
        .env("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "/later")
        .start()
        .await;
    // Both clients name the same operation, and after its end there are no codes for it.
    for are_ends in [false, true] {
        let in_turn =
            |client: &'static Client| client.in_turn().filter(move |(name, _)| ends(name) == are_ends);
        for (name, outcome) in in_turn(&V1_9_0) {
            let moved = V1_9_0.recording(name).replacen("POST /powerauth-data-adapter/", "POST /later/", 1);
            let answer = raw::send(adapter.address(), moved.as_bytes()).await;
            outcome.assert_in(LATER, &answer, name);
        }
        for (name, outcome) in in_turn(&super::V0_22_0) {
            let answer = super::V0_22_0.send_as_it_stands(&adapter, name).await;
            outcome.assert(&answer, name);
        }
    }
}
