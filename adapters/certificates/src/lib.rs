//! X.509 certificates of users, checked against the authorities of the configuration.
//!
//! A certificate is valid when a chain of signatures leads from it to one of the authorities (RFC 5280), every certificate on
//! the way may be used for what it is used for and at this time, and no revocation list names it. It belongs to the user whom
//! its subject names. The key is shown to be theirs by a signature of
//! [`signed_text`](data_adapter_core::signed_text), or was shown in a TLS handshake with the front.
//!
//! Three rules hold everywhere:
//!
//! - Whatever is wrong with a certificate is an outcome, one for all that can be wrong. The log says what it was.
//! - Where nobody can say whether a certificate was revoked, the answer is [`AdapterError::Remote`], never that it is valid.
//! - The time is that of the clock that was given.
//!
//! `docs/certificates.md` describes the settings.
//!
//! [`AdapterError::Remote`]: data_adapter_core::AdapterError::Remote

mod algorithms;
mod authorities;
mod bundle;
mod certificates;
mod inspection;
mod leaf;
mod proof;
mod rejection;
mod revocation;
mod settings;
mod subject;

pub use certificates::X509Certificates;
pub use settings::{CertificateSettings, Names, SettingsError, Subject};
