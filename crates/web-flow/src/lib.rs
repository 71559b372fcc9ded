//! The PowerAuth Data Adapter API, which Web Flow calls: `/api/auth/*`, `/api/operation/*`, and what runs here.
//!
//! A request goes one way: bytes, protocol type, core type, one call on a capability, outcome, protocol type, bytes.

mod anti_fraud;
mod api;
mod binding;
mod certificate;
mod client;
mod consent;
mod convert;
mod dialect;
mod error;
mod extract;
mod openapi;
mod operation;
mod settings;
mod setup;
mod sms;
mod state;
mod status;
mod user;
mod walk;

pub use openapi::{document, document_file};
pub use settings::{DemoUser, OperationRules, WebFlowSettings};
pub use state::{WebFlow, WebFlowParts};
