//! A certificate in place of a username.

use data_adapter_tests::people::{Authority, KeyKind};
use serde_json::json;

use super::*;
use crate::support::payloads::LOOKUP;

fn lookup(pem: &str) -> String {
    recorded("1.1.0", "user-lookup", json!({"username": null, "clientCertificate": pem}))
}

#[tokio::test]
async fn a_valid_certificate_finds_its_owner_and_no_other_finds_anybody() {
    for kind in [KeyKind::Rsa2048, KeyKind::P256] {
        let bank = Bank::new(kind);
        let adapter = bank.start().await;
        let found = adapter.post(LOOKUP, lookup(&bank.authority.issue(kind, USER).pem)).await;
        assert_eq!((found.status, &found.object()["id"]), (200, &json!(USER)), "{}", found.text);
        let lost = bank.authority.issue(kind, USER);
        bank.revoke(&[lost.serial()]);
        let stranger = Authority::root(kind, "Bank").issue(kind, USER);
        let nobody = bank.authority.issue(kind, "nobody");
        for wrong in [lost.pem.as_str(), &stranger.pem, &nobody.pem, "garbage"] {
            let answer = adapter.post(LOOKUP, lookup(wrong)).await;
            assert_eq!(
                (answer.status, answer.error_code()),
                (400, "USER_NOT_FOUND".to_owned()),
                "{}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn the_username_can_be_in_the_certificate_in_place_of_the_id() {
    let bank = Bank::new(KeyKind::P256);
    let more = "subject = \"email\"\nnames = \"username\"";
    let adapter = bank.builder(more).start().await;
    let named = |email: &str| {
        let email = rcgen::SanType::Rfc822Name(email.try_into().expect("ASCII"));
        bank.authority.issue_with(KeyKind::P256, "no-uid", |person| person.subject_alt_names.push(email))
    };
    let john = named("user1234");
    let found = adapter.post(LOOKUP, lookup(&john.pem)).await;
    assert_eq!(found.object()["id"], USER, "{}", found.text);
    assert_succeeds(&approve(&adapter, &john).await);
    assert_fails(&approve(&adapter, &named("czech")).await);
    assert_fails(&approve(&adapter, &named(USER)).await);
}
