//! Pushes through a provider that is called over HTTP, and calls back when a person has decided. What the provider wants to read and
//! what it says is configuration: no provider has a line of code here.
//!
//! - [`HttpPushGateway`] makes the body of a call from a template, and sends it.
//! - [`SignedCallbacks`] reads what comes back, once it is known whose it is: signed as Standard Webhooks have it.

mod callbacks;
mod gateway;
mod settings;

pub use callbacks::{CallbackSettings, SignedCallbacks};
pub use data_adapter_http_call::SettingError as PushSettingsError;
pub use gateway::HttpPushGateway;
pub use settings::HttpPushSettings;
