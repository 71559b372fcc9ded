use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_http_call::{SettingError, StandardWebhooks};
use data_adapter_sca::{CallbackRefusal, ReceiptCall};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use super::query;
use crate::fields::decoded;
use crate::settings::{HttpSmsSettings, Verification};

/// Knows whose a callback is.
pub(super) enum Verifier {
    StandardWebhooks(StandardWebhooks),
    Twilio { key: SecretString, public_url: String },
    Path { gateway: String, secret: SecretString },
}

impl Verifier {
    /// The shortest secret of a path: 128 random bits in hexadecimal digits.
    const SHORTEST: usize = 32;

    /// What the settings say; `None` where they ask for no receipts.
    pub(super) fn of(gateway: &str, settings: &HttpSmsSettings) -> Result<Option<Self>, SettingError> {
        let Some(secret) = settings.receipt_secret() else {
            return match settings.public_url() {
                None => Ok(None),
                Some(_) => {
                    let why =
                        "is missing beside `receipts.public_url`: nobody would know whose a callback is";
                    Err(SettingError::new("receipts.secret", why))
                }
            };
        };
        let verifier = match settings.receipts.verification {
            None => {
                let why = "is missing beside `receipts.secret`: how is it known whose a callback is?";
                return Err(SettingError::new("receipts.verification", why));
            }
            Some(Verification::StandardWebhooks) => {
                Self::StandardWebhooks(StandardWebhooks::new("receipts.secret", secret)?)
            }
            Some(Verification::Twilio) => {
                let Some(public_url) = settings.public_url().map(str::to_owned) else {
                    let why = "is missing: signatures are over the URL that the gateway calls";
                    return Err(SettingError::new("receipts.public_url", why));
                };
                Self::Twilio { key: secret.clone(), public_url }
            }
            Some(Verification::Path) => {
                check_path_secret(secret)?;
                Self::Path { gateway: gateway.to_owned(), secret: secret.clone() }
            }
        };
        Ok(Some(verifier))
    }

    pub(super) fn verify(&self, call: &ReceiptCall<'_>) -> Result<(), CallbackRefusal> {
        let is_theirs = match self {
            Self::StandardWebhooks(webhooks) => {
                return webhooks.id(call.header, call.body, call.now).map(drop);
            }
            Self::Twilio { key, public_url } => is_signed_by_twilio(key, public_url, call),
            Self::Path { gateway, secret } => {
                let path = call.target.split('?').next().unwrap_or_default();
                let given =
                    path.rsplit_once('/').filter(|(before, _)| before.ends_with(&format!("/{gateway}")));
                given.is_some_and(|(_, given)| {
                    given.as_bytes().ct_eq(secret.expose_secret().as_bytes()).into()
                })
            }
        };
        if is_theirs { Ok(()) } else { Err(CallbackRefusal::Unsigned) }
    }
}

fn check_path_secret(secret: &SecretString) -> Result<(), SettingError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let secret = secret.expose_secret();
    if secret.len() >= Verifier::SHORTEST && secret.bytes().all(is_plain) {
        return Ok(());
    }
    let why = "has to be at least 32 letters of English, digits, - or _, since it is a part of the path; \
               `openssl rand -hex 32` makes one";
    Err(SettingError::new("receipts.secret", why))
}

/// Whether the header has the HMAC-SHA1 of the URL with its query, and after it each name and value of the body, sorted by name:
/// <https://www.twilio.com/docs/usage/security#validating-requests>. A field that is there twice with one value counts once, as in
/// the libraries of Twilio.
fn is_signed_by_twilio(key: &SecretString, public_url: &str, call: &ReceiptCall<'_>) -> bool {
    let given = (call.header)("x-twilio-signature").and_then(|given| STANDARD.decode(given).ok());
    let Some(given) = given else { return false };
    let key = key.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(public_url.as_bytes());
    if let Some(query) = query(call.target) {
        mac.update(b"?");
        mac.update(query.as_bytes());
    }
    let mut fields = decoded(call.body);
    fields.sort_unstable();
    fields.dedup();
    for (name, value) in &fields {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.verify_slice(&given).is_ok()
}
