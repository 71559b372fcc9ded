use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// A key of the server, for the hashes of codes. Its `Debug` shows only its name.
pub struct ServerKey {
    id: String,
    secret: Zeroizing<Vec<u8>>,
}

/// Why keys can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Fewer than 32 bytes.
    #[error("the key `{0}` has fewer than 32 bytes")]
    TooShort(String),
    /// Two keys of one name.
    #[error("there are two keys named `{0}`")]
    Duplicate(String),
}

impl ServerKey {
    /// Names a secret of at least 32 bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::TooShort`].
    pub fn new(id: String, secret: Vec<u8>) -> Result<Self, KeyError> {
        let secret = Zeroizing::new(secret);
        if secret.len() < 32 { Err(KeyError::TooShort(id)) } else { Ok(Self { id, secret }) }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({})", self.id)
    }
}

/// The key in use and the ones before it. Each record names its key, so that a new key can be put in front while codes
/// under the old one are still out.
#[derive(Debug)]
pub struct ServerKeys {
    current: ServerKey,
    previous: Vec<ServerKey>,
}

impl ServerKeys {
    /// Puts keys together.
    ///
    /// # Errors
    ///
    /// [`KeyError::Duplicate`].
    pub fn new(current: ServerKey, previous: Vec<ServerKey>) -> Result<Self, KeyError> {
        let keys = Self { current, previous };
        for key in &keys.previous {
            if keys.all().filter(|other| other.id == key.id).count() > 1 {
                return Err(KeyError::Duplicate(key.id.clone()));
            }
        }
        Ok(keys)
    }

    pub(super) fn current(&self) -> &ServerKey {
        &self.current
    }

    pub(super) fn find(&self, id: &str) -> Option<&ServerKey> {
        self.all().find(|key| key.id == id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &ServerKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, length: usize) -> Result<ServerKey, KeyError> {
        ServerKey::new(id.into(), vec![1; length])
    }

    #[test]
    fn short_keys_and_double_names_are_refused() {
        assert_eq!(key("a", 31).unwrap_err(), KeyError::TooShort("a".into()));
        let keys = |previous: &str| ServerKeys::new(key("a", 32).unwrap(), vec![key(previous, 32).unwrap()]);
        assert_eq!(keys("a").unwrap_err(), KeyError::Duplicate("a".into()));
        assert!(keys("b").unwrap().find("b").is_some());
    }

    #[test]
    fn a_key_does_not_show_its_secret() {
        assert_eq!(format!("{:?}", key("a", 32).unwrap()), "ServerKey(a)");
    }
}
