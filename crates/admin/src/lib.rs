//! The admin API, which operators call: what a service needs and the Security API lacks.
//!
//! A request goes one way: an operator's token, bytes, protocol type, core type, one call on a capability, outcome, protocol type,
//! bytes. Each leaves a line under the operator's name, written by what is wrapped around the capabilities; what comes to nothing
//! before one of them is called is told to whoever watches the shell.

mod api;
mod consents;
mod convert;
mod error;
mod extract;
mod gate;
mod lists;
mod openapi;
mod operators;
mod page;
mod requests;
mod settings;
mod state;
mod users;
mod watch;

pub use convert::consent as consent_entry;
pub use openapi::document;
pub use operators::{Operator, Operators};
pub use settings::{AdminSettings, PAYMENT_OPERATION, PaymentOperation, REQUEST_OPERATION, title_attribute};
pub use state::{Admin, AdminParts};
