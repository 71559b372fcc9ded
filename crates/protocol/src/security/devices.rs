use serde::Serialize;
use utoipa::ToSchema;

/// A device that a consumer approves requests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SdkDevice {
    /// What it is deregistered by.
    #[serde(rename = "SDKDeviceReferenceID")]
    pub id: i64,
    /// What its owner calls it.
    #[serde(rename = "DeviceName")]
    pub name: String,
    /// What it is.
    #[serde(rename = "DeviceType")]
    pub kind: String,
    /// What runs on it.
    #[serde(rename = "OSVersion")]
    pub os_version: String,
    /// Since when it is registered, with milliseconds and without a zone.
    #[serde(rename = "RegisteredOn")]
    pub registered_on: String,
}
