//! The PowerAuth Data Adapter API, as Web Flow calls it.
//!
//! `null` is absent and unknown members are ignored, everywhere. A required text that is absent is read as empty, so that
//! validation reports it with the key that Web Flow knows. Requests and answers can be read and written, by the server and by
//! whoever calls one; a secret is written only there, never by `Debug`.

mod account;
mod anti_fraud;
mod authentication;
#[cfg(test)]
mod both_ways;
mod certificate;
mod consent;
mod context;
mod dialect;
mod envelope;
mod error;
mod form_attributes;
mod form_data;
mod form_parameters;
mod form_schema;
mod limits;
mod operation;
mod schema;
mod setup;
mod sms;
mod status;
mod user;
mod validation;

pub use account::{AccountStatus, ContactType, UserContact, Withheld, phone};
pub use anti_fraud::{AfsAction, AfsRequest, AfsRequestParameters, AfsResponse, AuthStepOptions};
pub use authentication::{
    AuthenticationContext, PasswordProtection, UserAuthenticateRequest, UserAuthenticateResponse,
};
pub use certificate::{CertificateVerifyRequest, CertificateVerifyResponse};
pub use consent::{
    ConsentFormResponse, ConsentInitResponse, ConsentOption, ConsentOptionAnswer, ConsentRequest,
    ConsentSaveResponse, ConsentSubmitRequest, ConsentValidateResponse, OptionValidationResult, OptionValue,
};
pub use context::OperationContext;
pub use dialect::{Dialect, UnknownDialect, VerificationResult};
pub use envelope::{ObjectRequest, ObjectResponse};
pub use error::{ErrorBody, ErrorCode, ErrorResponse};
pub use form_attributes::{AmountField, FieldValue, FormAttributes};
pub use form_data::{BankAccount, FormDataError, FormTexts, form_with_texts, with_bank_accounts};
pub use limits::Limits;
pub use operation::{
    DecorateRequest, DecorateResponse, FormDataChange, FormDataChangeRequest, OperationChange,
    OperationChangeRequest,
};
pub use schema::text_schemas;
pub use setup::{
    ApplicationContext, AuthMethodInitResponse, AuthMethodRequest, CertificateAuthenticationMode,
    LoginOperationRequest, LoginOperationResponse, OperationMappingResponse,
};
pub use sms::{
    SmsCreateRequest, SmsCreateResponse, SmsDeliveryResult, SmsPasswordVerifyRequest,
    SmsPasswordVerifyResponse, SmsSendRequest, SmsVerifyRequest, SmsVerifyResponse,
};
pub use status::ServiceStatusResponse;
pub use user::{UserDetail, UserInfoRequest, UserLookupRequest};
pub use validation::{Violation, Violations};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serializer};

/// Reads `null` like an absent member.
fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Writes a secret on the wire, the one place where it has to be read.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// What all requests have in common.
pub trait WebFlowRequest {
    /// The operation that the request is about; `None` where it has none.
    fn operation(&self) -> Option<&OperationContext>;
}

macro_rules! requests_with_context {
    ($($request:ty),* $(,)?) => {
        $(impl WebFlowRequest for $request {
            fn operation(&self) -> Option<&OperationContext> {
                self.operation_context.as_ref()
            }
        })*
    };
}

requests_with_context!(
    UserLookupRequest,
    UserAuthenticateRequest,
    DecorateRequest,
    FormDataChangeRequest,
    OperationChangeRequest,
    SmsCreateRequest,
    SmsVerifyRequest,
    SmsPasswordVerifyRequest,
    ConsentRequest,
    ConsentSubmitRequest,
    SmsSendRequest,
    CertificateVerifyRequest,
    AfsRequest,
    AuthMethodRequest,
);

impl WebFlowRequest for LoginOperationRequest {
    fn operation(&self) -> Option<&OperationContext> {
        None
    }
}

impl WebFlowRequest for UserInfoRequest {
    fn operation(&self) -> Option<&OperationContext> {
        None
    }
}
