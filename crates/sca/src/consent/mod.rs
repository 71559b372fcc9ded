//! Consent forms from the configuration.

mod engine;
mod form;

pub use engine::ConsentEngine;
pub use form::{FormDefinition, OptionDefinition};
