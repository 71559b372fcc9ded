//! Accounts that may not be used although the password is right, as OpenLDAP's password policy says so.

use data_adapter_core::{AccountStatus, AuthenticationOutcome, Restriction, UserId};
use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::Slapd;

use crate::support::{PASSWORD, asked, backend, found, log_at_rest, log_in, person, with_settings};

/// A policy below the others.
fn policy(name: &str, rules: &str) -> String {
    format!(
        "\ndn: cn={name},ou=policies,dc=bank,dc=test\nobjectClass: organizationalRole\nobjectClass: pwdPolicy\n\
         cn: {name}\npwdAttribute: userPassword\n{rules}\n"
    )
}

/// Somebody who is under a policy of their own.
fn person_under(name: &str, id: &str, more: &str) -> String {
    let policy = format!("pwdPolicySubentry: cn={name},ou=policies,dc=bank,dc=test");
    person(&format!("uid={name}"), &format!("bankId: {id}\n{policy}\n{more}"))
}

/// A temporary password, an expired one, one with two grace logins and one that will expire within the hour.
pub(crate) fn entries() -> String {
    policy("reset", "pwdMustChange: TRUE\n")
        + &person_under("reset", "1", "pwdReset: TRUE\n")
        + &policy("aged", "pwdMaxAge: 3600\n")
        + &person_under("aged", "2", "pwdChangedTime: 20200101000000Z\n")
        + &policy("grace", "pwdMaxAge: 3600\npwdGraceAuthNLimit: 2\n")
        + &person_under("grace", "3", "pwdChangedTime: 20200101000000Z\n")
        + &policy("warned", "pwdMaxAge: 3600\npwdExpireWarning: 3600\n")
        + &person_under("warned", "4", "")
}

async fn outcome(backend: &LdapBackend, id: &str, password: &str) -> AuthenticationOutcome {
    log_in(backend, id, password).await.expect("the directory answers")
}

/// What the right password of an account comes to that may not be used.
pub(crate) fn restricted(id: &str, restriction: Restriction) -> AuthenticationOutcome {
    AuthenticationOutcome::restricted(UserId::new(id), restriction)
}

pub(crate) fn tolerated(outcome: &AuthenticationOutcome) -> Option<Restriction> {
    let AuthenticationOutcome::Succeeded { tolerated, .. } = outcome else {
        unreachable!("nobody was let in: {outcome:?}")
    };
    *tolerated
}

pub(crate) const WRONG: AuthenticationOutcome = AuthenticationOutcome::Failed { remaining_attempts: None };

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_lets_nobody_in() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = backend(&slapd);
    assert_eq!(found(&backend, "reset").await.status, AccountStatus::Active);
    assert_eq!(outcome(&backend, "1", PASSWORD).await, restricted("1", Restriction::MustChangePassword));
    assert_eq!(outcome(&backend, "1", "wrong").await, WRONG);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_lets_in_where_the_settings_say_so() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = with_settings(&format!("must_change = \"allow\"\n{}", Slapd::settings(&[slapd.url()])));
    let outcome_of = outcome(&backend, "1", PASSWORD).await;
    assert_eq!(tolerated(&outcome_of), Some(Restriction::MustChangePassword));
    assert_eq!(outcome(&backend, "1", "wrong").await, WRONG);
    assert_eq!(outcome(&backend, "3", PASSWORD).await, restricted("3", Restriction::PasswordExpired));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_password_is_told_from_a_wrong_one_only_when_it_is_right() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = backend(&slapd);
    assert_eq!(outcome(&backend, "2", PASSWORD).await, restricted("2", Restriction::PasswordExpired));
    assert_eq!(outcome(&backend, "2", "wrong").await, WRONG);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grace_login_lets_nobody_in() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = backend(&slapd);
    for _ in 0..3 {
        assert_eq!(outcome(&backend, "3", PASSWORD).await, restricted("3", Restriction::PasswordExpired));
        assert_eq!(outcome(&backend, "3", "wrong").await, WRONG);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grace_logins_let_in_as_often_as_the_directory_takes_them_where_the_settings_say_so() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = with_settings(&format!("grace_logins = \"allow\"\n{}", Slapd::settings(&[slapd.url()])));
    for _ in 0..2 {
        let outcome_of = outcome(&backend, "3", PASSWORD).await;
        assert_eq!(tolerated(&outcome_of), Some(Restriction::PasswordExpired));
    }
    assert_eq!(outcome(&backend, "3", PASSWORD).await, restricted("3", Restriction::PasswordExpired));
    assert_eq!(outcome(&backend, "2", PASSWORD).await, restricted("2", Restriction::PasswordExpired));
    assert_eq!(outcome(&backend, "1", PASSWORD).await, restricted("1", Restriction::MustChangePassword));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_will_expire_lets_in() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    assert_eq!(tolerated(&outcome(&backend(&slapd), "4", PASSWORD).await), None);
}

/// The directory is not asked about their passwords, so that nothing is known of them.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_entry_says_that_it_is_over_is_blocked() {
    let people = person("uid=over", "bankId: 1\npwdEndTime: 20200101000000Z\n")
        + &person("uid=early", "bankId: 2\npwdStartTime: 21200101000000Z\n")
        + &person("uid=expired", "bankId: 3\naccountExpires: 132223104000000000\n")
        + &person("uid=locked-out", "bankId: 4\naccountUnlockTime: 21200101000000Z\n")
        + &person("uid=shadow", "bankId: 5\nobjectClass: shadowAccount\nshadowExpire: 18262\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    for (username, id, restriction) in [
        ("over", "1", Restriction::OutOfDate),
        ("early", "2", Restriction::OutOfDate),
        ("expired", "3", Restriction::OutOfDate),
        ("locked-out", "4", Restriction::Locked),
        ("shadow", "5", Restriction::OutOfDate),
    ] {
        assert_eq!(found(&backend, username).await.status, AccountStatus::Blocked, "{username}");
        let expected = AuthenticationOutcome::Restricted {
            user: UserId::new(id),
            restriction,
            password_is_right: false,
            remaining_attempts: None,
        };
        for password in [PASSWORD, "wrong"] {
            assert_eq!(outcome(&backend, id, password).await, expected, "{username}");
        }
    }
}

/// One search and one bind, as `passwords.rs` has it of a wrong password, and nothing after them but the bind as nobody that
/// there is after every one.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_may_not_be_used_costs_the_server_what_a_wrong_password_costs() {
    let Some(slapd) = Slapd::builder().entries(&entries()).start() else { return };
    let backend = backend(&slapd);
    // What the first request asks beside is asked once.
    outcome(&backend, "4", "wrong").await;
    let mut before = log_at_rest(&slapd).await.len();
    for (id, password) in [("4", "wrong"), ("1", PASSWORD), ("2", PASSWORD), ("3", PASSWORD)] {
        outcome(&backend, id, password).await;
        let log = log_at_rest(&slapd).await;
        assert_eq!(asked(&log[before..]), (1, 1, 1), "{id}: {}", &log[before..]);
        before = log.len();
    }
}
