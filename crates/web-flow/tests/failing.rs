//! The router over a back end that fails, which no real one does on demand.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, AntiFraud, Authentication, AuthenticationOutcome, AuthenticationStep, Backend, BindingKind,
    CertificateAuthentication, CertificateCredentials, CertificateMode, CertificateQuery,
    CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentForm,
    ConsentNeed, ConsentRequest, ConsentSubmission, ConsentValidation, Credentials, Decoration,
    FormDataChange, FraudDecision, FraudQuery, ImplicitLogin, IssuedCode, Json, LoginOperation,
    OperationChange, OperationId, OperationMapping, OperationName, OperationParty, OperationSetup,
    Operations, OrganizationId, SmsOtp, StepOptions, SystemClock, SystemRandom, User, UserId, UserLookup,
    UsernameQuery, VerificationOutcome,
};
use data_adapter_protocol::web_flow::Limits;
use data_adapter_server::{Apis, BodyLimits, BuildInfo, Callers, Parts, ReadyChecks, router};
use data_adapter_web_flow::{OperationRules, WebFlow, WebFlowParts, WebFlowSettings};
use serde_json::{Value, json};

/// Answers everything with the same error, where there is one.
#[derive(Clone, Copy)]
struct Failing(Option<fn(String) -> AdapterError>);

const DETAIL: &str = "connection to 10.0.0.1 refused";

impl Failing {
    fn answer<T>(self, otherwise: T) -> Result<T, AdapterError> {
        self.0.map_or(Ok(otherwise), |error| Err(error(DETAIL.to_owned())))
    }
}

#[async_trait]
impl UserLookup for Failing {
    async fn by_username(&self, _: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.answer(None)
    }

    async fn by_id(&self, _: &UserId, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        self.answer(None)
    }

    async fn by_consumer_id(&self, _: i32, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        self.answer(None)
    }
}

#[async_trait]
impl Authentication for Failing {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        self.answer(AuthenticationOutcome::Failed { remaining_attempts: Some(2) })
    }
}

#[async_trait]
impl SmsOtp for Failing {
    async fn create(&self, _: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        self.answer(None)
    }

    async fn verify(&self, _: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        self.answer(VerificationOutcome::UnknownMessage)
    }

    async fn verify_with_password(
        &self,
        _: &CodeVerification,
        _: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        self.answer(CodeAndPasswordOutcome::Failed)
    }

    async fn send(&self, _: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        self.answer(None)
    }

    async fn end_operation(&self, _: &OperationId) -> Result<(), AdapterError> {
        self.answer(())
    }
}

#[async_trait]
impl Consent for Failing {
    async fn init(&self, _: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        self.answer(ConsentNeed::NotNeeded)
    }

    async fn create(&self, _: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        self.answer(ConsentForm { html: String::new(), options: Vec::new() })
    }

    async fn validate(&self, _: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        self.answer(ConsentValidation::Passed)
    }

    async fn save(&self, _: &ConsentSubmission) -> Result<bool, AdapterError> {
        self.answer(false)
    }
}

#[async_trait]
impl Operations for Failing {
    async fn decorate(&self, _: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.answer(Some(Decoration::FormData(Json::new(r#"{"amount":1.0E7}"#))))
    }

    async fn form_data_changed(&self, _: &FormDataChange) -> Result<(), AdapterError> {
        self.answer(())
    }

    async fn operation_changed(&self, _: &OperationChange) -> Result<(), AdapterError> {
        self.answer(())
    }
}

#[async_trait]
impl OperationSetup for Failing {
    async fn login(&self, _: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        self.answer(None)
    }

    async fn step_options(&self, _: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        self.answer(StepOptions {
            certificate: CertificateMode::Disabled,
            certificate_url: None,
            signed_text: None,
        })
    }

    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        self.answer(OperationMapping {
            template: "template".to_owned(),
            name: step.party.operation.name.clone(),
            data: None,
            form: None,
        })
    }
}

#[async_trait]
impl CertificateAuthentication for Failing {
    async fn owner(&self, _: &CertificateQuery) -> Result<Option<User>, AdapterError> {
        self.answer(None)
    }

    async fn verify(&self, _: &CertificateCredentials) -> Result<bool, AdapterError> {
        self.answer(false)
    }
}

#[async_trait]
impl AntiFraud for Failing {
    async fn assess(&self, _: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        self.answer(FraudDecision::strictest("label"))
    }
}

fn parts(failing: Failing) -> Parts {
    let failing = Arc::new(failing);
    let backend = Backend {
        users: Arc::clone(&failing) as _,
        authentication: Arc::clone(&failing) as _,
        sms_otp: Arc::clone(&failing) as _,
        consent: Arc::clone(&failing) as _,
        operations: Arc::clone(&failing) as _,
        setup: Arc::clone(&failing) as _,
        certificates: Arc::clone(&failing) as _,
        anti_fraud: failing,
    };
    let login = OperationRules {
        binding: BindingKind::Operation,
        payee: Vec::new(),
        bind: Vec::new(),
        currencies: BTreeSet::new(),
    };
    let web_flow = WebFlowSettings {
        context_path: String::new(),
        other_context_path: "/later".to_owned(),
        environment: "TEST".to_owned(),
        limits: Limits::default(),
        operations: [(OperationName::new("login"), login)].into(),
        clear_passwords: true,
        demo: None,
        code_digits: None,
        consents: HashSet::new(),
    };
    let behind = WebFlowParts {
        backend,
        build: BuildInfo { version: "0.0.0", built_at: jiff::Timestamp::UNIX_EPOCH },
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    Parts {
        apis: Apis::new(WebFlow::everywhere(&behind, &web_flow)).expect("paths of their own"),
        bodies: BodyLimits { max: 65536, timeout: Duration::from_secs(10) },
        sandbox: None,
        swagger_ui: None,
        start_page: None,
        callers: Arc::new(Callers::new(Vec::new(), Vec::new(), false)),
        ready: Arc::new(ReadyChecks::new(Vec::new(), Duration::from_secs(1))),
        metrics: None,
        tracer: None,
        random: Arc::new(SystemRandom),
    }
}

/// A request that every path accepts.
fn request() -> Value {
    json!({"requestObject": {
        "username": "user1234", "userId": "12345678", "organizationId": "RETAIL", "password": "s3cret",
        "messageId": "617178ab", "authorizationCode": "77038183", "operationChange": "DONE", "options": [],
        "clientId": "client", "scopes": [], "afsRequestParameters": {"afsAction": "LOGIN_INIT"},
        "certificate": "PEM", "signedMessage": "c2lnbmF0dXJl",
        "formDataChange": {"type": "AUTH_METHOD_CHOICE", "chosenAuthMethod": "POWERAUTH_TOKEN"},
        "operationContext": {"id": "op", "name": "login", "formData": {"parameters": []}},
    }})
}

const PATHS: [&str; 13] = [
    "/api/auth/user/lookup",
    "/api/auth/user/authenticate",
    "/api/auth/user/info",
    "/api/operation/formdata/decorate",
    "/api/operation/formdata/change",
    "/api/operation/change",
    "/api/auth/sms/create",
    "/api/auth/sms/verify",
    "/api/auth/sms/password/verify",
    "/api/auth/consent/init",
    "/api/auth/consent/create",
    "/api/auth/consent/validate",
    "/api/auth/consent/save",
];

/// What only later versions ask, under their context path.
const LATER_PATHS: [&str; 6] = [
    "/api/auth/method/init",
    "/api/auth/certificate/verify",
    "/api/auth/sms/send",
    "/api/operation/create",
    "/api/operation/mapping",
    "/api/afs/action/execute",
];

async fn post(failing: Failing, path: &str) -> (StatusCode, String) {
    let app = init_service(router(parts(failing))).await;
    let response = call_service(&app, TestRequest::post().uri(path).set_json(request()).to_request()).await;
    let status = response.status();
    (status, String::from_utf8(read_body(response).await.to_vec()).expect("UTF-8"))
}

#[actix_web::test]
async fn every_error_of_a_back_end_has_the_status_and_code_of_the_document_on_every_path() {
    type Kind = (fn(String) -> AdapterError, u16, &'static str);
    let kinds: [Kind; 9] = [
        (AdapterError::Unreachable, 400, "REMOTE_ERROR"),
        (AdapterError::Unanswerable, 400, "REMOTE_ERROR"),
        (AdapterError::Remote, 400, "REMOTE_ERROR"),
        (AdapterError::InvalidOperationContext, 400, "OPERATION_CONTEXT_INVALID"),
        (AdapterError::InvalidConsentData, 400, "CONSENT_DATA_INVALID"),
        (AdapterError::InvalidInput, 400, "INPUT_INVALID"),
        (AdapterError::AuthenticationFailed, 401, "AUTHENTICATION_FAILED"),
        (AdapterError::SmsAuthorizationFailed, 401, "SMS_AUTHORIZATION_FAILED"),
        (AdapterError::Internal, 500, "ERROR_GENERIC"),
    ];
    for (error, status, code) in kinds {
        for path in PATHS {
            let (actual, text) = post(Failing(Some(error)), path).await;
            assert_eq!(actual.as_u16(), status, "{path} {text}");
            let body: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(body["status"], "ERROR", "{path}");
            assert_eq!(body["responseObject"]["code"], code, "{path}");
            assert!(body["responseObject"]["message"].is_string(), "{path}");
            assert_eq!(body["responseObject"]["validationErrors"], Value::Null, "{path}");
            assert_eq!(body["responseObject"]["remainingAttempts"], Value::Null, "{path}");
            assert!(
                !text.contains("10.0.0.1"),
                "{path} tells the client what only the log should read: {text}"
            );
        }
    }
}

/// Their clients read no error body: to them any 5xx is a system that does not answer.
#[actix_web::test]
async fn to_later_versions_a_back_end_that_does_not_answer_is_503_and_what_is_the_callers_fault_is_4xx() {
    type Kind = (fn(String) -> AdapterError, u16, &'static str);
    let kinds: [Kind; 6] = [
        (AdapterError::Unreachable, 503, "REMOTE_ERROR"),
        (AdapterError::Unanswerable, 503, "REMOTE_ERROR"),
        (AdapterError::Remote, 503, "REMOTE_ERROR"),
        (AdapterError::InvalidInput, 400, "INPUT_INVALID"),
        (AdapterError::AuthenticationFailed, 401, "AUTHENTICATION_FAILED"),
        (AdapterError::Internal, 500, "ERROR_GENERIC"),
    ];
    for (error, status, code) in kinds {
        for path in PATHS.into_iter().chain(LATER_PATHS) {
            let (actual, text) = post(Failing(Some(error)), &format!("/later{path}")).await;
            assert_eq!(actual.as_u16(), status, "{path} {text}");
            let body: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(body["responseObject"]["code"], code, "{path}");
            assert!(!text.contains("10.0.0.1"), "{path}: {text}");
        }
    }
}

#[actix_web::test]
async fn what_only_later_versions_ask_is_not_there_for_earlier_ones() {
    for path in LATER_PATHS {
        let (status, text) = post(Failing(None), path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path} {text}");
    }
}

#[actix_web::test]
async fn a_consent_that_cannot_be_kept_now_is_said_so_without_an_error() {
    let (status, text) = post(Failing(None), "/api/auth/consent/save").await;
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::OK, r#"{"status":"OK","responseObject":{"saveSucceeded":false}}"#)
    );
}

#[actix_web::test]
async fn an_operation_that_needs_no_consent_has_no_form_to_display() {
    let (_, text) = post(Failing(None), "/api/auth/consent/init").await;
    let expected = r#"{"shouldDisplayConsentForm":false,"consentHtml":"","options":[]}"#;
    assert_eq!(text, format!(r#"{{"status":"OK","responseObject":{expected}}}"#));
}

#[actix_web::test]
async fn remaining_attempts_of_a_back_end_are_shown() {
    let (_, text) = post(Failing(None), "/api/auth/user/authenticate").await;
    assert!(text.contains(r#""remainingAttempts":2,"showRemainingAttempts":true"#), "{text}");
}

#[actix_web::test]
async fn a_form_that_a_back_end_decorated_itself_passes_through_as_it_is() {
    let (_, text) = post(Failing(None), "/api/operation/formdata/decorate").await;
    assert_eq!(text, r#"{"status":"OK","responseObject":{"formData":{"amount":1.0E7}}}"#);
}
