//! The domain of Data Adapter, in the field's words, and one trait for each thing that a back end may do.
//!
//! This crate knows no HTTP, no SQL and no LDAP, and imports nothing else of the project. The server talks to
//! whatever implements its traits:
//!
//! | trait | question it answers |
//! |---|---|
//! | [`UserLookup`] | who is this user? |
//! | [`Authentication`] | is this the user's password? |
//! | [`Operations`] | what has the payer to choose from, and what became of the operation? |
//! | [`SmsOtp`] | the life of a one-time code |
//! | [`Consent`] | which consent has to be asked, and what did the user answer? |
//! | [`CertificateAuthentication`] | is this the user's certificate, and did its key approve the operation? |
//! | [`AntiFraud`] | how risky is this step? |
//! | [`OperationSetup`] | how is an operation started, and how does the mobile token show it? |
//! | [`Readiness`] | can the system behind be reached? |
//!
//! [`CallContext`] tells a back end for which call it works, so that the system behind can name it too; [`Subject`] tells
//! about whom, as a hash, so that one user's share can be told from everybody's.
//!
//! # How to add a back end
//!
//! `docs/write-your-own-back-end.md` does it step by step; `adapters/example-bank` is the result.
//!
//! 1. Make a crate that depends on this one, with a struct that holds your connection.
//! 2. Implement the traits that your system can answer. The engine in `data-adapter-sca` implements [`SmsOtp`] and
//!    [`Consent`] over a store, so that most back ends need only [`UserLookup`], [`Authentication`] and
//!    [`Operations`].
//! 3. Answer "no such user" with `Ok(None)`, "wrong password" with [`AuthenticationOutcome::Failed`] and "this account may
//!    not be used" with [`AuthenticationOutcome::Restricted`]. An `Err` means that your system could not answer;
//!    [`AdapterError`] says which variant to choose.
//! 4. Run the contract suites of `data-adapter-testkit` against it.
//! 5. Put what it can do into [`Capabilities`]. The program picks a [`Backend`] from those of all back ends in use.

mod amount;
mod anti_fraud;
mod authentication;
mod backend;
mod binding;
mod byte_order_mark;
mod call;
mod certificate;
mod clock;
mod consent;
mod error;
mod health;
mod id;
mod operation;
mod prepared;
mod printable;
mod random;
mod readiness;
mod setup;
mod sms_otp;
mod subject;
mod traceparent;
mod user;

pub use amount::{Amount, AmountError};
pub use anti_fraud::{AntiFraud, FraudAction, FraudDecision, FraudQuery, RequiredFactors};
pub use authentication::{Authentication, AuthenticationOutcome, Credentials, Password, Restriction};
pub use backend::{Backend, Capabilities, PasswordCheck};
pub use binding::{Attribute, AttributeId, AttributeIdError, AttributeValue, Binding, BindingKind, Payment};
pub use byte_order_mark::{without_byte_order_mark, without_byte_order_mark_bytes};
pub use call::CallContext;
pub use certificate::{
    Certificate, CertificateAuthentication, CertificateCredentials, CertificateQuery, Possession, signed_text,
};
pub use clock::{Clock, SystemClock};
pub use consent::{
    Consent, ConsentClient, ConsentForm, ConsentNeed, ConsentOption, ConsentRequest, ConsentSubmission,
    ConsentValidation, OptionChoice, OptionProblem, RememberedConsent,
};
pub use error::AdapterError;
pub use health::{PartHealth, SystemHealth, Trouble};
pub use id::{Language, MessageId, OperationId, OperationName, OrganizationId, UserId};
pub use operation::{
    BankAccount, Decoration, FormChoice, FormDataChange, Json, OperationChange, OperationContext,
    OperationOutcome, OperationParty, Operations,
};
pub use prepared::{Unpreparable, prepared_password, prepared_username};
pub use printable::{is_hidden, is_printable};
pub use random::{Random, SystemRandom};
pub use readiness::{Readiness, Step};
pub use setup::{
    Application, AuthenticationStep, CertificateMode, FormContent, FormTexts, ImplicitLogin, LoginOperation,
    OperationMapping, OperationSetup, StepOptions,
};
pub use sms_otp::{
    CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, IssuedCode, SendLimit,
    SmsOtp, VerificationOutcome, typed_code,
};
pub use subject::Subject;
pub use traceparent::{TraceParent, TraceParentError};
pub use user::{AccountStatus, Extras, PhoneNumber, User, UserLookup, UsernameQuery};

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything of the domain that holds a secret, printed by `Debug`.
    #[test]
    fn debug_prints_show_no_secret() {
        const MARK: &str = "MARKED";
        let operation = OperationContext {
            id: OperationId::new("op"),
            name: OperationName::new("login"),
            data: None,
            external_transaction: None,
            form_data: Some(Json::new(format!("{{\"note\":\"{MARK}\"}}"))),
            application: Some(Json::new(format!("{{\"name\":\"{MARK}\"}}"))),
        };
        let credentials = |password| Credentials {
            user: UserId::new("1"),
            is_nobody: false,
            organization: None,
            password,
            operation: operation.clone(),
        };
        let ciphertext = Password::Encrypted { transformation: "AES".into(), ciphertext: MARK.into() };
        let verification = CodeVerification {
            message: MessageId::new("m"),
            code: MARK.into(),
            user: None,
            organization: None,
            account: AccountStatus::Active,
            operation: operation.clone(),
            binding: Binding::to_operation(),
        };
        let user = User {
            id: UserId::new("1"),
            organization: OrganizationId::new("RETAIL"),
            given_name: None,
            family_name: None,
            phone: Some(PhoneNumber::new(MARK)),
            language: None,
            status: AccountStatus::Active,
            extras: [("tariff".to_owned(), MARK.to_owned())].into_iter().collect(),
        };
        let message = CodeMessage {
            message: MessageId::new("m"),
            code: MARK.into(),
            user: Some(UserId::new("1")),
            organization: None,
            phone: Some(PhoneNumber::new(MARK)),
            operation: operation.clone(),
            binding: Binding::to_operation(),
            language: None,
            barred: None,
        };
        let certificate = CertificateCredentials {
            user: UserId::new("1"),
            organization: None,
            certificate: Certificate::new(MARK),
            possession: Possession::Signature(MARK.to_owned()),
            account: AccountStatus::Active,
            operation: operation.clone(),
        };
        let printed = [
            format!("{:?}", credentials(Password::Clear(MARK.into()))),
            format!("{:?}", credentials(ciphertext)),
            format!("{verification:?}"),
            format!("{message:?}"),
            format!("{certificate:?}"),
            format!("{:?}", AuthenticationOutcome::succeeded(user)),
        ];
        for text in printed {
            assert!(!text.contains(MARK), "{text}");
        }
    }
}
