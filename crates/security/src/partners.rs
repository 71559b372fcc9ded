//! Who calls: partners by name, each with a password, and the consumers that it may see.

mod door;
mod passwords;

use std::collections::HashMap;
use std::sync::Arc;

use data_adapter_core::OrganizationId;
use data_adapter_hashing::{StoredHashes, UnusableHash};
use data_adapter_sca::CodeCarrier;
use secrecy::SecretString;

pub use door::{PartnerAccess, PartnerDoor, PartnerLogin};
pub use passwords::PartnerPasswords;

/// A partner. Its `Debug` does not show the hash.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Its name.
    pub username: String,
    /// The Argon2id PHC string of its password.
    pub password_hash: SecretString,
    /// The scheme that it has to name at a login; `None` where any will do, or none.
    pub scheme: Option<String>,
    /// Whose consumers it may see.
    pub organizations: Vec<OrganizationId>,
    /// Who brings codes to its consumers: we by SMS, or the partner.
    pub carrier: CodeCarrier,
}

/// All partners.
pub struct Partners {
    by_name: HashMap<String, Arc<Partner>>,
    hashes: StoredHashes,
}

impl Partners {
    /// These, of which no two have one name.
    ///
    /// # Errors
    ///
    /// When no password could be compared with a hash.
    pub fn new(partners: Vec<Partner>) -> Result<Self, UnusableHash> {
        let named = |partner: &Partner| (partner.username.clone(), partner.password_hash.clone());
        let hashes = StoredHashes::new(partners.iter().map(named))?;
        let by_name = partners.into_iter().map(|partner| (partner.username.clone(), Arc::new(partner)));
        Ok(Self { by_name: by_name.collect(), hashes })
    }

    /// Whether there is one of this name.
    #[must_use]
    pub fn has(&self, username: &str) -> bool {
        self.by_name.contains_key(username)
    }

    /// The one of this name; `None` where there is none.
    pub(crate) fn by_username(&self, username: &str) -> Option<Arc<Partner>> {
        self.by_name.get(username).cloned()
    }
}
