use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::refuse;
use crate::failure::Failure;

/// A secret in the configuration. It is shown neither by `Debug` nor by `config show`.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(SecretString);

impl Secret {
    /// Whether it is a text that is no secret, such as the demo's.
    pub(crate) fn is(&self, known: &str) -> bool {
        self.0.expose_secret() == known
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("[redacted]")
    }
}

/// The bytes of a secret that is given in base64, either itself or in a file; `None` when it is not given.
pub(crate) fn read_key(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some((text, source)) = read_text(name, value, file)? else { return Ok(None) };
    match STANDARD.decode(text.trim()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => refuse(&source, "is not standard base64; `openssl rand -base64 32` makes a key"),
    }
}

/// A SHA-256 that is given in hexadecimal digits, either itself or in a file; `None` when it is not given.
pub(crate) fn read_digest(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<[u8; 32]>, Failure> {
    let Some((text, source)) = read_text(name, value, file)? else { return Ok(None) };
    let text = text.trim();
    let mut digest = [0; 32];
    let is_hex = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks(2)).filter(|_| is_hex) {
        *byte = std::str::from_utf8(pair)
            .ok()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .unwrap_or_default();
    }
    if is_hex {
        return Ok(Some(digest));
    }
    refuse(&source, "is not 64 hexadecimal digits; `data-adapter caller-token` makes a token and its hash")
}

/// A secret and the key that it comes from; `None` when it is not given.
fn read_text(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<(String, String)>, Failure> {
    match (value, file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => refuse(name, &format!("and `{name}_file` are both set; keep one")),
        (Some(Secret(secret)), None) => Ok(Some((secret.expose_secret().to_owned(), name.to_owned()))),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Failure::Configuration(format!("`{name}_file` {}: {e}", path.display())))?;
            Ok(Some((text, format!("{name}_file"))))
        }
    }
}
