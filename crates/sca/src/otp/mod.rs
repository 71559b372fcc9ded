//! One-time codes.

mod addressed;
mod code;
mod delivery;
mod engine;
mod keys;
mod number;
mod options;
mod pace;
mod sending;
mod sent;
pub(crate) mod wording;

pub(crate) use code::Claim;
pub(crate) use delivery::{HandOver, Letter};
pub(crate) use engine::{NewCode, key_is_gone, over};
pub use engine::{OtpEngine, OtpParts, OtpPolicy};
pub use keys::{KeyError, ServerKey, ServerKeys};
pub use options::{Autofill, Senders, SmsOptions, with_autofill};
pub use pace::Pace;
pub use sending::SendLimits;
pub(crate) use sending::{SendRates, Sending};
pub use sent::{Sent, SentCount, SentScope, SentWindow};
pub use wording::{BindingPlan, NameClash, PAYMENT_NAMES, code_arguments};
