//! Passwords, and what the log of the server says about how they were checked.

use data_adapter_core::{AdapterError, Authentication as _, Credentials, Password, UserId};
use data_adapter_testkit::{Slapd, operation};

use crate::support::{
    PASSWORD, USER, asked, backend, is_right, log_at_rest, log_in, person, remote, with_settings,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_password_is_refused_before_any_bind() {
    let Some(slapd) = Slapd::builder().global("allow bind_anon_dn").start() else { return };
    let backend = backend(&slapd);
    for password in ["", "\0", "s3cret\0"] {
        assert!(!is_right(&backend, USER, password).await);
    }
    assert!(!slapd.log().contains("BIND"), "{}", slapd.log());
    assert!(is_right(&backend, USER, PASSWORD).await, "anybody else is asked about");
}

/// Otherwise the test above shows nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_would_take_an_empty_password() {
    let Some(slapd) = Slapd::builder().global("allow bind_anon_dn").start() else { return };
    let dn = "uid=user1234,ou=people,dc=bank,dc=test";
    let whoami = std::process::Command::new("ldapwhoami")
        .args(["-x", "-H", &slapd.url(), "-D", dn, "-w", ""])
        .output()
        .expect("ldapwhoami can be run");
    assert!(whoami.status.success(), "{whoami:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_password_is_not_for_this_back_end() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let credentials = Credentials {
        user: UserId::new(USER),
        is_nobody: false,
        organization: None,
        password: Password::Encrypted { transformation: "AES".to_owned(), ciphertext: PASSWORD.into() },
        operation: operation("op", "login"),
    };
    let answer = backend(&slapd).authenticate(&credentials).await;
    assert!(matches!(answer, Err(AdapterError::InvalidInput(_))), "{answer:?}");
}

/// Whoever is unknown or blocked costs a search and a bind, like whoever mistypes a password.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_and_a_blocked_account_cost_a_bind_as_a_wrong_password_does() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = backend(&slapd);
    log_in(&backend, USER, "wrong").await.expect("the directory answers");
    let mut before = log_at_rest(&slapd).await.len();
    for (id, password) in [(USER, "wrong"), ("99999999", PASSWORD), ("20000001", PASSWORD)] {
        assert!(!is_right(&backend, id, password).await);
        let log = log_at_rest(&slapd).await;
        assert_eq!(asked(&log[before..]), (1, 1, 1), "{id}: {}", &log[before..]);
        before = log.len();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decoy_is_bound_to_in_place_of_whoever_is_unknown() {
    let decoy = "cn=decoy,ou=people,dc=bank,dc=test";
    let Some(slapd) = Slapd::builder().entries(&person("cn=decoy", "")).start() else { return };
    let settings = Slapd::settings(&[slapd.url()]);
    let backend = with_settings(&format!("decoy_dn = \"{decoy}\"\n{settings}"));
    assert!(!is_right(&backend, "99999999", "wrong").await);
    assert!(!is_right(&backend, "99999999", PASSWORD).await, "the decoy's password lets nobody in");
    assert_eq!(slapd.log().matches(&format!("BIND dn=\"{decoy}\" method")).count(), 2, "{}", slapd.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_binds_is_an_error_and_no_wrong_password() {
    let Some(slapd) = Slapd::builder().database("restrict bind").start() else { return };
    remote(log_in(&backend(&slapd), USER, PASSWORD).await);
    let Some(slapd) = Slapd::builder().global("require authc\nsecurity simple_bind=128").start() else {
        return;
    };
    let why = remote(log_in(&backend(&slapd), USER, PASSWORD).await);
    assert!(why.contains("13 (confidentiality required)"), "confidentiality required: {why}");
}
