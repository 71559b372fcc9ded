use data_adapter_core::MessageId;
use data_adapter_http_call::{SettingError, StandardWebhooks};
use data_adapter_sca::{CallbackRefusal, PushCallback, PushCallbacks};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

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

/// Callbacks that carry the signature of Standard Webhooks.
pub struct SignedCallbacks {
    webhooks: StandardWebhooks,
    message: String,
    decision: String,
    accepted: String,
    rejected: String,
}

impl SignedCallbacks {
    /// Reads callbacks by these settings.
    ///
    /// # Errors
    ///
    /// Which setting can't be used, and why.
    pub fn new(settings: CallbackSettings) -> Result<Self, SettingError> {
        let CallbackSettings { secret, message, decision, accepted, rejected } = settings;
        let webhooks = StandardWebhooks::new("callback.secret", &secret)?;
        for (key, pointer) in [("callback.message", &message), ("callback.decision", &decision)] {
            if !pointer.starts_with('/') {
                return Err(SettingError::new(key, "has to be a JSON pointer, such as `/messageId`"));
            }
        }
        if accepted == rejected {
            return Err(SettingError::new("callback.rejected", "is what `accepted` is"));
        }
        Ok(Self { webhooks, message, decision, accepted, rejected })
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
        let id = self.webhooks.id(header, body, now)?;
        let (message, accepted) = self.decision(body).ok_or(CallbackRefusal::Malformed)?;
        Ok(PushCallback { id, message, accepted })
    }
}

#[cfg(test)]
mod tests;
