//! The contracts that `data-adapter-testkit` states, kept by the store and the back end in memory.

use std::sync::Arc;

use data_adapter_core::{OperationName, OrganizationId, SystemRandom, UserId};
use data_adapter_hashing::{PasswordHashing, Verifier};
use data_adapter_memory::{MemoryBackend, MemorySettings, MemoryStore, UsersFile};
use data_adapter_sca::Store;
use data_adapter_testkit::{
    Account, Accounts, Payer, authentication_contract, consent_contract, engine_contract, factors_contract,
    operation, operations_contract, password_contract, requests_contract, store_contract,
    user_lookup_contract,
};

async fn empty_store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_keeps_the_contract_of_stores() {
    store_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_time_codes_keep_their_contract_over_the_store() {
    engine_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_keep_their_contract_over_the_store() {
    requests_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn factors_keep_their_contract_over_the_store() {
    factors_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_keep_their_contract_over_the_store() {
    password_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn consents_keep_their_contract_over_the_store() {
    consent_contract(empty_store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_back_end_keeps_the_contract_of_user_lookups() {
    user_lookup_contract(Arc::new(back_end()), &accounts()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_back_end_keeps_the_contract_of_authentications() {
    authentication_contract(Arc::new(back_end()), &accounts()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_back_end_keeps_the_contract_of_operations() {
    let payer = Payer {
        account: accounts().active,
        payment: operation("payment-1", "authorize_payment"),
        bank_account: "CZ1".to_owned(),
        others_bank_account: Some("CZ2".to_owned()),
    };
    operations_contract(Arc::new(back_end()), &payer).await;
}

fn accounts() -> Accounts {
    let account = |username: &str, id| Account {
        username: username.to_owned(),
        id: UserId::new(id),
        organization: OrganizationId::new("RETAIL"),
        password: "s3cret".into(),
    };
    Accounts {
        active: account("user1234", "12345678"),
        blocked: Some(account("blocked", "20000001")),
        consumer: Some((account("named", "named"), 40_000_001)),
    }
}

fn back_end() -> MemoryBackend {
    let hash = PasswordHashing.hash(&"s3cret".into(), &SystemRandom).expect("a password can be hashed");
    let users = format!(
        r#"
        [[users]]
        id = "12345678"
        username = "user1234"
        organization = "RETAIL"
        password_hash = "{hash}"
        accounts = [{{ id = "CZ1", number = "1/0300", name = "Current", balance = "1.00", currency = "CZK" }}]

        [[users]]
        id = "20000001"
        username = "blocked"
        organization = "RETAIL"
        blocked = true
        password_hash = "{hash}"

        [[users]]
        id = "named"
        username = "named"
        organization = "RETAIL"
        consumer_id = 40000001
        password_hash = "{hash}"

        [[users]]
        id = "30000001"
        username = "user1234"
        organization = "SME"
        password_hash = "{hash}"
        accounts = [{{ id = "CZ2", number = "2/0300", name = "Current", balance = "2.00", currency = "CZK" }}]
        "#
    );
    let decorated = [OperationName::new("authorize_payment")].into();
    let settings = MemorySettings { concurrent_verifications: 2, decorated };
    let users = UsersFile::parse(&users).expect("the file is well formed");
    let verifier = Arc::new(Verifier::default());
    let back_end = MemoryBackend::new(users, settings, &verifier);
    verifier.start().expect("there is room");
    back_end.expect("the users do not contradict each other")
}
