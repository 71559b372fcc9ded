//! One-time codes.

mod code;
mod engine;
mod keys;
mod message;

pub use engine::{OtpEngine, OtpParts, OtpPolicy};
pub use keys::{KeyError, ServerKey, ServerKeys};
