//! One back end for most organizations and others for some.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, AntiFraud, Authentication, AuthenticationOutcome, AuthenticationStep,
    CertificateAuthentication, CertificateCredentials, CertificateQuery, CodeAndPasswordOutcome,
    CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentForm, ConsentNeed,
    ConsentRequest, ConsentSubmission, ConsentValidation, Credentials, Decoration, FormDataChange,
    FraudDecision, FraudQuery, ImplicitLogin, IssuedCode, LoginOperation, OperationChange, OperationId,
    OperationMapping, OperationParty, OperationSetup, Operations, OrganizationId, SmsOtp, StepOptions, User,
    UserId, UserLookup, UsernameQuery, VerificationOutcome,
};

/// A capability that another back end has for each organization.
///
/// Where a request names no organization, that of its user counts; [`UserLookup`] then asks one back end after the other, so
/// that ids of users have to differ over all of them.
pub struct ByOrganization<T: ?Sized> {
    usual: Arc<T>,
    special: HashMap<OrganizationId, Arc<T>>,
    users: Option<Arc<dyn UserLookup>>,
}

impl ByOrganization<dyn UserLookup> {
    /// Finds users in `special` for its organizations, and in `usual` for all others.
    #[must_use]
    pub fn users(usual: Arc<dyn UserLookup>, special: HashMap<OrganizationId, Arc<dyn UserLookup>>) -> Self {
        Self { usual, special, users: None }
    }
}

impl<T: ?Sized> ByOrganization<T> {
    /// Asks `special` for its organizations, and `usual` for all others. `users` tells the organization of a user.
    #[must_use]
    pub fn new(usual: Arc<T>, special: HashMap<OrganizationId, Arc<T>>, users: Arc<dyn UserLookup>) -> Self {
        Self { usual, special, users: Some(users) }
    }

    /// The back end for this organization.
    fn of(&self, organization: &OrganizationId) -> &Arc<T> {
        self.special.get(organization).unwrap_or(&self.usual)
    }

    /// The back end for this organization, or else for that of this user; the usual one for neither.
    async fn pick(
        &self,
        organization: Option<&OrganizationId>,
        user: Option<&UserId>,
    ) -> Result<&Arc<T>, AdapterError> {
        if let Some(organization) = organization {
            return Ok(self.of(organization));
        }
        let found = match (&self.users, user) {
            (Some(users), Some(user)) => users.by_id(user, None).await?,
            _ => None,
        };
        Ok(found.map_or(&self.usual, |user| self.of(&user.organization)))
    }

    /// Every back end once, the usual one first.
    fn all(&self) -> Vec<&Arc<T>> {
        let mut all = vec![&self.usual];
        for other in self.special.values() {
            if !all.iter().any(|known| Arc::ptr_eq(known, other)) {
                all.push(other);
            }
        }
        all
    }
}

#[async_trait]
impl UserLookup for ByOrganization<dyn UserLookup> {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.of(&query.organization).by_username(query).await
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        if let Some(organization) = organization {
            return self.of(organization).by_id(id, Some(organization)).await;
        }
        let mut unanswered = None;
        for users in self.all() {
            match users.by_id(id, None).await {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(error) => unanswered = Some(error),
            }
        }
        unanswered.map_or(Ok(None), Err)
    }

    /// A gap is no missing user here either: whoever does not answer may have the one whom the number means.
    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        if let Some(organization) = organization {
            return self.of(organization).by_consumer_id(consumer, Some(organization)).await;
        }
        let asked = self.all().into_iter().map(|users| users.by_consumer_id(consumer, None));
        let answers = futures::future::join_all(asked).await;
        let id = UserId::of_consumer(consumer);
        let by_id = answers.iter().flatten().flatten().find(|user| user.id == id);
        if let Some(user) = by_id {
            return Ok(Some(user.clone()));
        }
        let mut found: Option<User> = None;
        for answer in answers {
            let Some(user) = answer? else { continue };
            if found.as_ref().is_some_and(|other| other.id != user.id) {
                let why = "one consumer id is that of users of several back ends";
                return Err(AdapterError::Unanswerable(why.to_owned()));
            }
            found.get_or_insert(user);
        }
        Ok(found)
    }
}

#[async_trait]
impl Authentication for ByOrganization<dyn Authentication> {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let picked = self.pick(credentials.organization.as_ref(), Some(&credentials.user)).await?;
        picked.authenticate(credentials).await
    }
}

#[async_trait]
impl SmsOtp for ByOrganization<dyn SmsOtp> {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let picked = self.pick(request.organization.as_ref(), request.user.as_ref()).await?;
        picked.create(request).await
    }

    /// Without an organization, whoever knows the message.
    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        if let Some(organization) = &verification.organization {
            return self.of(organization).verify(verification).await;
        }
        for sms_otp in self.all() {
            let outcome = sms_otp.verify(verification).await?;
            if outcome != VerificationOutcome::UnknownMessage {
                return Ok(outcome);
            }
        }
        Ok(VerificationOutcome::UnknownMessage)
    }

    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let picked = self.pick(credentials.organization.as_ref(), Some(&credentials.user)).await?;
        picked.verify_with_password(verification, credentials).await
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        self.pick(message.organization.as_ref(), message.user.as_ref()).await?.send(message).await
    }

    /// Wherever it may have codes; all of them are told before the first error is reported.
    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        let told = self.all().into_iter().map(|sms_otp| sms_otp.end_operation(operation));
        futures::future::join_all(told).await.into_iter().collect()
    }
}

#[async_trait]
impl Consent for ByOrganization<dyn Consent> {
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        self.pick(request.organization.as_ref(), Some(&request.user)).await?.init(request).await
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        self.pick(request.organization.as_ref(), Some(&request.user)).await?.create(request).await
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        let request = &submission.request;
        self.pick(request.organization.as_ref(), Some(&request.user)).await?.validate(submission).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let request = &submission.request;
        self.pick(request.organization.as_ref(), Some(&request.user)).await?.save(submission).await
    }
}

#[async_trait]
impl Operations for ByOrganization<dyn Operations> {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.decorate(party).await
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        let party = &change.party;
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.form_data_changed(change).await
    }

    /// An operation that ended before anybody logged in may be anybody's: all are told before the first error is reported.
    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        let party = &change.party;
        if party.organization.is_none() && party.user.is_none() {
            let told = self.all().into_iter().map(|operations| operations.operation_changed(change));
            return futures::future::join_all(told).await.into_iter().collect();
        }
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.operation_changed(change).await
    }
}

#[async_trait]
impl OperationSetup for ByOrganization<dyn OperationSetup> {
    /// Nobody is known yet: the usual one.
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        self.usual.login(request).await
    }

    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        let party = &step.party;
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.step_options(step).await
    }

    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        let party = &step.party;
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.mapping(step).await
    }
}

#[async_trait]
impl CertificateAuthentication for ByOrganization<dyn CertificateAuthentication> {
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        self.of(&query.organization).owner(query).await
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        let picked = self.pick(credentials.organization.as_ref(), Some(&credentials.user)).await?;
        picked.verify(credentials).await
    }
}

#[async_trait]
impl AntiFraud for ByOrganization<dyn AntiFraud> {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        let party = &query.party;
        self.pick(party.organization.as_ref(), party.user.as_ref()).await?.assess(query).await
    }
}

#[cfg(test)]
mod tests;
