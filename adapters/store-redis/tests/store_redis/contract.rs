//! The contracts of `data-adapter-testkit` over one server.

use data_adapter_testkit::{
    RedisServer, engine_contract, factors_contract, password_contract, requests_contract, store_contract,
};

use crate::support::{named, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_keeps_the_contract_of_stores() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let settings = settings(server.url());
    store_contract(|| named(&settings)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_requests_factors_and_passwords_keep_their_contracts_over_a_server() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let settings = settings(server.url());
    engine_contract(|| named(&settings)).await;
    requests_contract(|| named(&settings)).await;
    factors_contract(|| named(&settings)).await;
    password_contract(|| named(&settings)).await;
}
