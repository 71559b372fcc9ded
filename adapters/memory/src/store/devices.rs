use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Device, DeviceStore, NewDevice};

use super::MemoryStore;

#[derive(Default)]
pub(super) struct Devices {
    registered: Vec<Device>,
    last_id: i64,
}

#[async_trait]
impl DeviceStore for MemoryStore {
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError> {
        let devices = &mut self.state().devices;
        devices.last_id += 1;
        let device = Device { id: devices.last_id, device };
        devices.registered.push(device.clone());
        Ok(device)
    }

    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError> {
        let state = self.state();
        let theirs = state.devices.registered.iter().filter(|device| device.device.user == *user);
        Ok(theirs.cloned().collect())
    }

    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let before = state.devices.registered.len();
        state.devices.registered.retain(|device| device.id != id || device.device.user != *user);
        let is_gone = state.devices.registered.len() < before;
        if is_gone {
            state.challenges.end_pushes(user);
        }
        Ok(is_gone)
    }
}
