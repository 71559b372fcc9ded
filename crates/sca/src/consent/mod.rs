//! Consent forms from the configuration.

mod engine;
mod form;
mod html;
mod remembered;

pub use engine::ConsentEngine;
pub use form::{FormDefinition, OptionDefinition};
pub use html::{HtmlPolicy, SafeConsent};
