//! What providers call back: that a person has decided on a push. Each call is signed, and each id counts once.

mod api;
mod openapi;
mod push;

pub use api::{Callbacks, CallbacksParts};
pub use openapi::document;
