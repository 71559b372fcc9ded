use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Certificate, CertificateAuthentication, CertificateCredentials,
    CertificateQuery, Clock, OperationContext, OrganizationId, User, UserId, UserLookup, UsernameQuery,
};

use crate::inspection::Inspector;
use crate::proof::Proof;
use crate::rejection::{Reason, Rejection};
use crate::settings::{CertificateSettings, Names, SettingsError};

/// Checks certificates of users.
pub struct X509Certificates {
    inspector: Arc<Inspector>,
    names: Names,
    users: Arc<dyn UserLookup>,
    clock: Arc<dyn Clock>,
}

impl X509Certificates {
    /// Reads the files that `settings` name. Whom a certificate names is looked up in `users`; it has to be valid at the
    /// time of `clock`.
    ///
    /// # Errors
    ///
    /// When a file can't be used, by the key that names it. A certificate or a list that is out of date is no error: a
    /// warning goes to the log.
    pub fn new(
        settings: &CertificateSettings,
        users: Arc<dyn UserLookup>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let inspector = Arc::new(Inspector::new(settings, clock.now())?);
        Ok(Self { inspector, names: settings.names, users, clock })
    }

    /// Whom a valid certificate names.
    async fn name_in(&self, certificate: &Certificate, proof: Proof) -> Result<String, Rejection> {
        let (inspector, certificate) = (Arc::clone(&self.inspector), certificate.clone());
        let now = self.clock.now();
        let inspection = tokio::task::spawn_blocking(move || inspector.name_in(&certificate, &proof, now));
        inspection.await.map_err(|error| AdapterError::Internal(error.to_string()))?
    }

    async fn owner_of(&self, query: &CertificateQuery) -> Result<User, Rejection> {
        let name = self.name_in(&query.certificate, Proof::Tls).await?;
        let user = match self.names {
            Names::UserId => self.by_id(&UserId::new(name), Some(&query.organization)).await?,
            Names::Username => self.by_username(name, &query.organization, &query.operation).await?,
        };
        user.ok_or(Reason::UnknownUser.into())
    }

    async fn check(&self, credentials: &CertificateCredentials) -> Result<(), Rejection> {
        let proof = Proof::new(&credentials.possession, &credentials.operation);
        let name = self.name_in(&credentials.certificate, proof).await?;
        let user = self.by_id(&credentials.user, credentials.organization.as_ref()).await?;
        let user = user.ok_or(Reason::UnknownUser)?;
        let is_theirs = match self.names {
            Names::UserId => name == credentials.user.as_str(),
            Names::Username => {
                let owner = self.by_username(name, &user.organization, &credentials.operation).await?;
                owner.is_some_and(|owner| owner.id == credentials.user)
            }
        };
        match (user.status, credentials.account) {
            _ if !is_theirs => Err(Reason::OtherUser.into()),
            (AccountStatus::Blocked, _) | (_, AccountStatus::Blocked) => Err(Reason::BlockedAccount.into()),
            (AccountStatus::Active, AccountStatus::Active) => Ok(()),
        }
    }

    /// The user with exactly this id; a directory may take another way to write it for the same.
    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        Ok(self.users.by_id(id, organization).await?.filter(|user| user.id == *id))
    }

    async fn by_username(
        &self,
        username: String,
        organization: &OrganizationId,
        operation: &OperationContext,
    ) -> Result<Option<User>, AdapterError> {
        let (organization, operation) = (organization.clone(), operation.clone());
        self.users.by_username(&UsernameQuery { username, organization, operation }).await
    }
}

#[async_trait]
impl CertificateAuthentication for X509Certificates {
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        outcome(self.owner_of(query).await)
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        Ok(outcome(self.check(credentials).await)?.is_some())
    }
}

/// `None` for a certificate that is refused, after the log was told why.
fn outcome<T>(result: Result<T, Rejection>) -> Result<Option<T>, AdapterError> {
    match result {
        Ok(accepted) => Ok(Some(accepted)),
        Err(Rejection::Refused(reason)) => {
            reason.log();
            Ok(None)
        }
        Err(Rejection::Unanswered(error)) => Err(error),
    }
}
