use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use jiff::Timestamp;

/// A device that a user may be asked on, to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// Whose.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// What it is, such as `iPhone 15`.
    pub kind: String,
    /// The version of its operating system.
    pub os_version: String,
    /// When it is registered.
    pub registered_at: Timestamp,
}

/// A device that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its number, which no other device has or had.
    pub id: i64,
    /// What it is.
    pub device: NewDevice,
}

/// Keeps the devices on which users are asked.
#[async_trait]
pub trait DeviceStore: Send + Sync {
    /// Registers a device.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn register_device(&self, device: NewDevice) -> Result<Device, AdapterError>;

    /// The devices of a user, oldest first.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn devices(&self, user: &UserId) -> Result<Vec<Device>, AdapterError>;

    /// Forgets a device: true for exactly one caller, and false where this user has none of this number. Ends the pushes of the user
    /// that are open: whoever has the device may see them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn deregister_device(&self, user: &UserId, id: i64) -> Result<bool, AdapterError>;
}
