//! The contracts that `data-adapter-testkit` states, kept over a real server.

use std::sync::Arc;

use data_adapter_core::{OrganizationId, UserId};
use data_adapter_testkit::{
    Account, Accounts, NsSlapd, Samba, Slapd, authentication_contract, user_lookup_contract,
};

use crate::support::{backend, person, with_settings};

fn account(username: &str, id: &str) -> Account {
    Account {
        username: username.to_owned(),
        id: UserId::new(id),
        organization: OrganizationId::new("RETAIL"),
        password: "s3cret".into(),
    }
}

fn accounts() -> Accounts {
    Accounts {
        active: account("user1234", "12345678"),
        blocked: Some(account("locked", "20000001")),
        consumer: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_as_the_contract_of_lookups_asks() {
    let Some(slapd) = Slapd::builder().start() else { return };
    user_lookup_contract(Arc::new(backend(&slapd)), &accounts()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_with_a_number_beside_the_id_are_found_as_the_contract_of_lookups_asks() {
    let people = person("uid=named", "bankId: named\nemployeeNumber: 40000001\n");
    let Some(slapd) = Slapd::builder().entries(&people).start() else { return };
    let settings = Slapd::settings(&[slapd.url()]) + "attributes.consumer_id = \"employeeNumber\"\n";
    let accounts = Accounts { consumer: Some((account("named", "named"), 40_000_001)), ..accounts() };
    user_lookup_contract(Arc::new(with_settings(&settings)), &accounts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_checked_as_the_contract_of_authentications_asks() {
    let Some(slapd) = Slapd::builder().start() else { return };
    authentication_contract(Arc::new(backend(&slapd)), &accounts()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn active_directory_keeps_both_contracts() {
    let Some(samba) = Samba::builder().start() else { return };
    let backend = Arc::new(with_settings(&Samba::settings(&[samba.url()])));
    user_lookup_contract(Arc::clone(&backend) as _, &accounts()).await;
    authentication_contract(backend, &accounts()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_389_directory_server_keeps_both_contracts() {
    let Some(server) = NsSlapd::builder().start() else { return };
    let backend = Arc::new(with_settings(&NsSlapd::settings(&[server.url()])));
    let accounts = Accounts { blocked: Some(account("disabled", "20000003")), ..accounts() };
    user_lookup_contract(Arc::clone(&backend) as _, &accounts).await;
    authentication_contract(backend, &accounts).await;
}
