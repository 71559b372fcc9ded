//! The contracts that `data-adapter-testkit` states, kept by the store in a file.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use data_adapter_sca::Store;
use data_adapter_store_sqlite::SqliteStore;
use data_adapter_testkit::{
    consent_contract, engine_contract, factors_contract, password_contract, requests_contract, store_contract,
};
use tempfile::TempDir;

/// A folder of fresh stores, gone when the test is over.
struct Folder {
    folder: TempDir,
    count: AtomicU32,
}

impl Folder {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("there is a temporary folder"), count: AtomicU32::new(0) }
    }

    fn store(&self) -> Ready<Arc<dyn Store>> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("{number}.db"));
        ready(Arc::new(SqliteStore::open(&path).expect("a fresh store opens")))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_keeps_the_contract_of_stores() {
    let folder = Folder::new();
    store_contract(|| folder.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_time_codes_keep_their_contract_over_the_store() {
    let folder = Folder::new();
    engine_contract(|| folder.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_keep_their_contract_over_the_store() {
    let folder = Folder::new();
    requests_contract(|| folder.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn passwords_keep_their_contract_over_the_store() {
    let folder = Folder::new();
    password_contract(|| folder.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn consents_keep_their_contract_over_the_store() {
    let folder = Folder::new();
    consent_contract(|| folder.store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn factors_keep_their_contract_over_the_store() {
    let folder = Folder::new();
    factors_contract(|| folder.store()).await;
}
