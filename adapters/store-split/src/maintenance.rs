use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{BlockDurations, Maintenance, Retention};
use futures::future::join;
use jiff::Timestamp;

use crate::SplitStore;

/// Each half is asked whether the other one answers or not.
#[async_trait]
impl Maintenance for SplitStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let (codes, records) =
            join(self.codes.purge(now, retention), self.records.purge(now, retention)).await;
        Ok(codes? + records?)
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        let (codes, records) = join(self.codes.rewind(now, blocks), self.records.rewind(now, blocks)).await;
        Ok(codes? + records?)
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        let (codes, records) = join(self.codes.probe(), self.records.probe()).await;
        codes.and(records)
    }

    async fn close(&self) {
        join(self.codes.close(), self.records.close()).await;
    }
}
