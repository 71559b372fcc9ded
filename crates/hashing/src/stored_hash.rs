use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use crate::memory::Memory;

/// Why a stored hash can't be used. No text shows any of it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HashError {
    /// It is written in no way that is known here.
    #[error("it is not an Argon2id PHC string; make one with `data-adapter hash-password`")]
    NoArgon2id,
    /// It names a version of Argon2 that is not known.
    #[error("its version `v` is neither 16 nor 19")]
    Version,
    /// A cost is out of the range that Argon2 has (RFC 9106, 3.1), or there is a parameter that is none of its own.
    #[error("its parameters are not those of Argon2: `t` from 1, `p` from 1, `m` from 8 times `p`")]
    Parameters,
    /// It was made with a key (RFC 9106, 3.1: the secret value K), which is not known here.
    #[error("it was made with a key of its own (`keyid`)")]
    Keyed,
}

/// How much memory it takes to compute a hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(usize);

impl Cost {
    /// In blocks of 1 KiB (RFC 9106, 3.2).
    pub(crate) fn blocks(self) -> usize {
        self.0
    }
}

/// A stored hash, taken apart and found usable.
pub(crate) struct StoredHash {
    argon2: Argon2<'static>,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    /// Reads a PHC string.
    ///
    /// # Errors
    ///
    /// [`HashError`] for everything that no password could be compared with.
    pub(crate) fn parse(text: &str) -> Result<Self, HashError> {
        let hash = PasswordHash::new(text).map_err(|_| HashError::NoArgon2id)?;
        let (Some(salt), Some(output)) = (hash.salt, hash.hash) else { return Err(HashError::NoArgon2id) };
        if hash.algorithm != Algorithm::Argon2id.ident() {
            return Err(HashError::NoArgon2id);
        }
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
        let version = version.map_err(|_| HashError::Version)?;
        let params = Params::try_from(&hash).map_err(|_| HashError::Parameters)?;
        if !params.keyid().is_empty() {
            return Err(HashError::Keyed);
        }
        Ok(Self { argon2: Argon2::new(Algorithm::Argon2id, version, params), salt, output })
    }

    pub(crate) fn cost(&self) -> Cost {
        Cost(self.argon2.params().block_count())
    }

    /// Whether it is the hash of this password.
    ///
    /// # Errors
    ///
    /// For whatever keeps it from being computed: nobody knows then whether the password is right.
    pub(crate) fn fits(&self, password: &SecretString, memory: &mut Memory) -> argon2::Result<bool> {
        let blocks = memory.take(self.cost().blocks()).ok_or(argon2::Error::OutOfMemory)?;
        let mut computed = [0; Output::MAX_LENGTH];
        let computed = &mut computed[..self.output.len()];
        let password = password.expose_secret().as_bytes();
        self.argon2.hash_password_into_with_memory(password, &self.salt, computed, blocks)?;
        Ok(bool::from(computed.ct_eq(self.output.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the reference implementation: `echo -n s3cret | argon2 SALT -id -t T -k M -p P -l LENGTH -e`, with `-v 10` for 16.
    const OF_S3CRET: [&str; 4] = [
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aiw2o9oMq/9ebSZcoiTcfCAvRu6fmltcIeT3flB1dAo",
        "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI",
        "$argon2id$v=16$m=256,t=3,p=2$c2FsdHNhbHRzYWx0$Dq5hsIi53q+ZC4HbE30lFTJejOCo6rsDGWicfjzQ5rM",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$r6n7JS8nhqx+JzIQfXk/S+RWWarJd7kc3HXCZqP+Nd7L2SuwjoYr5rHsWL65ObxofuPyLzlxZY1uO9AqGRicVg",
    ];

    #[test]
    fn hashes_of_every_cost_version_and_length_fit_their_password_only() {
        // For all of them, as large as the largest needs it.
        let mut memory = Memory::reserve(19_456).unwrap();
        for text in OF_S3CRET {
            let hash = StoredHash::parse(text).unwrap();
            assert_eq!(hash.fits(&"s3cret".into(), &mut memory), Ok(true), "{text}");
            assert_eq!(hash.fits(&"s3cret ".into(), &mut memory), Ok(false), "{text}");
        }
    }

    #[test]
    fn a_hash_that_no_password_can_be_compared_with_is_refused_with_the_reason() {
        let whole = OF_S3CRET[1];
        let cases = [
            ("argon2id", "argon2i", HashError::NoArgon2id),
            ("argon2id", "pbkdf2", HashError::NoArgon2id),
            ("$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI", "", HashError::NoArgon2id),
            ("$GsQy", "$*sQy", HashError::NoArgon2id),
            ("v=19", "v=18", HashError::Version),
            ("t=1", "t=0", HashError::Parameters),
            ("m=64", "m=7", HashError::Parameters),
            ("m=64", "m=31", HashError::Parameters),
            ("p=4", "p=0", HashError::Parameters),
            ("m=64", "m=4294967296", HashError::Parameters),
            ("p=4", "p=4,x=1", HashError::Parameters),
            ("p=4", "p=4,keyid=AQ", HashError::Keyed),
            ("c2FsdHNhbHRzYWx0", "c2FsdHNhbA", HashError::NoArgon2id),
        ];
        for (part, by, error) in cases {
            let text = whole.replace(part, by);
            assert_ne!(text, whole, "nothing was replaced");
            assert_eq!(StoredHash::parse(&text).err(), Some(error), "{text}");
        }
    }
}
