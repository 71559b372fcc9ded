//! What a preset fills in, over the server that it is for.

use data_adapter_core::AccountStatus;
use data_adapter_testkit::{NsSlapd, Samba, Slapd};

use crate::support::{PASSWORD, by_id, by_name, found, is_right, with_settings};

/// What is left to be said.
fn settings(preset: &str, url: &str) -> String {
    let (base, dn, password) = (Samba::BASE, Samba::SERVICE_DN, Samba::SERVICE_PASSWORD);
    format!(
        "preset = {preset:?}
urls = [{url:?}]
bind_dn = {dn:?}
bind_password = {password:?}
organizations.RETAIL.base = \"ou=people,{base}\"
"
    )
}

/// That the user of every server is found, found again by the id, and logs in; the id.
async fn logs_in(settings: &str) -> String {
    let backend = with_settings(settings);
    let unknown = backend.unknown_attributes().await.expect("the directory answers");
    assert_eq!(unknown, Some(Vec::new()), "its schema knows what the preset names");
    let id = found(&backend, "user1234").await.id.as_str().to_owned();
    let again = by_id(&backend, &id).await.expect("the directory answers").expect("the id is known");
    assert_eq!((again.id.as_str(), again.given_name.as_deref()), (id.as_str(), Some("John")));
    assert!(is_right(&backend, &id, PASSWORD).await);
    assert!(!is_right(&backend, &id, "wrong").await);
    id
}

async fn status(settings: &str, username: &str) -> AccountStatus {
    found(&with_settings(settings), username).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_active_directory_have_their_guid_as_an_id() {
    let Some(samba) = Samba::builder().start() else { return };
    let settings = settings("active-directory", &samba.url());
    let id = logs_in(&settings).await;
    assert_eq!(id.len(), 36, "{id}");
    let backend = with_settings(&settings);
    assert!(matches!(by_name(&backend, "data-adapter").await, Ok(None)), "it is elsewhere");
    for other in [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}")] {
        assert!(matches!(by_id(&backend, &other).await, Ok(None)), "an id has one spelling, and not {other}");
    }
    let whole_domain = settings.replace("ou=people,", "");
    assert_eq!(logs_in(&whole_domain).await, id, "beside the references of a domain's root");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_active_directory_are_blocked_for_as_long_as_it_says() {
    let Some(samba) = Samba::builder().start() else { return };
    let settings = settings("active-directory", &samba.url());
    for (username, expected) in [
        ("user1234", AccountStatus::Active),
        ("disabled", AccountStatus::Blocked),
        ("locked", AccountStatus::Blocked),
    ] {
        assert_eq!(status(&settings, username).await, expected, "{username}");
    }
    samba.change(
        "dn: CN=strict,CN=Password Settings Container,CN=System,DC=bank,DC=test
changetype: modify
replace: msDS-LockoutDuration
msDS-LockoutDuration: -1
-
replace: msDS-LockoutObservationWindow
msDS-LockoutObservationWindow: -1
",
    );
    assert_eq!(status(&settings, "locked").await, AccountStatus::Active, "the lock is over");
    let without = settings.replace("preset = \"active-directory\"", "attributes.id = \"employeeID\"");
    let filter = "organizations.RETAIL.filter = \"(sAMAccountName={username})\"";
    assert_eq!(status(&format!("{without}{filter}"), "locked").await, AccountStatus::Blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_389_have_the_id_that_every_entry_has() {
    let Some(server) = NsSlapd::builder().start() else { return };
    let settings = settings("389ds", &server.url());
    let id = logs_in(&settings).await;
    assert_eq!(id.len(), 35, "{id}");
    let by_uuid = format!("{settings}attributes.id = \"entryUUID\"\n");
    assert_eq!(logs_in(&by_uuid).await.len(), 36);
    for (username, expected) in [("disabled", AccountStatus::Blocked), ("strict", AccountStatus::Active)] {
        assert_eq!(status(&settings, username).await, expected, "{username}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_389_who_are_no_person_are_found_too() {
    let entry = "dn: uid=tool,ou=people,dc=bank,dc=test
objectClass: nsPerson
objectClass: nsAccount
objectClass: nsOrgPerson
uid: tool
cn: Tool
displayName: Tool
userPassword: s3cret
";
    let Some(server) = NsSlapd::builder().entries(entry).start() else { return };
    let backend = with_settings(&settings("389ds", &server.url()));
    let user = found(&backend, "tool").await;
    assert!(is_right(&backend, user.id.as_str(), PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_of_openldap_have_their_uuid_as_an_id() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let settings = settings("openldap", &slapd.url());
    assert_eq!(logs_in(&settings).await.len(), 36);
    assert_eq!(status(&settings, "locked").await, AccountStatus::Blocked);
}
