//! The Security API V2, which partners call: tokens of their own, and what their consumers approve.
//!
//! A request goes one way: bytes, protocol type, core type, calls on capabilities, outcome, protocol type, bytes. What a partner
//! may see is decided in one place: the consumers of its organizations, and nobody else's.

mod answers;
mod api;
mod authorize;
mod consumers;
mod dates;
mod devices;
mod error;
mod extract;
mod form;
mod issued;
mod login;
mod openapi;
mod partners;
mod pending;
mod post_login;
mod regenerate;
mod sca_res;
mod security_key;
mod sessions;
mod settings;
mod state;
mod texts;
mod tokens;

pub use openapi::{DOCUMENT_FILE, document};
pub use partners::{Partner, PartnerAccess, PartnerDoor, PartnerLogin, PartnerPasswords, Partners};
pub use settings::SecuritySettings;
pub use state::{Security, SecurityParts};
pub use texts::texts;
pub use tokens::{IssuedToken, Token, TokenKey, TokenKeyError, Tokens};
