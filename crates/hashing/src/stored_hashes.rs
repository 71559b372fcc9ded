use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use data_adapter_core::{AdapterError, Subject};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

use crate::stored_hash::{Cost, HashError, StoredHash};
use crate::verifier::Verifier;

/// No password could be compared with somebody's hash. No text shows any of it.
#[derive(Debug, Error)]
#[error("the hash of `{name}` can't be used: {reason}")]
pub struct UnusableHash {
    /// Whose it is.
    pub name: String,
    /// What is wrong.
    pub reason: HashError,
}

/// The hashes of those who can log in, each by what its owner is known as: the id of a user, the username of a partner.
#[derive(Default)]
pub struct StoredHashes {
    hashes: Vec<Arc<StoredHash>>,
    /// Places among the hashes.
    by_name: HashMap<String, usize>,
}

impl StoredHashes {
    /// Reads the PHC strings of those with these names, each of which is one person's.
    ///
    /// # Errors
    ///
    /// [`UnusableHash`], the first of them.
    pub fn new(hashes: impl IntoIterator<Item = (String, SecretString)>) -> Result<Self, UnusableHash> {
        let mut stored = Self::default();
        for (name, hash) in hashes {
            match StoredHash::parse(hash.expose_secret()) {
                Ok(hash) => stored.hashes.push(Arc::new(hash)),
                Err(reason) => return Err(UnusableHash { name, reason }),
            }
            stored.by_name.insert(name, stored.hashes.len() - 1);
        }
        Ok(stored)
    }

    /// That of the largest, for the [`Demand`](crate::Demand).
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.hashes.iter().map(|hash| hash.cost()).max().unwrap_or_default()
    }

    /// Whether it is the password of whoever has this name; `false` for a name that nobody has, too, after the same work.
    /// `subject` is who shares what `verifier` has with others. Where there are no hashes at all, nothing is computed.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be found out, such as when too many wait: it is no wrong password then.
    pub async fn fits(
        &self,
        verifier: &Verifier,
        subject: Subject,
        name: &str,
        password: SecretString,
    ) -> Result<bool, AdapterError> {
        let known = self.by_name.get(name).copied();
        let checked = known.or_else(|| self.stand_in(name)).and_then(|place| self.hashes.get(place));
        let Some(hash) = checked else { return Ok(false) };
        let fits = verifier.verify(subject, password, Arc::clone(hash)).await?;
        Ok(fits && known.is_some())
    }

    /// Somebody else's place for a name that nobody has, so that a password takes the same work and the same way through memory
    /// whoever is asked about: for a name always the same one, in all instances. `None` only where there are no hashes.
    fn stand_in(&self, name: &str) -> Option<usize> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
        usize::try_from(hash.checked_rem(self.hashes.len() as u64)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Demand;

    /// Of `s3cret`, made by the reference implementation.
    const S3CRET: &str =
        "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";

    fn stored(names: &[&str]) -> StoredHashes {
        let hashes = names.iter().map(|name| ((*name).to_owned(), S3CRET.into()));
        StoredHashes::new(hashes).expect("they can be used")
    }

    fn verifier(hashes: &StoredHashes) -> Verifier {
        let verifier = Verifier::default();
        verifier.demand(Demand { cost: hashes.cost(), at_once: 1, is_one_organization: true });
        verifier.start().expect("there is room");
        verifier
    }

    #[tokio::test]
    async fn a_password_fits_its_owner_and_nobody_whose_place_they_take() {
        let hashes = stored(&["1", "2"]);
        let verifier = verifier(&hashes);
        for (name, password, fits) in
            [("1", "s3cret", true), ("2", "s3cret", true), ("1", "wrong", false), ("3", "s3cret", false)]
        {
            let subject = Subject::new(name);
            let outcome = hashes.fits(&verifier, subject, name, password.into()).await;
            assert_eq!(outcome.expect("it can be checked"), fits, "{name}: {password}");
        }
    }

    #[tokio::test]
    async fn nobody_has_a_password_where_there_are_no_hashes() {
        let hashes = stored(&[]);
        let verifier = verifier(&hashes);
        let outcome = hashes.fits(&verifier, Subject::new("1"), "1", "s3cret".into()).await;
        assert!(!outcome.expect("it can be told"));
    }

    #[test]
    fn somebody_stands_in_for_who_is_not_there_and_always_the_same() {
        let [here, there] = [(); 2].map(|()| stored(&["1", "2", "3"]));
        let unknown: Vec<_> = (100..200).map(|name| name.to_string()).collect();
        for name in &unknown {
            assert!(here.stand_in(name).is_some_and(|place| place < 3));
            assert_eq!(here.stand_in(name), there.stand_in(name), "{name}");
        }
        for place in 0..3 {
            assert!(unknown.iter().any(|name| here.stand_in(name) == Some(place)), "{place} never does");
        }
        assert_eq!(stored(&[]).stand_in("1"), None);
    }

    #[test]
    fn a_hash_that_cannot_be_used_is_told_with_its_owner_and_nothing_of_it() {
        let argon2i = S3CRET.replace("argon2id", "argon2i");
        let hashes = [("1".to_owned(), S3CRET.into()), ("2".to_owned(), argon2i.into())];
        let why = StoredHashes::new(hashes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            why.starts_with("the hash of `2` can't be used: it is not an Argon2id") && !why.contains("c2Fs")
        );
    }
}
