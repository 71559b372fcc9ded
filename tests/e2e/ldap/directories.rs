//! Accounts that may not be used in Active Directory and in 389 Directory Server, through the whole program.

use data_adapter_testkit::{NsSlapd, Samba};

use super::{is_let_in, is_told_wrong, log_in};
use crate::support::DataAdapter;
use crate::support::payloads::{PASSWORD, USER};

const DISABLED: &str = "20000003";
const EXPIRED: &str = "20000004";
const MUST_CHANGE: &str = "20000005";
const OVER: &str = "20000006";
const HOURS: &str = "20000007";

/// Three wrong passwords block here.
async fn start(backend: &str, more: &str) -> DataAdapter {
    let config = format!(
        "sandbox.enabled = true\n{more}\npassword = {{ failures = 3, block_seconds = 3600 }}\n\
         capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
         [backends.directory]\nkind = \"ldap\"\n{backend}"
    );
    DataAdapter::builder().config(config).start().await
}

/// That the right password reads as a wrong one of somebody else does, however often.
async fn are_refused(adapter: &DataAdapter, users: &[&str]) {
    let wrong = log_in(adapter, USER, "wrong").await;
    assert!(is_told_wrong(&wrong), "{}", wrong.text);
    for user in users {
        for _ in 0..5 {
            let answer = log_in(adapter, user, PASSWORD).await;
            assert_eq!((answer.status, &answer.text), (200, &wrong.text), "{user}");
        }
    }
    assert!(is_let_in(&log_in(adapter, USER, PASSWORD).await), "others go on");
}

#[tokio::test]
async fn right_passwords_of_active_directory_are_not_counted_and_wrong_ones_are() {
    let Some(samba) = Samba::builder().start() else { return };
    let adapter = start(&Samba::settings(&[samba.url()]), "").await;
    are_refused(&adapter, &[DISABLED, EXPIRED, MUST_CHANGE, OVER, HOURS]).await;
    for _ in 0..3 {
        assert!(is_told_wrong(&log_in(&adapter, EXPIRED, "wrong").await));
    }
    for name in ["Must Change", "Expired"] {
        samba.change(&format!(
            "dn: CN={name},OU=people,DC=bank,DC=test\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: -1\n"
        ));
    }
    assert!(is_let_in(&log_in(&adapter, MUST_CHANGE, PASSWORD).await), "it was counted");
    assert!(is_told_wrong(&log_in(&adapter, EXPIRED, PASSWORD).await), "it could be guessed at for ever");
}

/// It says 53 whatever the password, which says nothing of the password, and was an outage of the directory before.
#[tokio::test]
async fn a_disabled_account_of_389_is_no_outage_and_is_not_counted() {
    let hidden = "\ndn: dc=bank,dc=test\nchangetype: modify\nreplace: aci\n\
                  aci: (targetattr != \"userPassword || nsAccountLock\")(version 3.0; acl \"service\"; \
                  allow (read, search, compare) userdn = \"ldap:///cn=data-adapter,ou=services,dc=bank,dc=test\";)\n";
    for entries in ["", hidden] {
        let Some(server) = NsSlapd::builder().entries(entries).start() else { return };
        let settings = NsSlapd::settings(&[server.url()]) + "calls.breaker_failures = 2\n";
        let adapter = start(&settings, "").await;
        are_refused(&adapter, &[DISABLED, EXPIRED, MUST_CHANGE]).await;
        server.change(
            "dn: uid=disabled,ou=people,dc=bank,dc=test\nchangetype: modify\ndelete: nsAccountLock\n",
        );
        assert!(is_let_in(&log_in(&adapter, DISABLED, PASSWORD).await), "it was counted");
    }
}

#[tokio::test]
async fn dialect_1_is_told_of_either_that_the_account_is_not_active() {
    let dialect = "web_flow.dialect = \"1\"";
    let (Some(samba), Some(server)) = (Samba::builder().start(), NsSlapd::builder().start()) else { return };
    for (backend, users) in [
        (Samba::settings(&[samba.url()]), &[DISABLED, EXPIRED, MUST_CHANGE, OVER, HOURS][..]),
        (NsSlapd::settings(&[server.url()]), &[DISABLED, EXPIRED, MUST_CHANGE]),
    ] {
        let adapter = start(&backend, dialect).await;
        for user in users {
            let answer = log_in(&adapter, user, PASSWORD).await;
            let object = answer.object();
            assert_eq!(
                (&object["authenticationResult"], &object["accountStatus"], &object["errorMessage"]),
                (&"SKIPPED".into(), &"NOT_ACTIVE".into(), &"login.authenticationFailed".into()),
                "{user}: {}",
                answer.text
            );
        }
    }
}
