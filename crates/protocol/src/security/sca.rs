use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::ScaType;

/// An SCA request as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScaRes {
    /// What later requests name it by, in upper case.
    #[serde(rename = "SCAReferenceNumber")]
    #[schema(min_length = 36, max_length = 36)]
    pub sca: String,
    /// How it is approved.
    #[serde(rename = "SCAType")]
    pub kind: ScaType,
    /// `SMS` for a code, `Push` on a device; empty where the partner asks for the factors itself.
    #[serde(rename = "AuthorizeOn")]
    pub authorize_on: &'static str,
    /// Always empty.
    #[serde(rename = "AdditionalData")]
    pub additional_data: &'static str,
    /// When it began, with seven decimals and an offset.
    #[serde(rename = "StartDateTime")]
    pub start: String,
    /// When it ends, in the same form.
    #[serde(rename = "ExpiryDateTime")]
    pub expiry: String,
    /// How often it may be regenerated from now on.
    #[serde(rename = "RemainingResendCount")]
    pub remaining_resends: u32,
    /// How many guesses are left.
    #[serde(rename = "RemainingFailAttempt")]
    pub remaining_guesses: u32,
    /// The encrypted code, where the partner delivers it; else empty.
    #[serde(rename = "SCAIdentification", serialize_with = "expose")]
    #[schema(value_type = String)]
    pub identification: SecretString,
    /// What is approved.
    #[serde(rename = "Title")]
    pub title: String,
}

/// Writes a secret on the wire, where it has to be read.
pub(super) fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}
