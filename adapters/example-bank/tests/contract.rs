//! What every back end has to keep to, kept by the example bank over its core banking.

use data_adapter_core::{Capabilities, OperationName, OrganizationId, PasswordCheck, UserId};
use data_adapter_example_bank::{Settings, connect};
use data_adapter_testkit::{
    Account, Accounts, Payer, authentication_contract, operation, operations_contract, user_lookup_contract,
};
use example_core_banking::CoreBanking;
use serde_json::json;

fn bank(core: &CoreBanking) -> Capabilities {
    let keys = json!({ "url": core.url(), "token": CoreBanking::TOKEN, "timeout_ms": 5000 });
    let settings: Settings = serde_json::from_value(keys).expect("they are its keys");
    connect(settings, [OperationName::new("authorize_payment")].into()).expect("it can be used")
}

fn account(username: &str, id: &str) -> Account {
    let (id, organization) = (UserId::new(id), OrganizationId::new("RETAIL"));
    Account { username: username.to_owned(), id, organization, password: "s3cret".into() }
}

#[tokio::test]
async fn the_bank_keeps_the_contracts_of_back_ends() {
    let core = CoreBanking::start().await.expect("a port is free");
    let bank = bank(&core);
    let active = account("user1234", "12345678");
    let accounts =
        Accounts { active: active.clone(), blocked: Some(account("blocked", "20000001")), consumer: None };
    user_lookup_contract(bank.users.expect("it finds users"), &accounts).await;

    let Some(PasswordCheck::Bare(passwords)) = bank.authentication else { unreachable!("it compares only") };
    authentication_contract(passwords, &accounts).await;

    let payer = Payer {
        account: active,
        payment: operation("payment-1", "authorize_payment"),
        bank_account: "CZ4012340000000012345678".to_owned(),
        others_bank_account: Some("CZ9512340000000030000001".to_owned()),
    };
    operations_contract(bank.operations.expect("it follows operations"), &payer).await;
}
