//! The files of authorities and of what they have revoked.

use data_adapter_tests::people::KeyKind;
use serde_json::json;

use super::*;
use crate::support::Exit;

#[tokio::test]
async fn a_revocation_list_is_read_again_while_the_program_runs() {
    let bank = Bank::new(KeyKind::P256);
    let adapter = bank.start().await;
    let john = bank.authority.issue(KeyKind::P256, USER);
    assert_succeeds(&approve(&adapter, &john).await);
    bank.revoke(&[john.serial()]);
    assert_fails(&approve(&adapter, &john).await);
    bank.revoke(&[]);
    assert_succeeds(&approve(&adapter, &john).await);
}

#[tokio::test]
async fn while_a_revocation_list_cannot_be_read_nobody_can_say() {
    let bank = Bank::new(KeyKind::P256);
    let adapter = bank.start().await;
    let john = bank.authority.issue(KeyKind::P256, USER);
    bank.write("crl.der", b"garbage");
    let answer = approve(&adapter, &john).await;
    assert_eq!((answer.status, answer.error_code()), (503, "REMOTE_ERROR".to_owned()), "{}", answer.text);
    let old = bank.authority.revoke_with(&[], |list| list.next_update = rcgen::date_time_ymd(2025, 2, 1));
    bank.write("crl.der", old.der());
    let answer = approve(&adapter, &john).await;
    assert_eq!((answer.status, answer.error_code()), (503, "REMOTE_ERROR".to_owned()), "{}", answer.text);
    assert!(adapter.log().contains("a revocation list is out of date"), "{}", adapter.log());
    bank.revoke(&[]);
    assert_succeeds(&approve(&adapter, &john).await);
}

/// How the program ends with a section, at the start and when it only looks.
async fn exits(section: &str) -> [Exit; 2] {
    let check = with_section(section).arg("config").arg("check");
    [with_section(section).spawn_failing().await, check.spawn_failing().await]
}

#[tokio::test]
async fn files_and_settings_that_cannot_be_used_are_refused_by_the_name_of_their_key() {
    let bank = Bank::new(KeyKind::P256);
    bank.write("key.pem", bank.authority.key_pem().as_bytes());
    bank.write("person.pem", bank.authority.issue(KeyKind::P256, USER).pem.as_bytes());
    let section = bank.section("");
    let no_ca = |name: &str| section.replace("ca.pem", name);
    for (section, named) in [
        (no_ca("missing.pem"), "`certificates.ca_file`"),
        (no_ca("key.pem"), "`certificates.ca_file`"),
        (no_ca("person.pem"), "`certificates.ca_file`"),
        (section.replace("crl.der", "ca.pem"), "`certificates.crl_files`"),
        (section.replace("crl.der", "missing"), "`certificates.crl_files`"),
        (
            "[certificates]\ncrl_files = [\"a\"]".to_owned(),
            "`certificates.crl_files` needs `certificates.ca_file`",
        ),
        (bank.section("verification_url = \"http://bank.test\""), "`certificates.verification_url`"),
        (bank.section("methods = [\"\"]"), "`certificates.methods`"),
        (bank.section("subject = \"dn\""), "`certificates.subject`"),
        (bank.section("ocsp = true"), "ocsp"),
    ] {
        for exit in exits(&section).await {
            assert_eq!(exit.status, Some(78), "{section}: {exit:?}");
            assert!(exit.stderr.contains(named), "{section}: {exit:?}");
        }
    }
    let check = bank.builder("").arg("config").arg("check").spawn_failing().await;
    assert_eq!(check.status, Some(0), "{check:?}");
}

#[tokio::test]
async fn an_authority_that_is_out_of_date_is_told_in_the_log() {
    let bank = Bank::new(KeyKind::P256);
    let old = Authority::root_with(KeyKind::P256, "Old", |authority| {
        authority.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    bank.write("ca.pem", format!("{}{}", old.pem(), bank.authority.pem()).as_bytes());
    let adapter = bank.start().await;
    assert!(adapter.log().contains("an authority is expired or not yet valid"), "{}", adapter.log());
    assert_succeeds(&approve(&adapter, &bank.authority.issue(KeyKind::P256, USER)).await);
    let theirs = old.issue(KeyKind::P256, USER);
    let signature = theirs.sign(&text_to_sign(&adapter).await);
    assert_fails(&approve_with(&adapter, &theirs, &signature, json!({})).await);
}
