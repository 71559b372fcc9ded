//! Each capability, with every call going through a [`Guard`].

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, AntiFraud, Authentication, AuthenticationOutcome, AuthenticationStep,
    CertificateAuthentication, CertificateCredentials, CertificateQuery, CodeAndPasswordOutcome,
    CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentForm, ConsentRequest,
    ConsentSubmission, ConsentValidation, Credentials, Decoration, FormDataChange, FraudDecision, FraudQuery,
    ImplicitLogin, IssuedCode, LoginOperation, OperationChange, OperationId, OperationMapping,
    OperationParty, OperationSetup, Operations, OrganizationId, SmsOtp, StepOptions, User, UserId,
    UserLookup, UsernameQuery, VerificationOutcome,
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

#[async_trait]
impl UserLookup for Guarded<dyn UserLookup> {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.guard.call(Call::UserByUsername, self.inner.by_username(query)).await
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.guard.call(Call::UserById, self.inner.by_id(id, organization)).await
    }
}

#[async_trait]
impl Authentication for Guarded<dyn Authentication> {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        self.guard.call(Call::Authenticate, self.inner.authenticate(credentials)).await
    }
}

#[async_trait]
impl SmsOtp for Guarded<dyn SmsOtp> {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        self.guard.call(Call::CodeCreate, self.inner.create(request)).await
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        self.guard.call(Call::CodeVerify, self.inner.verify(verification)).await
    }

    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let answer = self.inner.verify_with_password(verification, credentials);
        self.guard.call(Call::CodeAndPasswordVerify, answer).await
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        self.guard.call(Call::CodeSend, self.inner.send(message)).await
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        self.guard.call(Call::CodesEnd, self.inner.end_operation(operation)).await
    }
}

#[async_trait]
impl Consent for Guarded<dyn Consent> {
    async fn init(&self, request: &ConsentRequest) -> Result<Option<ConsentForm>, AdapterError> {
        self.guard.call(Call::ConsentInit, self.inner.init(request)).await
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        self.guard.call(Call::ConsentCreate, self.inner.create(request)).await
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        self.guard.call(Call::ConsentValidate, self.inner.validate(submission)).await
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        self.guard.call(Call::ConsentSave, self.inner.save(submission)).await
    }
}

#[async_trait]
impl Operations for Guarded<dyn Operations> {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.guard.call(Call::Decorate, self.inner.decorate(party)).await
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        self.guard.call(Call::FormDataChanged, self.inner.form_data_changed(change)).await
    }

    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        self.guard.call(Call::OperationChanged, self.inner.operation_changed(change)).await
    }
}

#[async_trait]
impl OperationSetup for Guarded<dyn OperationSetup> {
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        self.guard.call(Call::LoginOperation, self.inner.login(request)).await
    }

    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        self.guard.call(Call::StepOptions, self.inner.step_options(step)).await
    }

    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        self.guard.call(Call::OperationMapping, self.inner.mapping(step)).await
    }
}

#[async_trait]
impl CertificateAuthentication for Guarded<dyn CertificateAuthentication> {
    async fn owner(&self, query: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        self.guard.call(Call::CertificateOwner, self.inner.owner(query)).await
    }

    async fn verify(&self, credentials: &CertificateCredentials) -> Result<bool, AdapterError> {
        self.guard.call(Call::CertificateVerify, self.inner.verify(credentials)).await
    }
}

#[async_trait]
impl AntiFraud for Guarded<dyn AntiFraud> {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        self.guard.call(Call::FraudAssess, self.inner.assess(query)).await
    }
}
