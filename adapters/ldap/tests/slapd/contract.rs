//! The contracts that `data-adapter-testkit` states, kept over a real server.

use std::sync::Arc;

use data_adapter_core::{OrganizationId, UserId};
use data_adapter_testkit::{Account, Accounts, Slapd, authentication_contract, user_lookup_contract};

use crate::support::backend;

fn account(username: &str, id: &str) -> Account {
    Account {
        username: username.to_owned(),
        id: UserId::new(id),
        organization: OrganizationId::new("RETAIL"),
        password: "s3cret".into(),
    }
}

fn accounts() -> Accounts {
    Accounts { active: account("user1234", "12345678"), blocked: Some(account("locked", "20000001")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_as_the_contract_of_lookups_asks() {
    let Some(slapd) = Slapd::builder().start() else { return };
    user_lookup_contract(Arc::new(backend(&slapd)), &accounts()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_checked_as_the_contract_of_authentications_asks() {
    let Some(slapd) = Slapd::builder().start() else { return };
    authentication_contract(Arc::new(backend(&slapd)), &accounts()).await;
}
