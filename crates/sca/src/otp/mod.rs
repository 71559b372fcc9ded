//! One-time codes.

mod code;
mod engine;
mod keys;
mod message;
mod wording;

pub use engine::{OtpEngine, OtpParts, OtpPolicy};
pub use keys::{KeyError, ServerKey, ServerKeys};
pub use wording::{BindingPlan, NameClash, PAYMENT_NAMES};
