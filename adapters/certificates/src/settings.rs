use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whose certificates are accepted, and whom they name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateSettings {
    /// The certificates of the authorities, in PEM. They are read once.
    pub ca_file: PathBuf,
    /// Their revocation lists, in PEM or DER. They are read again when they change.
    #[serde(default)]
    pub crl_files: Vec<PathBuf>,
    /// Whether certificates are accepted whose issuer has no revocation list, while others have one.
    #[serde(default)]
    pub accept_issuers_without_crl: bool,
    /// What names the user.
    #[serde(default)]
    pub subject: Subject,
    /// What it names them by.
    #[serde(default)]
    pub names: Names,
}

/// The part of a certificate that names the user. One value has to be there, and no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// `UID` of the subject (RFC 4519, 2.39).
    #[default]
    Uid,
    /// `serialNumber` of the subject, which is that of a person, not of the certificate (RFC 4519, 2.31).
    SerialNumber,
    /// `CN` of the subject.
    CommonName,
    /// The e-mail address of the alternative names (RFC 5280, 4.2.1.6).
    Email,
}

/// What is in that part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// The id of the user.
    #[default]
    UserId,
    /// The name that the user types at the login.
    Username,
}

/// A setting that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{key}` {reason}")]
pub struct SettingsError {
    /// Which.
    pub key: &'static str,
    /// Why, in words that go after the key.
    pub reason: String,
}

impl SettingsError {
    pub(crate) fn new(key: &'static str, reason: impl Into<String>) -> Self {
        Self { key, reason: reason.into() }
    }
}
