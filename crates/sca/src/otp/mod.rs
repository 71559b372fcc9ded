//! One-time codes.

mod code;
mod engine;
mod keys;

pub use engine::{OtpEngine, OtpParts, OtpPolicy};
pub use keys::{KeyError, ServerKey, ServerKeys};
