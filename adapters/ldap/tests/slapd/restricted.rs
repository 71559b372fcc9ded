//! Every state of an account in Active Directory and in 389 Directory Server: what a lookup and a password come to.

use data_adapter_core::{AccountStatus, AuthenticationOutcome, Restriction, UserId};
use data_adapter_ldap::LdapBackend;
use data_adapter_testkit::{NsSlapd, Samba};

use crate::states::tolerated;
use crate::support::{PASSWORD, found, is_right, log_in, with_settings};

const WRONG: AuthenticationOutcome = AuthenticationOutcome::Failed { remaining_attempts: None };

/// Said of the right password only.
fn told(id: &str, restriction: Restriction) -> AuthenticationOutcome {
    AuthenticationOutcome::restricted(UserId::new(id), restriction)
}

/// Said of any password.
fn of_any(id: &str, restriction: Restriction) -> AuthenticationOutcome {
    let user = UserId::new(id);
    AuthenticationOutcome::Restricted {
        user,
        restriction,
        password_is_right: false,
        remaining_attempts: None,
    }
}

async fn outcome(backend: &LdapBackend, id: &str, password: &str) -> AuthenticationOutcome {
    log_in(backend, id, password).await.expect("the directory answers")
}

/// An account by name and id, what a lookup says, and what becomes of the right password and of a wrong one.
type State = (&'static str, &'static str, AccountStatus, AuthenticationOutcome, AuthenticationOutcome);

fn blocked(name: &'static str, id: &'static str, restriction: Restriction) -> State {
    (name, id, AccountStatus::Blocked, of_any(id, restriction), of_any(id, restriction))
}

fn restricted(name: &'static str, id: &'static str, restriction: Restriction) -> State {
    (name, id, AccountStatus::Active, told(id, restriction), WRONG)
}

async fn are(backend: &LdapBackend, states: &[State]) {
    for (name, id, status, right, wrong) in states {
        assert_eq!(found(backend, name).await.status, *status, "{name}");
        assert_eq!(outcome(backend, id, PASSWORD).await, *right, "{name}, the right password");
        assert_eq!(outcome(backend, id, "wrong").await, *wrong, "{name}, a wrong password");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_active_directory() {
    let Some(samba) = Samba::builder().start() else { return };
    let settings = Samba::settings(&[samba.url()]);
    let states = [
        blocked("disabled", "20000003", Restriction::Disabled),
        blocked("locked", "20000001", Restriction::Locked),
        blocked("over", "20000006", Restriction::OutOfDate),
        restricted("expired", "20000004", Restriction::PasswordExpired),
        restricted("must-change", "20000005", Restriction::MustChangePassword),
        restricted("hours", "20000007", Restriction::OutsideHours),
    ];
    are(&with_settings(&settings), &states).await;
    let lenient = format!("must_change = \"allow\"\ngrace_logins = \"allow\"\n{settings}");
    are(&with_settings(&lenient), &states).await;
    assert!(is_right(&with_settings(&settings), "12345678", PASSWORD).await);
}

/// Between the lookup and the bind, or where the service can't see the time, the directory alone knows of its lock.
#[tokio::test(flavor = "multi_thread")]
async fn of_active_directory_after_its_limit_of_guesses() {
    let Some(samba) = Samba::builder().start() else { return };
    let settings = Samba::settings(&[samba.url()]);
    let backend = with_settings(&settings);
    for _ in 0..3 {
        assert_eq!(outcome(&backend, "20000002", "wrong").await, WRONG, "each of the guesses is one");
    }
    assert_eq!(outcome(&backend, "20000002", PASSWORD).await, of_any("20000002", Restriction::Locked));
    // With a lock that is over by these settings, the lookup lets the account pass, and the directory does not.
    let short = with_settings(&format!("lockout_seconds = 1\n{settings}"));
    let passed = async || found(&short, "strict").await.status == AccountStatus::Active;
    while !passed().await {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for password in [PASSWORD, "wrong"] {
        assert_eq!(
            outcome(&short, "20000002", password).await,
            of_any("20000002", Restriction::Locked),
            "{password}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_389_directory_server() {
    let Some(server) = NsSlapd::builder().start() else { return };
    let settings = NsSlapd::settings(&[server.url()]);
    let states = [
        blocked("disabled", "20000003", Restriction::Disabled),
        blocked("locked", "20000001", Restriction::Locked),
        restricted("expired", "20000004", Restriction::PasswordExpired),
        restricted("must-change", "20000005", Restriction::MustChangePassword),
    ];
    are(&with_settings(&settings), &states).await;
    let lenient = with_settings(&format!("must_change = \"allow\"\n{settings}"));
    let tolerated = tolerated(&outcome(&lenient, "20000005", PASSWORD).await);
    assert_eq!(tolerated, Some(Restriction::MustChangePassword));
    assert_eq!(outcome(&lenient, "20000005", "wrong").await, WRONG);
    assert_eq!(outcome(&lenient, "20000004", PASSWORD).await, told("20000004", Restriction::PasswordExpired));
}

/// The bind says it then, whatever the password.
#[tokio::test(flavor = "multi_thread")]
async fn of_389_directory_server_where_the_service_may_not_see_the_locks() {
    let hidden = "\ndn: dc=bank,dc=test\nchangetype: modify\nreplace: aci\n\
                  aci: (targetattr != \"userPassword || nsAccountLock || accountUnlockTime\")(version 3.0; acl \"service\"; \
                  allow (read, search, compare) userdn = \"ldap:///cn=data-adapter,ou=services,dc=bank,dc=test\";)\n";
    let Some(server) = NsSlapd::builder().entries(hidden).start() else { return };
    let backend = with_settings(&NsSlapd::settings(&[server.url()]));
    for (name, id, restriction, remaining_attempts) in [
        ("disabled", "20000003", Restriction::Disabled, None),
        ("locked", "20000001", Restriction::Locked, Some(0)),
    ] {
        assert_eq!(found(&backend, name).await.status, AccountStatus::Active, "{name}");
        let user = UserId::new(id);
        let expected = AuthenticationOutcome::Restricted {
            user,
            restriction,
            password_is_right: false,
            remaining_attempts,
        };
        for password in [PASSWORD, "wrong"] {
            assert_eq!(outcome(&backend, id, password).await, expected, "{name} {password}");
        }
    }
}
