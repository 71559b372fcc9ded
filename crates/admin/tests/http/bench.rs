//! The service around which the tests stand, and an operator who calls it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use async_trait::async_trait;
use data_adapter_admin::{Admin, AdminParts, AdminSettings, Operator, Operators, PaymentOperation};
use data_adapter_core::{
    AdapterError, AttributeId, CallContext, OperationName, PartHealth, SystemHealth, SystemRandom,
};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    AttemptPolicy, AuditTrail, GatewayError, GuessPolicy, OtpEngine, OtpParts, OtpPolicy, PhoneNumbers,
    PushGateway, PushMessage, RequestEngine, RequestParts, SendLimits, ServerKey, ServerKeys, SmsOptions,
    StoreAdministration, Texts, TrailPage, TrailSearch,
};
use data_adapter_server::{
    Apis, BodyLimits, Callers, CertificateFault, Denial, DenialWatcher, Parts, ReadyChecks, router,
};
use data_adapter_testkit::{Directory, ManualClock, RecordingGateway};
use jiff::SignedDuration;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) const TOKEN: &str = "ann's-token";

pub(crate) const MOST_BYTES: usize = 4096;

/// Keeps pushes.
#[derive(Default)]
pub(crate) struct Pushes(pub(crate) Mutex<Vec<PushMessage>>);

#[async_trait]
impl PushGateway for Pushes {
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError> {
        self.0.lock().expect("nobody panicked").push(push.clone());
        Ok(())
    }
}

/// Who was turned away, and why.
#[derive(Default)]
pub(crate) struct Denials(Mutex<Vec<(Denial, Option<String>, String)>>);

impl Denials {
    /// Each since the last time: why, whom, and from where.
    pub(crate) fn take(&self) -> Vec<(Denial, Option<String>, String)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DenialWatcher for Denials {
    fn denied(&self, denial: Denial, _: Option<IpAddr>, path: Option<&str>) {
        let caller = CallContext::current().and_then(|call| call.caller().map(str::to_owned));
        let told = (denial, caller, path.unwrap_or_default().to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }

    fn refused(&self, _: CertificateFault, _: Option<IpAddr>) {}
}

/// An audit log that has one page, and what it was asked.
#[derive(Default)]
pub(crate) struct Trail {
    pub(crate) page: Mutex<Option<TrailPage>>,
    pub(crate) asked: Mutex<Vec<TrailSearch>>,
}

#[async_trait]
impl AuditTrail for Trail {
    async fn lines(&self, search: &TrailSearch) -> Result<Option<TrailPage>, AdapterError> {
        self.asked.lock().expect("nobody panicked").push(search.clone());
        Ok(self.page.lock().expect("nobody panicked").clone())
    }
}

/// Parts that are as the test says.
#[derive(Default)]
pub(crate) struct System(pub(crate) Mutex<Vec<PartHealth>>);

#[async_trait]
impl SystemHealth for System {
    async fn health(&self) -> Result<Vec<PartHealth>, AdapterError> {
        Ok(self.0.lock().expect("nobody panicked").clone())
    }
}

/// More than any test sends, but in a day to one user.
fn limits() -> SendLimits {
    let limits = |text: &str| text.parse().expect("limits");
    SendLimits {
        user: limits("100;w=60, 5;w=86400"),
        country: limits("100;w=60"),
        organization: limits("200;w=60"),
        all: limits("1000;w=60, 5000;w=86400"),
        ..SendLimits::default()
    }
}

/// The service.
pub(crate) struct Bench {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) gateway: Arc<RecordingGateway>,
    pub(crate) pushes: Arc<Pushes>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) denials: Arc<Denials>,
    pub(crate) trail: Arc<Trail>,
    pub(crate) system: Arc<System>,
    pub(crate) parts: AdminParts,
    pub(crate) settings: AdminSettings,
}

pub(crate) fn failures() -> AttemptPolicy {
    AttemptPolicy {
        limit: 5,
        block_for: SignedDuration::from_mins(10),
        forget_after: SignedDuration::from_hours(24),
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let (clock, gateway, directory): (Arc<ManualClock>, Arc<RecordingGateway>, Arc<Directory>) =
            Default::default();
        let (store, pushes): (Arc<MemoryStore>, Arc<Pushes>) = Default::default();
        let sms_texts = [("approval", "sms-approval"), ("authorize_payment", "sms-payment")];
        let otp = Arc::new(OtpEngine::new(OtpParts {
            store: Arc::clone(&store) as _,
            gateway: Arc::clone(&gateway) as _,
            users: Arc::clone(&directory) as _,
            authentication: Arc::clone(&directory) as _,
            texts: Arc::new(Texts::built_in().expect("the texts are built in")),
            sms_texts: sms_texts.map(|(name, text)| (OperationName::new(name), text.to_owned())).into(),
            sms_options: SmsOptions::default(),
            numbers: PhoneNumbers::default(),
            keys: keys(),
            policy: OtpPolicy {
                digits: 8,
                validity: SignedDuration::from_mins(5),
                guesses: GuessPolicy { tries_per_step: 5, failures: failures() },
            },
            require_enrolled: false,
            limits: limits(),
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SystemRandom),
        }));
        let requests = RequestEngine::new(RequestParts { otp, push: Arc::clone(&pushes) as _, resends: 5 });
        let administration = StoreAdministration::new(Arc::clone(&store) as _, Arc::clone(&clock) as _);
        let administration = administration.with_limits(limits());
        let (trail, system): (Arc<Trail>, Arc<System>) = Default::default();
        let parts = AdminParts {
            users: Arc::clone(&directory) as _,
            approvers: Arc::clone(&directory) as _,
            owners: Arc::clone(&directory) as _,
            directory: Arc::clone(&directory) as _,
            administration: Arc::new(administration),
            requests: Some(Arc::new(requests)),
            devices: Arc::clone(&store) as _,
            trail: Some(Arc::clone(&trail) as _),
            health: Arc::clone(&system) as _,
            sessions: Arc::clone(&store) as _,
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SystemRandom),
        };
        Self {
            clock,
            gateway,
            pushes,
            directory,
            store,
            denials: Arc::default(),
            trail,
            system,
            parts,
            settings: settings(),
        }
    }

    /// The service, to be asked.
    pub(crate) async fn serve(
        &self,
    ) -> Served<
        impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error>,
    > {
        let admin = Admin::new(self.parts.clone(), self.settings.clone());
        let callers = Callers::new(Vec::new(), Vec::new(), false).watched_by(Arc::clone(&self.denials) as _);
        let parts = Parts {
            apis: Apis::new(vec![Arc::new(admin)]).expect("it stands alone"),
            bodies: BodyLimits { max: MOST_BYTES, timeout: Duration::from_secs(10) },
            sandbox: None,
            swagger_ui: None,
            start_page: None,
            callers: Arc::new(callers),
            ready: Arc::new(ReadyChecks::new(Vec::new(), Duration::from_secs(1))),
            metrics: None,
            tracer: None,
            random: Arc::new(SystemRandom),
        };
        Served(init_service(router(parts)).await)
    }
}

/// How far ahead the clock may be by which tokens are issued.
pub(crate) const TOKENS_AHEAD: SignedDuration = SignedDuration::from_secs(7);

fn settings() -> AdminSettings {
    let operator = |name: &str, token: &str| Operator {
        name: name.to_owned(),
        token_sha256: Sha256::digest(token).into(),
    };
    AdminSettings {
        page: true,
        operators: Operators::new(vec![operator("bob", "bob's-token"), operator("ann", TOKEN)]),
        payment: PaymentOperation {
            name: OperationName::new("authorize_payment"),
            account: AttributeId::payees_account(),
            currencies: ["points".to_owned()].into(),
        },
        request: OperationName::new("approval"),
        partners: ["partner".to_owned()].into(),
        tokens_ahead: TOKENS_AHEAD,
        demo_token: None,
    }
}

fn keys() -> ServerKeys {
    let key = ServerKey::new("current".to_owned(), vec![9; 32]).expect("it is long enough");
    ServerKeys::new(key, Vec::new()).expect("one key")
}

/// The service as a caller sees it.
pub(crate) struct Served<S>(S);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answered {
    /// The members that an answer with this status, which is problem details, calls invalid.
    pub(crate) fn invalid(&self) -> Vec<&str> {
        self.problem(400);
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| error["member"].as_str().expect("a name")).collect()
    }

    /// A header, which is there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).expect("it is there")
    }

    /// What problem details of this status say.
    pub(crate) fn problem(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!((&self.body["type"], &self.body["status"]), (&"about:blank".into(), &status.into()));
        assert!(self.body["title"].is_string(), "{self:?}");
        self.body["detail"].as_str().expect("a sentence")
    }

    /// The body of an answer with this status.
    pub(crate) fn with(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{self:?}");
        &self.body
    }
}

impl<S, B> Served<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: TestRequest) -> Answered {
        let response = call_service(&self.0, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response).await;
        let text = String::from_utf8(body.to_vec()).expect("UTF-8");
        Answered { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.send(request(Method::DELETE, path)).await
    }

    /// Asks without a body.
    pub(crate) async fn ask(&self, path: &str) -> Answered {
        self.send(request(Method::POST, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answered {
        self.post_text(path, &body.to_string()).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Answered {
        let request = request(Method::POST, path).insert_header(("content-type", "application/json"));
        self.send(request.set_payload(body.to_owned())).await
    }
}

/// A request of an operator.
pub(crate) fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method).insert_header((AUTHORIZATION, format!("Bearer {TOKEN}")))
}
