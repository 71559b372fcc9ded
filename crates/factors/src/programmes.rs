//! Who calls: programmes, each with a key, and the users that it may see.

use std::sync::Arc;

use data_adapter_core::{OrganizationId, User};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

/// A programme: an application, or several, of one owner.
#[derive(Clone)]
pub struct Programme {
    /// What the log, the audit log and the tokens of users call it.
    pub id: String,
    /// The SHA-256 of its `api-key`. A hash that is slow on purpose would add nothing: keys are 256 random bits.
    pub api_key_sha256: [u8; 32],
    /// Whose users it may see.
    pub organizations: Vec<OrganizationId>,
}

impl Programme {
    /// Whether a user is one of its own.
    #[must_use]
    pub fn has(&self, user: &User) -> bool {
        self.organizations.contains(&user.organization)
    }
}

/// All programmes.
pub struct Programmes(Vec<Arc<Programme>>);

impl Programmes {
    /// These, of which no two have one id or one key.
    #[must_use]
    pub fn new(programmes: Vec<Programme>) -> Self {
        Self(programmes.into_iter().map(Arc::new).collect())
    }

    /// The one with this id; `None` where there is none.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Programme> {
        self.0.iter().find(|programme| programme.id == id).map(Arc::as_ref)
    }

    /// The one with this key; `None` where there is none. Every programme is looked at to the end, so that the time tells nothing of
    /// a key.
    pub(crate) fn by_api_key(&self, key: &[u8]) -> Option<Arc<Programme>> {
        let hash: [u8; 32] = Sha256::digest(key).into();
        let mut found = u32::MAX;
        for (index, programme) in (0_u32..).zip(&self.0) {
            let is_it: Choice = programme.api_key_sha256.ct_eq(&hash);
            found.conditional_assign(&index, is_it);
        }
        self.0.get(usize::try_from(found).ok()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programme(id: &str, key: &str) -> Programme {
        let api_key_sha256 = Sha256::digest(key.as_bytes()).into();
        Programme { id: id.to_owned(), api_key_sha256, organizations: Vec::new() }
    }

    #[test]
    fn a_programme_is_found_by_its_whole_key_and_nothing_else() {
        let programmes =
            Programmes::new(vec![programme("one", "key of one"), programme("two", "key of two")]);
        let found = |key: &str| programmes.by_api_key(key.as_bytes()).map(|found| found.id.clone());
        assert_eq!(found("key of one").as_deref(), Some("one"));
        assert_eq!(found("key of two").as_deref(), Some("two"));
        for key in ["", "key of", "key of three", "one", "KEY OF ONE", "key of one "] {
            assert_eq!(found(key), None, "{key:?}");
        }
        assert!(Programmes::new(Vec::new()).by_api_key(b"").is_none());
    }
}
