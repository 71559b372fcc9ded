use std::fmt;
use std::sync::Arc;

use aes::{Aes128, Aes192, Aes256};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use data_adapter_core::{AdapterError, Authentication, AuthenticationOutcome, Credentials, Password, Random};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use zeroize::Zeroizing;

use super::nobodys_password;

/// The transformations that are understood; in CBC with AES's blocks the two are one.
const TRANSFORMATIONS: [&str; 2] = ["AES/CBC/PKCS7Padding", "AES/CBC/PKCS5Padding"];

/// An AES key for passwords in transit: 16, 24 or 32 bytes. Its `Debug` shows nothing.
pub struct PasswordKey(Zeroizing<Vec<u8>>);

/// The key has another length than AES has keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an AES key has 16, 24 or 32 bytes")]
pub struct PasswordKeyError;

impl PasswordKey {
    /// Wraps the bytes of a key.
    ///
    /// # Errors
    ///
    /// When there are not 16, 24 or 32 of them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, PasswordKeyError> {
        let bytes = Zeroizing::new(bytes);
        if matches!(bytes.len(), 16 | 24 | 32) { Ok(Self(bytes)) } else { Err(PasswordKeyError) }
    }

    fn encrypt(&self, iv: &[u8; 16], plain: &[u8]) -> Vec<u8> {
        fn run<C: KeyIvInit + BlockModeEncrypt>(key: &[u8], iv: &[u8], plain: &[u8]) -> Vec<u8> {
            let cipher = C::new_from_slices(key, iv).expect("the length of the key was checked");
            cipher.encrypt_padded_vec::<Pkcs7>(plain)
        }
        match self.0.len() {
            16 => run::<Encryptor<Aes128>>(&self.0, iv, plain),
            24 => run::<Encryptor<Aes192>>(&self.0, iv, plain),
            _ => run::<Encryptor<Aes256>>(&self.0, iv, plain),
        }
    }

    /// `None` for whatever is wrong.
    fn decrypt(&self, iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        fn run<C: KeyIvInit + BlockModeDecrypt>(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
            C::new_from_slices(key, iv).ok()?.decrypt_padded_vec::<Pkcs7>(ciphertext).ok()
        }
        let plain = match self.0.len() {
            16 => run::<Decryptor<Aes128>>(&self.0, iv, ciphertext),
            24 => run::<Decryptor<Aes192>>(&self.0, iv, ciphertext),
            _ => run::<Decryptor<Aes256>>(&self.0, iv, ciphertext),
        };
        plain.map(Zeroizing::new)
    }
}

impl fmt::Debug for PasswordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordKey([redacted])")
    }
}

/// What a front sends for `password`: `ivBase64:ciphertextBase64`, with a random IV.
#[must_use]
pub fn encrypt_password(key: &PasswordKey, password: &SecretString, random: &dyn Random) -> String {
    let iv = random.bytes();
    let ciphertext = key.encrypt(&iv, password.expose_secret().as_bytes());
    format!("{}:{}", STANDARD.encode(iv), STANDARD.encode(ciphertext))
}

/// Decrypts passwords before the back end sees them.
///
/// A ciphertext that does not decrypt is checked as a password that nobody has: an error of its own, or an answer that
/// comes sooner, would be a padding oracle.
pub struct DecryptingAuthentication {
    inner: Arc<dyn Authentication>,
    key: Option<PasswordKey>,
    allow_clear: bool,
    max_length: usize,
    random: Arc<dyn Random>,
}

impl DecryptingAuthentication {
    /// Wraps `inner`. Without a key encrypted passwords are refused; without `allow_clear` the others are. A decrypted
    /// password of more than `max_length` characters is wrong.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Authentication>,
        key: Option<PasswordKey>,
        allow_clear: bool,
        max_length: usize,
        random: Arc<dyn Random>,
    ) -> Self {
        Self { inner, key, allow_clear, max_length, random }
    }

    fn open(&self, password: &Password) -> Result<Password, AdapterError> {
        match (password, &self.key) {
            (Password::Clear(_), _) if self.allow_clear => Ok(password.clone()),
            (Password::Clear(_), _) => Err(refused("passwords in clear are not accepted here")),
            (Password::Encrypted { .. }, None) => {
                Err(refused("no key for encrypted passwords is configured"))
            }
            (Password::Encrypted { transformation, ciphertext }, Some(key)) => {
                if !TRANSFORMATIONS.contains(&transformation.as_str()) {
                    return Err(refused("the cipher transformation is not supported"));
                }
                // Before it is known whether it is needed: to make one takes time that would tell.
                let nobodys = nobodys_password(self.random.as_ref());
                let plain = self.decrypt(key, ciphertext.expose_secret());
                Ok(plain.map_or(nobodys, Password::Clear))
            }
        }
    }

    fn decrypt(&self, key: &PasswordKey, text: &str) -> Option<SecretString> {
        let (iv, ciphertext) = text.split_once(':')?;
        let plain = key.decrypt(&STANDARD.decode(iv).ok()?, &STANDARD.decode(ciphertext).ok()?)?;
        let plain = std::str::from_utf8(&plain).ok()?;
        (!plain.is_empty() && plain.chars().count() <= self.max_length).then(|| plain.into())
    }
}

fn refused(why: &str) -> AdapterError {
    AdapterError::InvalidInput(why.to_owned())
}

#[async_trait]
impl Authentication for DecryptingAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let password = self.open(&credentials.password)?;
        self.inner.authenticate(&Credentials { password, ..credentials.clone() }).await
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_core::SystemRandom;

    use super::*;

    struct Nobody;

    #[async_trait]
    impl Authentication for Nobody {
        async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
            Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
        }
    }

    fn key(length: usize) -> PasswordKey {
        PasswordKey::new(vec![7; length]).unwrap()
    }

    fn decrypting(length: usize) -> DecryptingAuthentication {
        DecryptingAuthentication::new(Arc::new(Nobody), Some(key(length)), true, 128, Arc::new(SystemRandom))
    }

    fn opened(length: usize, transformation: &str, ciphertext: &str) -> Result<String, AdapterError> {
        let transformation = transformation.to_owned();
        let password = Password::Encrypted { transformation, ciphertext: ciphertext.into() };
        match decrypting(length).open(&password)? {
            Password::Clear(clear) => Ok(clear.expose_secret().to_owned()),
            Password::Encrypted { .. } => panic!("it stays encrypted"),
        }
    }

    #[test]
    fn every_key_length_and_both_names_of_the_padding_open_what_they_encrypted() {
        for length in [16, 24, 32] {
            let encrypted = encrypt_password(&key(length), &"žluťoučký s3cret".into(), &SystemRandom);
            for transformation in TRANSFORMATIONS {
                assert_eq!(opened(length, transformation, &encrypted).unwrap(), "žluťoučký s3cret");
            }
        }
        assert_eq!(PasswordKey::new(vec![7; 15]).unwrap_err(), PasswordKeyError);
    }

    #[test]
    fn what_openssl_encrypted_opens() {
        let ciphertext = "AAECAwQFBgcICQoLDA0ODw==:g2yY+5qjuG0Ej7DWknaAEw==";
        assert_eq!(opened(32, TRANSFORMATIONS[0], ciphertext).unwrap(), "s3cret");
    }

    #[test]
    fn whatever_does_not_decrypt_becomes_a_password_that_nobody_has() {
        let other_key = encrypt_password(&key(32), &"s3cret".into(), &SystemRandom);
        let empty = encrypt_password(&key(16), &"".into(), &SystemRandom);
        let long = encrypt_password(&key(16), &"x".repeat(129).into(), &SystemRandom);
        let not_a_block = "MTIzNDU2Nzg5MDEyMzQ1Ng==:AAAA";
        let short_iv = "AAAA:MTIzNDU2Nzg5MDEyMzQ1Ng==";
        for broken in [&other_key, &empty, &long, not_a_block, short_iv, "", ":", "s3cret", "a:b:c", "*:*"] {
            let password = opened(16, TRANSFORMATIONS[0], broken).unwrap();
            assert_eq!(password.len(), 32, "{broken} opened as {password}");
        }
    }

    #[test]
    fn another_transformation_a_missing_key_and_a_forbidden_clear_password_are_refused() {
        let is_refused =
            |result: Result<_, AdapterError>| matches!(result, Err(AdapterError::InvalidInput(_)));
        for transformation in ["AES/ECB/PKCS5Padding", "AES/GCM/NoPadding", "", "aes/cbc/pkcs7padding"] {
            assert!(is_refused(opened(16, transformation, "AAAA:AAAA").map(drop)), "{transformation}");
        }
        let strict =
            DecryptingAuthentication::new(Arc::new(Nobody), None, false, 128, Arc::new(SystemRandom));
        assert!(is_refused(strict.open(&Password::Clear("s3cret".into())).map(drop)));
        let encrypted =
            Password::Encrypted { transformation: TRANSFORMATIONS[0].into(), ciphertext: "AAAA:AAAA".into() };
        assert!(is_refused(strict.open(&encrypted).map(drop)));
    }
}
