//! A payment that is approved with a certificate, or not.

use data_adapter_tests::people::{Authority, KeyKind};
use rcgen::{ExtendedKeyUsagePurpose, date_time_ymd};
use serde_json::json;

use super::*;
use crate::audit::until;

#[tokio::test]
async fn the_methods_that_are_configured_offer_certificates_and_the_text_to_sign() {
    let bank = Bank::new(KeyKind::P256);
    let url = "https://webflow.bank.test/certificate";
    let more = format!("methods = [\"LOGIN_SCA\"]\nverification_url = \"{url}\"");
    for (adapter, url) in [
        (bank.builder(&more).start().await, json!(url)),
        (bank.builder("methods = [\"LOGIN_SCA\"]").start().await, json!(null)),
    ] {
        let init = |method: &str| recorded("1.9.0", "auth-method-init", json!({"authMethod": method}));
        let offered = adapter.post(METHOD_INIT, init("LOGIN_SCA")).await;
        let text = "a8f2b8b1-3b1e-4e5f-9d2c-0a4b7d1f3c22\nlogin\nA2";
        let wanted = json!({"certificateAuthenticationMode": "ENABLED", "certificateVerificationUrl": url,
            "operationDataExternal": text});
        assert_eq!(*offered.object(), wanted);
        for method in ["APPROVAL_SCA", "SMS_KEY", ""] {
            let answer = adapter.post(METHOD_INIT, init(method)).await;
            assert_eq!(answer.object()["certificateAuthenticationMode"], "NOT_AVAILABLE", "{method}");
            assert_eq!(answer.object()["operationDataExternal"], json!(null), "{method}");
        }
    }
}

#[tokio::test]
async fn without_authorities_nothing_is_offered_and_no_certificate_is_right() {
    let adapter = with_section("").start().await;
    let answer = adapter.post(METHOD_INIT, recorded("1.9.0", "auth-method-init", json!({}))).await;
    assert_eq!(answer.object()["certificateAuthenticationMode"], "NOT_AVAILABLE");
    let bank = Bank::new(KeyKind::P256);
    let john = bank.authority.issue(KeyKind::P256, USER);
    let text = text_to_sign(&bank.start().await).await;
    assert_fails(&approve_with(&adapter, &john, &john.sign(&text), json!({})).await);
}

#[tokio::test]
async fn who_signs_what_is_offered_approves_it() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let bank = Bank::new(kind);
        let adapter = bank.start().await;
        assert_succeeds(&approve(&adapter, &bank.authority.issue(kind, USER)).await);
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_certificate_the_answer_is_the_same_and_only_the_log_says_what_it_was() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let bank = Bank::new(kind);
        let adapter = bank.start().await;
        let issue = |uid: &str| bank.authority.issue(kind, uid);
        let expired =
            bank.authority.issue_with(kind, USER, |person| person.not_after = date_time_ymd(2020, 1, 1));
        let too_early =
            bank.authority.issue_with(kind, USER, |person| person.not_before = date_time_ymd(2099, 1, 1));
        let of_servers = bank.authority.issue_with(kind, USER, |person| {
            person.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        });
        let revoked = issue(USER);
        bank.revoke(&[revoked.serial()]);
        for (certificate, reason) in [
            (issue("20000002"), "other_user"),
            (issue("nobody"), "other_user"),
            (expired, "expired"),
            (too_early, "not_yet_valid"),
            (of_servers, "wrong_usage"),
            (revoked, "revoked"),
            (Authority::root(kind, "Bank").issue(kind, USER), "unknown_authority"),
        ] {
            let before = refusals(&adapter, reason);
            assert_fails(&approve(&adapter, &certificate).await);
            // The line may come after the answer.
            until(reason, || refusals(&adapter, reason) == before + 1).await;
        }
        assert_succeeds(&approve(&adapter, &issue(USER)).await);
        for personal in ["Doe", "20000002", "nobody", "BEGIN CERTIFICATE", "MII"] {
            assert!(!adapter.log().contains(personal), "{personal}: {}", adapter.log());
        }
    }
}

/// How many certificates were refused for a reason.
fn refusals(adapter: &DataAdapter, reason: &str) -> usize {
    let log = adapter.log();
    log.lines().filter(|line| line.contains("a certificate was refused") && line.contains(reason)).count()
}

#[tokio::test]
async fn a_signature_of_anything_else_is_wrong() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let bank = Bank::new(kind);
        let adapter = bank.start().await;
        let john = bank.authority.issue(kind, USER);
        let text = text_to_sign(&adapter).await;
        let right = john.sign(&text);
        assert_succeeds(&approve_with(&adapter, &john, &right, json!({})).await);
        let others = bank.authority.issue(kind, USER).sign(&text);
        for wrong in [b"".as_slice(), b"signature", &john.sign(&format!("{text}.")), &others] {
            assert_fails(&approve_with(&adapter, &john, wrong, json!({})).await);
        }
        let request: Value =
            serde_json::from_str(&recorded("1.9.0", "certificate-verify", json!({}))).expect("JSON");
        let payment = &request["requestObject"]["operationContext"];
        let data = payment["data"].as_str().expect("data").replace("A100CZK", "A900CZK");
        for (member, value) in [("id", "another"), ("name", "authorize_payment_sca"), ("data", &data)] {
            let mut other = payment.clone();
            other[member] = value.into();
            let members = json!({"operationContext": other});
            assert_fails(&approve_with(&adapter, &john, &right, members).await);
        }
        for missing in [json!(null), json!(""), json!("garbage!")] {
            let members = json!({"certificate": john.pem, "signedMessage": missing});
            let body = recorded("1.9.0", "certificate-verify", members);
            assert_fails(&adapter.post(CERTIFICATE_VERIFY, body).await);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_the_browser_showed_to_an_earlier_web_flow_needs_no_signature() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let bank = Bank::new(kind);
        let adapter = bank.start().await;
        let (john, other) = (bank.authority.issue(kind, USER), bank.authority.issue(kind, "20000002"));
        let lost = bank.authority.issue(kind, USER);
        bank.revoke(&[lost.serial()]);
        let stranger = Authority::root(kind, "Bank").issue(kind, USER);
        let show = async |pem: &str| {
            let body = recorded("1.1.0", "certificate-verify", json!({"clientCertificate": pem}));
            adapter.post(CERTIFICATE_VERIFY, body).await
        };
        assert_succeeds(&show(&john.pem).await);
        for wrong in [&other.pem, &lost.pem, &stranger.pem, "garbage"] {
            assert_fails(&show(wrong).await);
        }
    }
}

#[tokio::test]
async fn nothing_is_checked_for_an_account_that_may_not_be_used() {
    let bank = Bank::new(KeyKind::P256);
    let adapter = bank.start().await;
    let john = bank.authority.issue(KeyKind::P256, USER);
    let signature = john.sign(&text_to_sign(&adapter).await);
    for signature in [signature.as_slice(), b"wrong"] {
        let answer = approve_with(&adapter, &john, signature, json!({"accountStatus": "NOT_ACTIVE"})).await;
        assert_skipped(&answer);
    }
    let blocked = bank.authority.issue(KeyKind::P256, "20000001");
    let signature = blocked.sign(&text_to_sign(&adapter).await);
    assert_skipped(&approve_with(&adapter, &blocked, &signature, json!({"userId": "20000001"})).await);
}
