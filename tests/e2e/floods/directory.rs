//! The connections to a directory that takes its time: a real one, behind a wire that is slow on purpose.

use data_adapter_testkit::{Relay, Slapd};

use super::{Arc, Ask, CORE_TAKES, DataAdapter, SLOWDOWN, in_organization, slowdown};
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, USERNAME, authenticate, lookup};

/// Who has the name in the other organization.
const OTHER: &str = "30000001";
const OTHER_PASSWORD: &str = "other-s3cret";

/// How much longer another takes than alone, with the default size of the pool.
async fn beside(flood: impl Fn(usize) -> Ask, other: Ask) -> Option<f64> {
    let slapd = Slapd::builder().quiet().start()?;
    let relay = Relay::slow(&slapd.url(), CORE_TAKES).await;
    let config = format!(
        "sandbox.enabled = true\n\
         capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
         [backends.directory]\nkind = \"ldap\"\ntimeout_ms = 30000\nconnect_timeout_ms = 10000\n\
         bind_timeout_ms = 10000\nsearch_timeout_ms = 10000\n{}",
        Slapd::settings(&[relay.url()])
    );
    let adapter = Arc::new(DataAdapter::builder().config(config).start().await);
    Some(slowdown(&adapter, flood, other).await)
}

fn password(user: &str, password: &str, organization: &str) -> Ask {
    let body = authenticate(user, password).replace("\"RETAIL\"", &format!("\"{organization}\""));
    Ask { path: AUTHENTICATE, ..Ask::new(body) }
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_of_one_name_leave_others_their_searches() {
    let flood = |_| Ask::new(lookup("flooded"));
    let Some(ratio) = beside(flood, Ask::new(lookup(USERNAME))).await else { return };
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_in_one_organization_leave_others_their_searches() {
    let flood = |client| Ask::new(in_organization(&format!("user-{client}"), "RETAIL"));
    let Some(ratio) = beside(flood, Ask::new(in_organization(USERNAME, "SME"))).await else { return };
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_in_one_organization_leave_others_their_binds() {
    let flood = |client: usize| password(&client.to_string(), "wrong", "RETAIL");
    let Some(ratio) = beside(flood, password(OTHER, OTHER_PASSWORD, "SME")).await else { return };
    assert!(ratio < SLOWDOWN, "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_of_one_user_leave_others_their_binds() {
    let flood = |_| password("20000001", "wrong", "RETAIL");
    let Some(ratio) = beside(flood, password(USER, PASSWORD, "RETAIL")).await else { return };
    assert!(ratio < SLOWDOWN, "{ratio}");
}
