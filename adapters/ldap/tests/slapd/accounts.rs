//! Accounts that are locked: by an administrator, by Active Directory's attributes, by the server's own policy.

use data_adapter_core::{AccountStatus, AuthenticationOutcome, Restriction, UserId};
use data_adapter_testkit::Slapd;

use crate::support::{PASSWORD, STRICT, backend, found, is_right, log_in, person, with_settings};

#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_active_directory_locks_or_disables_are_blocked() {
    let people = person("uid=normal", "bankId: 1\nuserAccountControl: 512\nlockoutTime: 0\n")
        + &person("uid=disabled", "bankId: 2\nuserAccountControl: 514\n")
        + &person("uid=locked-out", "bankId: 3\nuserAccountControl: 512\nlockoutTime: 134398218000000000\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let backend = backend(&slapd);
    for (username, id, status) in [
        ("normal", "1", AccountStatus::Active),
        ("disabled", "2", AccountStatus::Blocked),
        ("locked-out", "3", AccountStatus::Blocked),
    ] {
        assert_eq!(found(&backend, username).await.status, status, "{username}");
        assert_eq!(is_right(&backend, id, PASSWORD).await, status == AccountStatus::Active, "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_locks_an_account_after_its_own_limit() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let backend = backend(&slapd);
    for _ in 0..3 {
        assert_eq!(found(&backend, "strict").await.status, AccountStatus::Active);
        assert!(!is_right(&backend, STRICT, "wrong").await);
    }
    assert_eq!(found(&backend, "strict").await.status, AccountStatus::Blocked);
    for password in [PASSWORD, "wrong"] {
        let outcome = log_in(&backend, STRICT, password).await.expect("the directory answers");
        assert_eq!(outcome, locked(None));
    }
}

/// Said whatever the password.
fn locked(remaining_attempts: Option<u32>) -> AuthenticationOutcome {
    let (user, restriction) = (UserId::new(STRICT), Restriction::Locked);
    AuthenticationOutcome::Restricted { user, restriction, password_is_right: false, remaining_attempts }
}

/// The server leaves the mark of the lock until the next right password.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_over_is_none() {
    let Some(slapd) = Slapd::builder().start() else { return };
    slapd.change(
        "dn: cn=strict,ou=policies,dc=bank,dc=test\nchangetype: modify\nadd: pwdLockoutDuration\n\
         pwdLockoutDuration: 5\n",
    );
    let backend = with_settings(&format!("lockout_seconds = 5\n{}", Slapd::settings(&[slapd.url()])));
    for _ in 0..3 {
        assert!(!is_right(&backend, STRICT, "wrong").await);
    }
    assert!(!is_right(&backend, STRICT, PASSWORD).await, "it is locked");
    tokio::time::sleep(std::time::Duration::from_millis(6_100)).await;
    assert_eq!(found(&backend, "strict").await.status, AccountStatus::Active);
    assert!(is_right(&backend, STRICT, PASSWORD).await);
    assert!(!slapd.log().is_empty());
}

/// Where the service may not see the lock, the server alone knows of it; it says so if it is set up to.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_an_account_is_locked_leaves_no_attempts() {
    let hidden = "access to attrs=pwdAccountLockedTime by * none";
    let Some(slapd) = Slapd::builder().access(hidden).database("ppolicy_use_lockout").start() else { return };
    let backend = backend(&slapd);
    for _ in 0..3 {
        let outcome = log_in(&backend, STRICT, "wrong").await.expect("the directory answers");
        assert_eq!(outcome, AuthenticationOutcome::Failed { remaining_attempts: None });
    }
    assert_eq!(found(&backend, "strict").await.status, AccountStatus::Active, "the lock can't be seen");
    for password in [PASSWORD, "wrong"] {
        let outcome = log_in(&backend, STRICT, password).await.expect("the directory answers");
        assert_eq!(outcome, locked(Some(0)));
    }
}
