//! What providers call back: that a person has decided on a push, and what became of a message. Each call is known to be the
//! provider's, by its signature or by a secret in its path, and counts once.

mod answer;
mod api;
mod openapi;
mod push;
mod sms;

pub use api::{Callbacks, CallbacksParts, PushParts, SmsParts};
pub use openapi::{Offered, document};
