//! Every call that a back end takes, with something in it that it accepts.

use data_adapter_core::{
    AdapterError, AuthenticationStep, Certificate, CertificateCredentials, CertificateQuery, CodeMessage,
    CodeRequest, CodeVerification, ConsentRequest, ConsentSubmission, Credentials, FormChoice,
    FormDataChange, FraudAction, FraudQuery, ImplicitLogin, Json, OperationChange, OperationContext,
    OperationId, OperationName, OperationOutcome, OperationParty, OptionChoice, PhoneNumber, Possession,
    UsernameQuery,
};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::{RestBackend, RestSettings};
use data_adapter_testkit::{Approval, Directory, payment};

/// The demo of the program, for configurations that add something to it.
pub(crate) const DEMO: &str = "[sandbox]\nenabled = true\n[backends.memory]\ndemo_users = true\n";

/// Settings that give up soon and never ask twice.
pub(crate) fn settings(url: &str) -> RestSettings {
    RestSettings {
        url: url.to_owned(),
        timeout_ms: 5_000,
        retries: 0,
        default_organization: Some(Directory::ORGANIZATION.to_owned()),
        ..RestSettings::default()
    }
}

pub(crate) fn backend(url: &str) -> RestBackend {
    with(settings(url))
}

pub(crate) fn backend_of(dialect: Dialect, url: &str) -> RestBackend {
    with(RestSettings { dialect, ..settings(url) })
}

pub(crate) fn with(settings: RestSettings) -> RestBackend {
    match RestBackend::new(settings) {
        Ok(backend) => backend,
        Err(error) => panic!("the settings are refused: {error}"),
    }
}

pub(crate) const FORM: &str = concat!(
    r#"{"title":{"id":"operation.title","message":null},"greeting":{"id":"operation.greeting","message":null},"#,
    r#""summary":{"id":"operation.summary","message":null},"config":[],"banners":[],"parameters":["#,
    r#"{"type":"AMOUNT","id":"operation.amount","label":null,"valueFormatType":"AMOUNT","amount":158121.10,"#,
    r#""currency":"CZK","currencyId":"operation.currency"},"#,
    r#"{"type":"KEY_VALUE","id":"operation.account","label":null,"valueFormatType":"ACCOUNT","#,
    r#""value":"238400856/0300"}],"userInput":{}}"#
);

/// A payment of [`FORM`].
pub(crate) fn operation(id: &str) -> OperationContext {
    OperationContext {
        id: OperationId::new(id),
        name: OperationName::new("authorize_payment"),
        data: Some("A1*A158121.10CZK*Q238400856/0300".to_owned()),
        external_transaction: None,
        form_data: Some(Json::new(FORM)),
        application: Some(Json::new(r#"{"id":"BANK", "extras":{"n":1.50}}"#)),
    }
}

pub(crate) fn approval(id: &str) -> Approval {
    Approval {
        operation: operation(id),
        binding: payment("158121.10", "CZK", "238400856/0300"),
        ..Approval::payment(id)
    }
}

pub(crate) fn query() -> UsernameQuery {
    UsernameQuery {
        username: "user1234".to_owned(),
        organization: Directory::ORGANIZATION.to_owned().into(),
        operation: operation("op"),
    }
}

pub(crate) fn party(id: &str) -> OperationParty {
    let Approval { user, organization, operation, .. } = approval(id);
    OperationParty { user, organization, operation }
}

pub(crate) fn consent(id: &str) -> ConsentRequest {
    ConsentRequest {
        user: Directory::PAYER.to_owned().into(),
        organization: Some(Directory::ORGANIZATION.to_owned().into()),
        operation: operation(id),
        client: None,
        language: None,
    }
}

pub(crate) fn submission(id: &str, ticks: &[(&str, bool)]) -> ConsentSubmission {
    let choice = |(id, checked): &(&str, bool)| OptionChoice { id: (*id).to_owned(), checked: *checked };
    ConsentSubmission { request: consent(id), choices: ticks.iter().map(choice).collect() }
}

/// A capability's call, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Lookup,
    Info,
    Decorate,
    ConsentInit,
    ConsentValidate,
    Authenticate,
    FormDataChanged,
    OperationChanged,
    SmsCreate,
    SmsVerify,
    SmsPasswordVerify,
    ConsentCreate,
    ConsentSave,
    LoginOperation,
    StepOptions,
    Mapping,
    CertificateOwner,
    CertificateVerify,
    SmsSend,
    FraudAssess,
    Status,
}

/// Those that change nothing; the last four only in dialect 1.
const HARMLESS: [Call; 9] = [
    Call::Lookup,
    Call::Info,
    Call::Decorate,
    Call::ConsentInit,
    Call::ConsentValidate,
    Call::LoginOperation,
    Call::StepOptions,
    Call::Mapping,
    Call::CertificateOwner,
];

/// Those that may have done something when no answer came; the last three only in dialect 1.
const HARMFUL: [Call; 11] = [
    Call::Authenticate,
    Call::FormDataChanged,
    Call::OperationChanged,
    Call::SmsCreate,
    Call::SmsVerify,
    Call::SmsPasswordVerify,
    Call::ConsentCreate,
    Call::ConsentSave,
    Call::CertificateVerify,
    Call::SmsSend,
    Call::FraudAssess,
];

pub(crate) fn harmless(dialect: Dialect) -> &'static [Call] {
    match dialect {
        Dialect::V0_22 => &HARMLESS[..5],
        Dialect::V1 => &HARMLESS,
    }
}

pub(crate) fn harmful(dialect: Dialect) -> &'static [Call] {
    match dialect {
        Dialect::V0_22 => &HARMFUL[..8],
        Dialect::V1 => &HARMFUL,
    }
}

/// All that there are in a dialect.
pub(crate) fn every(dialect: Dialect) -> impl Iterator<Item = Call> {
    harmless(dialect).iter().chain(harmful(dialect)).copied().chain([Call::Status])
}

pub(crate) fn code_request() -> CodeRequest {
    approval("op").request()
}

pub(crate) fn verification(code: &str) -> CodeVerification {
    approval("op").answer(&"00000000-0000-4000-8000-000000000000".to_owned().into(), code)
}

pub(crate) fn credentials(password: &str) -> Credentials {
    approval("op").credentials(password)
}

pub(crate) fn login() -> ImplicitLogin {
    ImplicitLogin { client: "democlient".to_owned(), scopes: vec!["aisp".to_owned()] }
}

pub(crate) fn step() -> AuthenticationStep {
    AuthenticationStep { party: party("op"), method: Some("APPROVAL_SCA".to_owned()) }
}

pub(crate) fn certificate_query(pem: &str) -> CertificateQuery {
    let UsernameQuery { organization, operation, .. } = query();
    CertificateQuery { certificate: Certificate::new(pem), organization, operation }
}

pub(crate) fn certificate(pem: &str, possession: Possession) -> CertificateCredentials {
    let Credentials { user, organization, operation, .. } = credentials("");
    CertificateCredentials {
        user,
        organization,
        certificate: Certificate::new(pem),
        possession,
        account: data_adapter_core::AccountStatus::Active,
        operation,
    }
}

/// A code of the front's, for a number that it says.
pub(crate) fn code_message(code: &str, phone: &str) -> CodeMessage {
    let Approval { organization, operation, binding, language, .. } = approval("op");
    CodeMessage {
        message: "a-message-of-the-front".to_owned().into(),
        code: code.into(),
        user: Some(Directory::PAYER.to_owned().into()),
        organization,
        phone: Some(PhoneNumber::new(phone)),
        operation,
        binding,
        language,
        barred: None,
    }
}

pub(crate) fn fraud_query() -> FraudQuery {
    FraudQuery {
        party: party("op"),
        action: FraudAction::ApprovalAuth,
        payment: None,
        system: Some("THREAT_MARK".to_owned()),
        client_ip: "192.0.2.7".parse().ok(),
        step: 1,
        username: Some("user1234".to_owned()),
        instruments: vec!["CREDENTIAL".to_owned(), "OTP_KEY".to_owned()],
        step_result: Some("CONFIRMED".to_owned()),
        termination: None,
        extras: Some(Json::new(r#"{"tag": 1.50}"#)),
    }
}

impl Call {
    /// Makes the call. What comes back is told in the words of `Debug`.
    pub(crate) async fn make(self, backend: &RestBackend) -> Result<String, AdapterError> {
        let all = backend.capabilities();
        let users = all.users.expect("users");
        let operations = all.operations.expect("operations");
        let consents = all.consent.expect("consent");
        let codes = all.sms_otp.expect("codes");
        match self {
            Self::Lookup => users.by_username(&query()).await.map(told),
            Self::Info => users.by_id(&Directory::PAYER.to_owned().into(), None).await.map(told),
            Self::Decorate => operations.decorate(&party("op")).await.map(told),
            Self::ConsentInit => consents.init(&consent("op")).await.map(told),
            Self::ConsentValidate => consents.validate(&submission("op", &[])).await.map(told),
            Self::Authenticate => authenticate(backend, &credentials("s3cret")).await.map(told),
            Self::FormDataChanged => {
                let choice = FormChoice::BankAccount("CZ40".to_owned());
                let change = FormDataChange { party: party("op"), choice };
                operations.form_data_changed(&change).await.map(told)
            }
            Self::OperationChanged => {
                let change = OperationChange { party: party("op"), outcome: OperationOutcome::Done };
                operations.operation_changed(&change).await.map(told)
            }
            Self::SmsCreate => codes.create(&code_request()).await.map(told),
            Self::SmsVerify => codes.verify(&verification("12345678")).await.map(told),
            Self::SmsPasswordVerify => {
                let credentials = credentials("s3cret");
                codes.verify_with_password(&verification("12345678"), &credentials).await.map(told)
            }
            Self::ConsentCreate => consents.create(&consent("op")).await.map(told),
            Self::ConsentSave => consents.save(&submission("op", &[])).await.map(told),
            Self::LoginOperation => all.setup.expect("setup").login(&login()).await.map(told),
            Self::StepOptions => all.setup.expect("setup").step_options(&step()).await.map(told),
            Self::Mapping => all.setup.expect("setup").mapping(&step()).await.map(told),
            Self::CertificateOwner => {
                all.certificates.expect("certificates").owner(&certificate_query("PEM")).await.map(told)
            }
            Self::CertificateVerify => {
                let signed = certificate("PEM", Possession::Signature("c2ln".to_owned()));
                all.certificates.expect("certificates").verify(&signed).await.map(told)
            }
            Self::SmsSend => codes.send(&code_message("12345678", "+420605123456")).await.map(told),
            Self::FraudAssess => all.anti_fraud.expect("anti-fraud").assess(&fraud_query()).await.map(told),
            Self::Status => all.readiness.expect("readiness").check().await.map(told),
        }
    }
}

pub(crate) async fn authenticate(
    backend: &RestBackend,
    credentials: &Credentials,
) -> Result<data_adapter_core::AuthenticationOutcome, AdapterError> {
    match backend.capabilities().authentication {
        Some(data_adapter_core::PasswordCheck::Complete(authentication)) => {
            authentication.authenticate(credentials).await
        }
        _ => panic!("the system behind checks passwords completely"),
    }
}

fn told<T: std::fmt::Debug>(outcome: T) -> String {
    format!("{outcome:?}")
}
