//! The HTTP shell: a module per API, and what operators and explorers need around them.
//!
//! A request goes one way: bytes, protocol type, core type, one call on a capability, outcome, protocol type, bytes.

mod app;
mod ops;
mod request;
mod web_flow;

pub use app::{HttpSettings, Parts, listen, serve};
pub use ops::{BuildInfo, SandboxPages};
pub use request::{RequestScope, current_request};
pub use web_flow::{BindingKind, WebFlowSettings};
