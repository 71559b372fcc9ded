use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_core::MessageId;
use data_adapter_sca::{CallbackRefusal, PushCallback, PushCallbacks};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::settings::PushSettingsError;

/// How the provider calls back. `docs/push.md` has what each key is for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackSettings {
    /// The key of signatures: base64 of 24 to 64 bytes, with `whsec_` before it or not.
    pub secret: SecretString,
    /// Where the id of the message stands in the body, as a JSON pointer (RFC 6901).
    #[serde(default = "message_pointer")]
    pub message: String,
    /// Where the decision stands.
    #[serde(default = "decision_pointer")]
    pub decision: String,
    /// What stands there when the person accepted.
    #[serde(default = "accepted")]
    pub accepted: String,
    /// What stands there when the person rejected.
    #[serde(default = "rejected")]
    pub rejected: String,
}

fn message_pointer() -> String {
    "/messageId".to_owned()
}

fn decision_pointer() -> String {
    "/decision".to_owned()
}

fn accepted() -> String {
    "accepted".to_owned()
}

fn rejected() -> String {
    "rejected".to_owned()
}

/// Callbacks that carry the signature of Standard Webhooks in the headers `webhook-id`, `webhook-timestamp` and
/// `webhook-signature`.
pub struct SignedCallbacks {
    key: Zeroizing<Vec<u8>>,
    message: String,
    decision: String,
    accepted: String,
    rejected: String,
}

impl SignedCallbacks {
    /// How far the clock of the provider may be apart from ours.
    pub const TOLERANCE: SignedDuration = SignedDuration::from_secs(5 * 60);
    /// The longest id that is looked at.
    const LONGEST_ID: usize = 255;

    /// Reads callbacks by these settings.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why.
    pub fn new(settings: CallbackSettings) -> Result<Self, PushSettingsError> {
        let CallbackSettings { secret, message, decision, accepted, rejected } = settings;
        let text = secret.expose_secret();
        let key = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map(Zeroizing::new);
        let key = key.ok().filter(|key| (24..=64).contains(&key.len())).ok_or_else(|| {
            PushSettingsError::new(
                "callback.secret",
                "has to be base64 of 24 to 64 bytes, after `whsec_` or without",
            )
        })?;
        for (key, pointer) in [("callback.message", &message), ("callback.decision", &decision)] {
            if !pointer.starts_with('/') {
                return Err(PushSettingsError::new(key, "has to be a JSON pointer, such as `/messageId`"));
            }
        }
        if accepted == rejected {
            return Err(PushSettingsError::new("callback.rejected", "is what `accepted` is"));
        }
        Ok(Self { key, message, decision, accepted, rejected })
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

    fn decision(&self, body: &[u8]) -> Option<(MessageId, bool)> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let message = body.pointer(&self.message)?.as_str()?.to_owned();
        let decision = match body.pointer(&self.decision)? {
            Value::String(text) => text.clone(),
            Value::Bool(is) => is.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let accepted = match decision {
            decision if decision == self.accepted => true,
            decision if decision == self.rejected => false,
            _ => return None,
        };
        Some((MessageId::new(message), accepted))
    }
}

impl PushCallbacks for SignedCallbacks {
    fn read(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<PushCallback, CallbackRefusal> {
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
        let (message, accepted) = self.decision(body).ok_or(CallbackRefusal::Malformed)?;
        Ok(PushCallback { id, message, accepted })
    }
}

#[cfg(test)]
mod tests;
