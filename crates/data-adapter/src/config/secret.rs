use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_core::without_byte_order_mark;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

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

/// The bytes of a secret that is given in base64, either itself or in a file; `None` when it is not given. Take the vector out
/// only to move it into what wipes it as well.
pub(crate) fn read_key(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    let Some((text, source)) = read_text(name, value, file)? else { return Ok(None) };
    let text = text.trim();
    // As long as it can be, so that it never moves and leaves a copy behind.
    let mut bytes = Zeroizing::new(vec![0; base64::decoded_len_estimate(text.len())]);
    match STANDARD.decode_slice(text, &mut bytes) {
        Ok(length) => {
            bytes.truncate(length);
            Ok(Some(bytes))
        }
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
    if is_hex && digest == <[u8; 32]>::from(Sha256::digest(b"")) {
        return refuse(
            &source,
            "is the SHA-256 of nothing; `data-adapter caller-token` makes a token and its hash",
        );
    }
    if is_hex {
        return Ok(Some(digest));
    }
    refuse(&source, "is not 64 hexadecimal digits; `data-adapter caller-token` makes a token and its hash")
}

/// A secret and the key that it comes from; `None` when it is not given.
pub(super) fn read_text(
    name: &str,
    value: Option<&Secret>,
    file: Option<&PathBuf>,
) -> Result<Option<(Zeroizing<String>, String)>, Failure> {
    match (value, file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => refuse(name, &format!("and `{name}_file` are both set; keep one")),
        (Some(Secret(secret)), None) => {
            Ok(Some((Zeroizing::new(secret.expose_secret().to_owned()), name.to_owned())))
        }
        (None, Some(path)) => {
            let text = read_file(path)
                .map_err(|e| Failure::Configuration(format!("`{name}_file` {}: {e}", path.display())))?;
            Ok(Some((text, format!("{name}_file"))))
        }
    }
}

/// The text of a file, in one place of the memory only.
fn read_file(path: &Path) -> std::io::Result<Zeroizing<String>> {
    /// Longer than any key is. Where a pipe gives more than this, the text is moved, and copies of it stay behind.
    const USUAL: usize = 16 * 1024;
    let mut file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(USUAL);
    let mut text = Zeroizing::new(String::with_capacity(length.saturating_add(1).max(USUAL)));
    file.read_to_string(&mut text)?;
    let mark = text.len() - without_byte_order_mark(&text).len();
    text.drain(..mark);
    Ok(text)
}
