use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use data_adapter_core::{AdapterError, Random, SystemRandom, prepared_password};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::users::UsersError;

/// Argon2id as OWASP's password storage cheat sheet asks for at least: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordHashing;

impl PasswordHashing {
    /// The PHC string of a password in its [prepared form](prepared_password), with a random salt.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidInput`] when it has none, and [`AdapterError::Internal`] when it can't be hashed, because it is
    /// longer than Argon2 takes (4 GiB).
    pub fn hash(self, password: &SecretString, random: &dyn Random) -> Result<String, AdapterError> {
        let prepared = prepared_password(password)
            .map_err(|why| AdapterError::InvalidInput(format!("the password can't be used: {why}")))?;
        hash(Params::default(), &prepared, random)
    }
}

fn hash(params: Params, password: &SecretString, random: &dyn Random) -> Result<String, AdapterError> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.expose_secret().as_bytes(), &random.bytes::<16>())
        .map(|hash| hash.to_string())
        .map_err(|error| AdapterError::Internal(format!("a password could not be hashed: {error}")))
}

/// A hash of no password that anybody knows. It is not computed, which would take a good part of the start.
fn decoy(params: &Params, random: &dyn Random) -> Option<String> {
    let decoy = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(&random.bytes::<16>()).ok()?),
        hash: Some(Output::new(&random.bytes::<32>()).ok()?),
    };
    Some(decoy.to_string())
}

/// Whether a password fits in its prepared form, or as it was typed, for hashes of before there was one, and of what has
/// none. How often this hashes depends on what was typed alone: none of the two is left out because the other fits.
fn fits(hash: &PasswordHash, typed: &SecretString) -> bool {
    let fits = |password: &SecretString| {
        Argon2::default().verify_password(password.expose_secret().as_bytes(), hash).is_ok()
    };
    match prepared_password(typed) {
        Ok(prepared) if prepared.expose_secret() != typed.expose_secret() => fits(&prepared) | fits(typed),
        _ => fits(typed),
    }
}

/// Verifies passwords off the async threads, a bounded number at once.
pub(super) struct Verifier {
    permits: Arc<Semaphore>,
    /// What an unknown user's password is compared with, as expensive as the most expensive real one.
    decoy: Arc<str>,
}

impl Verifier {
    /// Longer than any queue that still makes sense to a person who waits.
    const QUEUE_DEADLINE: Duration = Duration::from_secs(10);

    pub(super) fn new<'a>(hashes: impl Iterator<Item = &'a str>, at_once: usize) -> Result<Self, UsersError> {
        let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
        let mut dearest: Option<Params> = None;
        for hash in hashes {
            let hash = PasswordHash::new(hash).map_err(|_| UsersError::NoHash)?;
            let params = Params::try_from(&hash).map_err(|_| UsersError::NoHash)?;
            if hash.algorithm.as_str() != "argon2id" || hash.salt.is_none() || hash.hash.is_none() {
                return Err(UsersError::NoHash);
            }
            if dearest.as_ref().is_none_or(|known| cost(known) < cost(&params)) {
                dearest = Some(params);
            }
        }
        let decoy = decoy(&dearest.unwrap_or_default(), &SystemRandom).ok_or(UsersError::NoHash)?;
        Ok(Self { permits: Arc::new(Semaphore::new(at_once.max(1))), decoy: decoy.into() })
    }

    /// Whether the password fits; never when there is no hash, after the same work.
    pub(super) async fn verify(
        &self,
        password: SecretString,
        hash: Option<Arc<str>>,
    ) -> Result<bool, AdapterError> {
        let waiting =
            tokio::time::timeout(Self::QUEUE_DEADLINE, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = waiting else {
            return Err(AdapterError::Remote("too many passwords wait to be verified".to_owned()));
        };
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| Arc::clone(&self.decoy));
        let verification = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let parsed = PasswordHash::new(&hash).ok()?;
            Some(fits(&parsed, &password))
        });
        match verification.await {
            Ok(Some(fits)) => Ok(fits && known),
            Ok(None) | Err(_) => Err(AdapterError::Internal("a password could not be verified".to_owned())),
        }
    }
}
