//! The contracts that `data-adapter-testkit` states, over two halves, between whose calls others are made.

use std::sync::Arc;

use data_adapter_memory::MemoryStore;
use data_adapter_sca::{CodeStore, Store};
use data_adapter_store_split::SplitStore;
use data_adapter_testkit::{
    Faults, SlowStore, consent_contract, engine_contract, factors_contract, password_contract,
    requests_contract, store_contract,
};

async fn two_halves() -> Arc<dyn Store> {
    let never = Arc::new(Faults::from(usize::MAX, false));
    let half = || Arc::new(SlowStore::that_fails(Arc::new(MemoryStore::default()), &never));
    let codes: Arc<dyn CodeStore> = half();
    Arc::new(SplitStore::new(codes, half()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_halves_keep_the_contract_of_stores() {
    store_contract(two_halves).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_time_codes_keep_their_contract_over_two_halves() {
    engine_contract(two_halves).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_keep_their_contract_over_two_halves() {
    requests_contract(two_halves).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn factors_keep_their_contract_over_two_halves() {
    factors_contract(two_halves).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_keep_their_contract_over_two_halves() {
    password_contract(two_halves).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn consents_keep_their_contract_over_two_halves() {
    consent_contract(two_halves).await;
}
