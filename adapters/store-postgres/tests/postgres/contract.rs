//! The contracts that `data-adapter-testkit` states, kept by the store.

use data_adapter_testkit::{
    PgBouncer, Postgres, consent_contract, engine_contract, factors_contract, password_contract,
    requests_contract, store_contract,
};

use crate::support::{Emptied, left_out, pooled_settings_of, settings_at};

/// Each contract over the server, and over one behind PgBouncer, which has fewer sessions than the races have callers.
macro_rules! contracts {
    ($($test:ident: $contract:ident),* $(,)?) => {
        mod by_itself {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
                let user = server.user();
                let emptied = Emptied::open(&server, &user, &settings_at(server.url(&user))).await;
                $contract(|| emptied.store()).await;
            })*
        }
        mod behind_pgbouncer {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $test() {
                let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
                let Some(pgbouncer) = PgBouncer::start(&server, 4) else { return left_out("PgBouncer") };
                let user = server.user();
                let settings = pooled_settings_of(&user, &server, &pgbouncer);
                let emptied = Emptied::open(&server, &user, &settings).await;
                $contract(|| emptied.store()).await;
            })*
        }
    };
}

contracts! {
    the_store_keeps_the_contract_of_stores: store_contract,
    one_time_codes_keep_their_contract_over_the_store: engine_contract,
    requests_keep_their_contract_over_the_store: requests_contract,
    passwords_keep_their_contract_over_the_store: password_contract,
    consents_keep_their_contract_over_the_store: consent_contract,
    factors_keep_their_contract_over_the_store: factors_contract,
}
