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
    let (text, source) = match (value, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return refuse(name, &format!("and `{name}_file` are both set; keep one")),
        (Some(Secret(secret)), None) => (secret.expose_secret().to_owned(), name.to_owned()),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|e| Failure::Configuration(format!("`{name}_file` {}: {e}", path.display())))?;
            (text, format!("{name}_file"))
        }
    };
    match STANDARD.decode(text.trim()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) => refuse(&source, "is not standard base64; `openssl rand -base64 32` makes a key"),
    }
}
