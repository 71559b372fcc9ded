//! Each capability, with every call going through a [`Guard`].

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, AntiFraud, Authentication, AuthenticationOutcome, AuthenticationStep,
    CertificateAuthentication, CertificateCredentials, CertificateQuery, CodeAndPasswordOutcome,
    CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentForm, ConsentNeed,
    ConsentRequest, ConsentSubmission, ConsentValidation, Credentials, Decoration, FormDataChange,
    FraudDecision, FraudQuery, ImplicitLogin, IssuedCode, LoginOperation, OperationChange, OperationContext,
    OperationId, OperationMapping, OperationParty, OperationSetup, Operations, OrganizationId, SmsOtp,
    StepOptions, Subject, User, UserId, UserLookup, UsernameQuery, VerificationOutcome,
};

use crate::guard::{Call, Guard};

/// A capability behind a guard.
pub(crate) struct Guarded<T: ?Sized> {
    inner: Arc<T>,
    guard: Arc<Guard>,
}

impl<T: ?Sized> Guarded<T> {
    pub(crate) fn new(inner: Arc<T>, guard: &Arc<Guard>) -> Arc<Self> {
        Arc::new(Self { inner, guard: Arc::clone(guard) })
    }
}

fn about(
    user: Option<&UserId>,
    organization: Option<&OrganizationId>,
    operation: &OperationContext,
) -> Subject {
    Subject::user_or_operation(user, &operation.id).of(organization)
}

fn of_party(party: &OperationParty) -> Subject {
    about(party.user.as_ref(), party.organization.as_ref(), &party.operation)
}

fn of_consent(submission: &ConsentSubmission) -> Subject {
    let ConsentRequest { user, organization, .. } = &submission.request;
    Subject::user(user).of(organization.as_ref())
}

#[async_trait]
impl UserLookup for Guarded<dyn UserLookup> {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let subject = Subject::username(&query.username).of(Some(&query.organization));
        self.guard.call(Call::UserByUsername, subject, self.inner.by_username(query)).await
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let subject = Subject::user(id).of(organization);
        self.guard.call(Call::UserById, subject, self.inner.by_id(id, organization)).await
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let subject = Subject::user(&UserId::of_consumer(consumer)).of(organization);
        let answer = self.inner.by_consumer_id(consumer, organization);
        self.guard.call(Call::UserByConsumerId, subject, answer).await
    }
}

#[async_trait]
impl Authentication for Guarded<dyn Authentication> {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let subject = Subject::user(&credentials.user).of(credentials.organization.as_ref());
        self.guard.call(Call::Authenticate, subject, self.inner.authenticate(credentials)).await
    }
}

#[async_trait]
impl SmsOtp for Guarded<dyn SmsOtp> {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let subject = about(request.user.as_ref(), request.organization.as_ref(), &request.operation);
        self.guard.call(Call::CodeCreate, subject, self.inner.create(request)).await
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        let subject =
            about(verification.user.as_ref(), verification.organization.as_ref(), &verification.operation);
        self.guard.call(Call::CodeVerify, subject, self.inner.verify(verification)).await
    }

    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let answer = self.inner.verify_with_password(verification, credentials);
        let subject = Subject::user(&credentials.user).of(credentials.organization.as_ref());
        self.guard.call(Call::CodeAndPasswordVerify, subject, answer).await
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        let subject = about(message.user.as_ref(), message.organization.as_ref(), &message.operation);
        self.guard.call(Call::CodeSend, subject, self.inner.send(message)).await
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        let subject = Subject::operation(operation);
        self.guard.call(Call::CodesEnd, subject, self.inner.end_operation(operation)).await
    }
}

#[async_trait]
impl Consent for Guarded<dyn Consent> {
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        let subject = Subject::user(&request.user).of(request.organization.as_ref());
        self.guard.call(Call::ConsentInit, subject, self.inner.init(request)).await
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        let subject = Subject::user(&request.user).of(request.organization.as_ref());
        self.guard.call(Call::ConsentCreate, subject, self.inner.create(request)).await
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        let subject = of_consent(submission);
        self.guard.call(Call::ConsentValidate, subject, self.inner.validate(submission)).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let subject = of_consent(submission);
        self.guard.call(Call::ConsentSave, subject, self.inner.save(submission)).await
    }
}

#[async_trait]
impl Operations for Guarded<dyn Operations> {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        let subject = of_party(party);
        self.guard.call(Call::Decorate, subject, self.inner.decorate(party)).await
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        let subject = of_party(&change.party);
        self.guard.call(Call::FormDataChanged, subject, self.inner.form_data_changed(change)).await
    }

    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        let subject = of_party(&change.party);
        self.guard.call(Call::OperationChanged, subject, self.inner.operation_changed(change)).await
    }
}

#[async_trait]
impl OperationSetup for Guarded<dyn OperationSetup> {
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        let subject = Subject::new(("client", &request.client));
        self.guard.call(Call::LoginOperation, subject, self.inner.login(request)).await
    }

    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        let subject = of_party(&step.party);
        self.guard.call(Call::StepOptions, subject, self.inner.step_options(step)).await
    }

    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        let subject = of_party(&step.party);
        self.guard.call(Call::OperationMapping, subject, self.inner.mapping(step)).await
    }
}

#[async_trait]
impl CertificateAuthentication for Guarded<dyn CertificateAuthentication> {
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        let subject = Subject::new(("certificate", query.certificate.as_str())).of(Some(&query.organization));
        self.guard.call(Call::CertificateOwner, subject, self.inner.owner(query)).await
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        let subject = Subject::user(&credentials.user).of(credentials.organization.as_ref());
        self.guard.call(Call::CertificateVerify, subject, self.inner.verify(credentials)).await
    }
}

#[async_trait]
impl AntiFraud for Guarded<dyn AntiFraud> {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        let subject = of_party(&query.party);
        self.guard.call(Call::FraudAssess, subject, self.inner.assess(query)).await
    }
}
