//! Users and accounts from a file.

mod operations;
mod users;

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, OperationName,
    OrganizationId, Password, Restriction, Subject, User, UserId, UserLookup, UsernameQuery,
};
use data_adapter_hashing::{Demand, Verifier};

pub use operations::Progress;
use operations::RecentOperations;
use users::{Directory, Record};
pub use users::{UsersError, UsersFile};

/// How a [`MemoryBackend`] works.
#[derive(Clone, Debug)]
pub struct MemorySettings {
    /// How many passwords are to be verified at once; each takes a core and the memory of the largest hash.
    pub concurrent_verifications: usize,
    /// The operations whose form gets the user's accounts.
    pub decorated: HashSet<OperationName>,
}

/// Users, passwords and accounts from a file, and the last choices and outcomes of operations.
pub struct MemoryBackend {
    directory: Directory,
    verifier: Arc<Verifier>,
    decorated: HashSet<OperationName>,
    recent: RecentOperations,
}

impl MemoryBackend {
    /// Takes the users of a file. Their passwords are checked by `verifier`, which is told what that takes, and has to be started
    /// before the first one.
    ///
    /// # Errors
    ///
    /// [`UsersError`] when they contradict each other, or a hash can't be used.
    pub fn new(
        file: UsersFile,
        settings: MemorySettings,
        verifier: &Arc<Verifier>,
    ) -> Result<Self, UsersError> {
        let directory = Directory::new(file)?;
        verifier.demand(Demand {
            cost: directory.hashes.cost(),
            at_once: settings.concurrent_verifications,
            is_one_organization: !directory.has_several_organizations(),
        });
        let recent = RecentOperations::default();
        Ok(Self { directory, verifier: Arc::clone(verifier), decorated: settings.decorated, recent })
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
        let Credentials { user, organization, .. } = credentials;
        let hashes = &self.directory.hashes;
        let fits = hashes.fits(&self.verifier, Subject::current(), user.as_str(), password.clone()).await?;
        let record = self.record(user, organization.as_ref()).filter(|_| fits);
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
