//! What comes back from gateways and providers.

mod push;
mod sms;
