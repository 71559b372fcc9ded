//! The contract suites, with a second instance of the program behind.

use std::sync::Arc;

use data_adapter_core::OrganizationId;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::RestBackend;
use data_adapter_testkit::{
    Account, Accounts, anti_fraud_contract, authentication_contract, certificate_contract,
    operation_setup_contract, user_lookup_contract,
};
use data_adapter_tests::DataAdapter;

use crate::calls::backend_of;
use crate::journeys::DIALECT;

/// The demo's users. The API of 0.22 does not tell a blocked account from another.
fn accounts(dialect: Dialect) -> Accounts {
    let account = |username: &str, id: &str| Account {
        username: username.to_owned(),
        id: id.to_owned().into(),
        organization: OrganizationId::new("RETAIL"),
        password: "s3cret".into(),
    };
    let blocked = (dialect == Dialect::V1).then(|| account("blocked", "20000001"));
    Accounts { active: account("user1234", "12345678"), blocked, consumer: None }
}

async fn start(dialect: Dialect) -> (DataAdapter, Arc<RestBackend>) {
    let behind = DataAdapter::builder().env(DIALECT, dialect.name()).start().await;
    let backend = Arc::new(backend_of(dialect, &behind.url("")));
    (behind, backend)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_data_adapter_keeps_the_contracts_of_back_ends() {
    for dialect in Dialect::ALL {
        let (_behind, backend) = start(dialect).await;
        user_lookup_contract(Arc::clone(&backend) as _, &accounts(dialect)).await;
        authentication_contract(backend, &accounts(dialect)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_data_adapter_keeps_the_contracts_of_what_later_versions_ask() {
    let dialect = Dialect::V1;
    let (_behind, backend) = start(dialect).await;
    operation_setup_contract(Arc::clone(&backend) as _).await;
    certificate_contract(Arc::clone(&backend) as _, &accounts(dialect)).await;
    anti_fraud_contract(backend).await;
}
