//! The contract suites, with a second instance of the program behind.

use std::sync::Arc;

use data_adapter_core::OrganizationId;
use data_adapter_testkit::{Account, Accounts, authentication_contract, user_lookup_contract};
use data_adapter_tests::DataAdapter;

use crate::calls::{settings, with};

/// The demo's user. The API of 0.22 does not tell a blocked account from another.
fn accounts() -> Accounts {
    let active = Account {
        username: "user1234".to_owned(),
        id: "12345678".to_owned().into(),
        organization: OrganizationId::new("RETAIL"),
        password: "s3cret".into(),
    };
    Accounts { active, blocked: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_data_adapter_keeps_the_contracts_of_back_ends() {
    let behind = DataAdapter::start().await;
    let backend = Arc::new(with(settings(behind.url("").as_str())));
    user_lookup_contract(Arc::clone(&backend) as _, &accounts()).await;
    authentication_contract(backend, &accounts()).await;
}
