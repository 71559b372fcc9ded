use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_sca::CallbackRefusal;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::setting::SettingError;

/// Checks calls that carry the signature of
/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), version 1.0.0,
/// in the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
pub struct StandardWebhooks {
    key: Zeroizing<Vec<u8>>,
}

impl StandardWebhooks {
    /// How far the clock of the provider may be apart from ours.
    pub const TOLERANCE: SignedDuration = SignedDuration::from_secs(5 * 60);
    /// The longest id that is looked at.
    const LONGEST_ID: usize = 255;

    /// Checks by the key in `secret`, the setting `key`: base64 of 24 to 64 bytes, with `whsec_` before it or not.
    ///
    /// # Errors
    ///
    /// When there is no such key in it.
    pub fn new(key: &'static str, secret: &SecretString) -> Result<Self, SettingError> {
        let text = secret.expose_secret();
        let decoded = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map(Zeroizing::new);
        let decoded = decoded.ok().filter(|key| (24..=64).contains(&key.len()));
        decoded.map(|key| Self { key }).ok_or_else(|| {
            SettingError::new(key, "has to be base64 of 24 to 64 bytes, after `whsec_` or without")
        })
    }

    /// The id of a call that is signed, whose headers `header` tells by their names in small letters.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`].
    pub fn id(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<String, CallbackRefusal> {
        let (Some(id), Some(timestamp), Some(signatures)) =
            (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
        else {
            return Err(CallbackRefusal::Unsigned);
        };
        if !self.is_signed(&id, &timestamp, body, &signatures) {
            return Err(CallbackRefusal::Unsigned);
        }
        let signed_at = timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let is_near = |at: Timestamp| now.duration_since(at).abs() <= Self::TOLERANCE;
        if !signed_at.is_some_and(is_near) {
            return Err(CallbackRefusal::Stale);
        }
        if id.is_empty() || id.len() > Self::LONGEST_ID {
            return Err(CallbackRefusal::Malformed);
        }
        Ok(id)
    }

    /// Whether one of the signatures in the header is ours. Each is compared in constant time.
    fn is_signed(&self, id: &str, timestamp: &str, body: &[u8], signatures: &str) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let mut given = given.filter_map(|signature| STANDARD.decode(signature).ok());
        given.any(|signature| mac.clone().verify_slice(&signature).is_ok())
    }
}

#[cfg(test)]
mod tests;
