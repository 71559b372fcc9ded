use data_adapter_memory::MemoryStore;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_is_watched_keeps_the_contract_of_stores() {
    data_adapter_testkit::store_contract(|| async {
        let store: Arc<dyn Store> = Arc::new(WatchedStore::new(Arc::new(MemoryStore::default())));
        store
    })
    .await;
}
