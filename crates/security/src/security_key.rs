//! What one-time codes are encrypted with between a partner and this service, for as long as a token is good.

use std::fmt;

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use cbc::{Decryptor, Encryptor};
use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

/// With padding or without, and whatever the last bits are: what partners send differs.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

const IV: usize = 16;
const KEY: usize = 32;
const BLOCK: usize = 16;

/// What is derived is nothing else's, such as the signature of a token.
const PURPOSE: &[u8] = b"data-adapter security: what codes are encrypted with under the token ";

/// The `Contis_SecurityKey` of a token: an IV and a key of AES-256 in CBC, with PKCS#7 and texts in UTF-16LE. Any instance derives
/// it anew, and nothing is kept. Its `Debug` shows nothing.
pub(crate) struct SecurityKey(Zeroizing<[u8; IV + KEY]>);

impl SecurityKey {
    /// That of the token with this id.
    pub(crate) fn derive(server_key: &[u8], token: &str) -> Self {
        let mut bytes = Zeroizing::new([0; IV + KEY]);
        let derived = Hkdf::<Sha256>::new(None, server_key)
            .expand_multi_info(&[PURPOSE, token.as_bytes()], &mut bytes[..]);
        derived.expect("HKDF gives as many bytes as this");
        Self(bytes)
    }

    /// In hexadecimal digits, as the partner gets it.
    pub(crate) fn digits(&self) -> SecretString {
        let digits = |byte: &u8| {
            [byte >> 4, byte & 0xf].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]))
        };
        self.0.iter().flat_map(digits).collect::<String>().into()
    }

    /// A code as the partner gets it.
    pub(crate) fn encrypt(&self, code: &SecretString) -> SecretString {
        let plain: Zeroizing<Vec<u8>> =
            code.expose_secret().encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().into();
        let (iv, key) = self.0.split_at(IV);
        let cipher = Encryptor::<Aes256>::new_from_slices(key, iv).expect("both have their length");
        STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(&plain)).into()
    }

    /// The code that a partner sends; an empty one, which is wrong, where it can't be read. What can't be decoded is decrypted
    /// all the same, so that the time does not tell it from a wrong code.
    pub(crate) fn decrypt(&self, sent: &SecretString) -> SecretString {
        let sent = LENIENT.decode(sent.expose_secret()).ok();
        let sent = sent.filter(|bytes| !bytes.is_empty() && bytes.len() % BLOCK == 0);
        let is_readable = sent.is_some();
        let sent = sent.unwrap_or_else(|| vec![0; 2 * BLOCK]);
        let (iv, key) = self.0.split_at(IV);
        let cipher = Decryptor::<Aes256>::new_from_slices(key, iv).expect("both have their length");
        let plain = cipher.decrypt_padded_vec::<Pkcs7>(&sent).ok().map(Zeroizing::new);
        plain.filter(|_| is_readable).and_then(|plain| utf16(&plain)).unwrap_or_default()
    }
}

/// The text; `None` where it is none.
fn utf16(bytes: &[u8]) -> Option<SecretString> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Zeroizing<Vec<u16>> = units.iter().copied().map(u16::from_le_bytes).collect::<Vec<_>>().into();
    let text = String::from_utf16(&units).ok().filter(|_| rest.is_empty());
    text.map(Into::into)
}

impl fmt::Debug for SecurityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecurityKey {
        SecurityKey::derive(&[7; 32], "b3f0")
    }

    fn decrypted(sent: &str) -> String {
        key().decrypt(&sent.into()).expose_secret().to_owned()
    }

    #[test]
    fn it_is_an_iv_and_a_key_in_96_hexadecimal_digits_and_differs_by_token_and_server() {
        let digits = key().digits();
        assert_eq!(digits.expose_secret().len(), 96);
        assert!(digits.expose_secret().bytes().all(|digit| digit.is_ascii_hexdigit()));
        for other in [SecurityKey::derive(&[7; 32], "b3f1"), SecurityKey::derive(&[8; 32], "b3f0")] {
            assert_ne!(other.digits().expose_secret(), digits.expose_secret());
        }
        assert_eq!(key().digits().expose_secret(), digits.expose_secret(), "any instance derives the same");
    }

    #[test]
    fn a_code_comes_back_with_padding_and_without() {
        let sent = key().encrypt(&"12345678".into());
        let sent = sent.expose_secret();
        assert_eq!(sent.len(), 44, "eight digits in UTF-16 are one block, and the padding another");
        assert_eq!(decrypted(sent), "12345678");
        assert_eq!(decrypted(sent.trim_end_matches('=')), "12345678");
    }

    #[test]
    fn it_is_aes_256_in_cbc_over_utf_16() {
        // Computed with OpenSSL: `printf 1234 | iconv -t UTF-16LE | openssl enc -aes-256-cbc -K 0707… -iv 0707… | base64`.
        let key = SecurityKey(Zeroizing::new([7; IV + KEY]));
        assert_eq!(key.encrypt(&"1234".into()).expose_secret(), OF_1234);
    }

    const OF_1234: &str = "nDjXcsA5bPyPK5JH5myZ2g==";

    #[test]
    fn what_is_no_code_of_this_key_is_an_empty_one() {
        let of_another = SecurityKey::derive(&[8; 32], "b3f0").encrypt(&"12345678".into());
        let odd = {
            let (iv, key_bytes) = (&key().0[..IV], &key().0[IV..]);
            let cipher = Encryptor::<Aes256>::new_from_slices(key_bytes, iv).unwrap();
            STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(b"123"))
        };
        for sent in ["", "!", "12345678", "AAAA", of_another.expose_secret(), &odd, &"A".repeat(50)] {
            assert_eq!(decrypted(sent), "", "{sent}");
        }
    }
}
