//! Users and accounts from a file.

mod hashing;
mod memory;
mod operations;
mod slots;
mod stored_hash;
mod users;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, OperationName,
    OrganizationId, Password, Restriction, User, UserId, UserLookup, UsernameQuery,
};
use data_adapter_shares::Sizes;

pub use hashing::PasswordHashing;
use hashing::Verifier;
pub use operations::Progress;
use operations::RecentOperations;
use users::{Directory, Record};
pub use users::{UsersError, UsersFile};

/// How a [`MemoryBackend`] works.
#[derive(Clone, Debug)]
pub struct MemorySettings {
    /// How many passwords may be verified at once; each takes a core and the memory of the largest hash.
    pub concurrent_verifications: usize,
    /// The operations whose form gets the user's accounts.
    pub decorated: HashSet<OperationName>,
}

/// Users, passwords and accounts from a file, and the last choices and outcomes of operations.
pub struct MemoryBackend {
    directory: Directory,
    verifier: Verifier,
    decorated: HashSet<OperationName>,
    recent: RecentOperations,
}

impl MemoryBackend {
    /// Takes the users of a file.
    ///
    /// # Errors
    ///
    /// [`UsersError`] when they contradict each other, a hash can't be used, or there is no memory to check passwords.
    pub fn new(file: UsersFile, settings: MemorySettings) -> Result<Self, UsersError> {
        let directory = Directory::new(file)?;
        let slots = settings.concurrent_verifications.max(1);
        let sizes =
            if directory.has_several_organizations() { Sizes::of(slots) } else { Sizes::of_users(slots) };
        let verifier = Verifier::new(directory.hashes(), sizes)?;
        let recent = RecentOperations::default();
        Ok(Self { directory, verifier, decorated: settings.decorated, recent })
    }

    fn record(&self, id: &UserId, organization: Option<&OrganizationId>) -> Option<&Record> {
        self.directory.by_id(id).filter(|record| record.is_of(organization))
    }
}

#[async_trait]
impl UserLookup for MemoryBackend {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        Ok(self.directory.by_username(&query.organization, &query.username).map(|record| record.user.clone()))
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        Ok(self.record(id, organization).map(|record| record.user.clone()))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let record = self.directory.by_consumer_id(consumer).filter(|record| record.is_of(organization));
        Ok(record.map(|record| record.user.clone()))
    }
}

#[async_trait]
impl Authentication for MemoryBackend {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let Password::Clear(password) = &credentials.password else {
            return Err(AdapterError::InvalidInput(
                "an encrypted password came through undecrypted".to_owned(),
            ));
        };
        let known = self.directory.by_id(&credentials.user);
        let Some(checked) = known.or_else(|| self.directory.stand_in(&credentials.user)) else {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        };
        let fits = self.verifier.verify(password.clone(), Arc::clone(&checked.password_hash)).await?;
        let record = known.filter(|record| fits && record.is_of(credentials.organization.as_ref()));
        Ok(match record.map(|record| &record.user) {
            None => AuthenticationOutcome::Failed { remaining_attempts: None },
            Some(user) => match user.status {
                AccountStatus::Active => AuthenticationOutcome::succeeded(user.clone()),
                AccountStatus::Blocked => {
                    AuthenticationOutcome::restricted(user.id.clone(), Restriction::Disabled)
                }
            },
        })
    }
}
