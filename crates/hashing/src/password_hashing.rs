use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use data_adapter_core::{AdapterError, Random, prepared_password};
use secrecy::{ExposeSecret as _, SecretString};

/// Argon2id as OWASP's password storage cheat sheet asks for at least: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordHashing;

impl PasswordHashing {
    /// The PHC string of a password in its [prepared form](prepared_password), with a random salt.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidInput`] when it has none, and [`AdapterError::Internal`] when it can't be hashed: it is longer than
    /// Argon2 takes (4 GiB), or there is no memory for it.
    pub fn hash(self, password: &SecretString, random: &dyn Random) -> Result<String, AdapterError> {
        let prepared = prepared_password(password)
            .map_err(|why| AdapterError::InvalidInput(format!("the password can't be used: {why}")))?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
            .hash_password_with_salt(prepared.expose_secret().as_bytes(), &random.bytes::<16>())
            .map(|hash| hash.to_string())
            .map_err(|error| AdapterError::Internal(format!("a password could not be hashed: {error}")))
    }
}
