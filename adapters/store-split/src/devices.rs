use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Device, DeviceStore, NewDevice};

use crate::SplitStore;

#[async_trait]
impl DeviceStore for SplitStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        self.records.register_device(device).await
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        self.records.devices(user).await
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        let theirs = self.records.devices(user).await?;
        if !theirs.iter().any(|device| device.id == id) {
            return Ok(false);
        }
        self.codes.end_pushes(user).await?;
        self.records.deregister_device(user, id).await
    }
}
