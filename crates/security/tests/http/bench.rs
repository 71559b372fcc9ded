//! The service around which the tests stand, and a partner who calls it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::init_service;
use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, Binding, MessageId, OperationId, OperationName, OrganizationId, SmsOtp as _, SystemRandom,
    User, UserLookup as _,
};
use data_adapter_hashing::{PasswordHashing, Verifier};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    ApprovalMethod, AttemptPolicy, CodeCarrier, DeviceStore as _, Factor, GatewayError, GuessPolicy, Issue,
    LockingAuthentication, NewDevice, NewScaRequest, OtpEngine, OtpParts, OtpPolicy, PhoneNumbers,
    PushGateway, PushMessage, RequestEngine, RequestParts, ScaRequests as _, SendLimits, ServerKey,
    ServerKeys, SmsOptions, Texts,
};
use data_adapter_security::{
    Partner, PartnerDoor, PartnerPasswords, Partners, Security, SecurityParts, SecuritySettings, TokenKey,
    Tokens,
};
use data_adapter_server::{Apis, BodyLimits, Callers, Parts, ReadyChecks, router};
use data_adapter_testkit::{Approval, Directory, ManualClock, RecordingGateway};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;

use crate::caller::Served;

/// Brings no codes itself, and sees everybody in the directory.
pub(crate) const PARTNER: Login = Login { username: "demopartner", password: "Partner#2026", scheme: None };
/// Brings codes itself, sees the same people, and logs in for a scheme.
pub(crate) const BRINGING: Login =
    Login { username: "bringing.partner", password: "Partner#2027", scheme: Some("SCH001") };
/// Sees nobody in the directory.
pub(crate) const STRANGER: Login = Login { username: "otherpartner", password: "Partner#2028", scheme: None };

pub(crate) const MOST_BYTES: usize = 4096;
pub(crate) const SESSION_IDLE: i64 = 300;
pub(crate) const RESENDS: u32 = 5;

/// The consumer id of a user of the directory.
pub(crate) fn consumer(user: &str) -> i32 {
    user.parse().expect("a number")
}

#[derive(Clone, Copy)]
pub(crate) struct Login {
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
    pub(crate) scheme: Option<&'static str>,
}

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

/// The service.
pub(crate) struct Bench {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) gateway: Arc<RecordingGateway>,
    pub(crate) pushes: Arc<Pushes>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) engine: Arc<OtpEngine>,
    pub(crate) requests: Arc<RequestEngine>,
    pub(crate) settings: SecuritySettings,
    parts: SecurityParts,
}

fn partner(login: Login, organization: &str, carrier: CodeCarrier) -> Partner {
    static HASHES: OnceLock<Mutex<HashMap<&str, String>>> = OnceLock::new();
    let mut hashes = HASHES.get_or_init(Mutex::default).lock().expect("nobody panicked");
    let hash = hashes.entry(login.password).or_insert_with(|| {
        PasswordHashing.hash(&login.password.into(), &SystemRandom).expect("it can be hashed")
    });
    Partner {
        username: login.username.to_owned(),
        password_hash: hash.as_str().into(),
        scheme: login.scheme.map(str::to_owned),
        organizations: vec![OrganizationId::new(organization)],
        carrier,
    }
}

fn failures() -> AttemptPolicy {
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
        let texts = Arc::new(Texts::built_in().expect("the texts are built in"));
        let sms_texts = [("login", "sms-login"), ("authorize_payment", "sms-payment")];
        let engine = Arc::new(OtpEngine::new(OtpParts {
            store: Arc::clone(&store) as _,
            gateway: Arc::clone(&gateway) as _,
            users: Arc::clone(&directory) as _,
            authentication: Arc::clone(&directory) as _,
            texts: Arc::clone(&texts),
            sms_texts: sms_texts.map(|(name, text)| (OperationName::new(name), text.to_owned())).into(),
            sms_options: SmsOptions::default(),
            numbers: PhoneNumbers::default(),
            keys: keys(),
            require_enrolled: false,
            limits: SendLimits::default(),
            policy: OtpPolicy {
                digits: 8,
                validity: SignedDuration::from_mins(5),
                guesses: GuessPolicy { tries_per_step: 5, failures: failures() },
            },
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SystemRandom),
        }));
        let requests = Arc::new(RequestEngine::new(RequestParts {
            otp: Arc::clone(&engine),
            push: Arc::clone(&pushes) as _,
            resends: RESENDS,
        }));
        let partners = Partners::new(vec![
            partner(PARTNER, Directory::ORGANIZATION, CodeCarrier::Sms),
            partner(BRINGING, Directory::ORGANIZATION, CodeCarrier::Caller),
            partner(STRANGER, "SME", CodeCarrier::Sms),
        ]);
        let partners = Arc::new(partners.expect("their hashes can be used"));
        let verifier = Arc::new(Verifier::default());
        let passwords = PartnerPasswords::new(Arc::clone(&partners), Arc::clone(&verifier));
        verifier.start().expect("there is room");
        let passwords = LockingAuthentication::new(
            Arc::new(passwords),
            Arc::clone(&store) as _,
            failures(),
            Verifier::LONGEST_CHECK,
            Arc::clone(&clock) as _,
            Arc::new(SystemRandom),
        );
        let tokens = Arc::new(Tokens::new(
            TokenKey::new(vec![7; 32]).expect("it is long enough"),
            Arc::clone(&partners),
            Arc::clone(&store) as _,
            Arc::clone(&clock) as _,
            Arc::new(SystemRandom),
        ));
        let door =
            PartnerDoor::new(partners, Arc::new(passwords.counting(Factor::Partner)), Arc::clone(&tokens));
        let parts = SecurityParts {
            users: Arc::clone(&directory) as _,
            partners: Arc::new(door),
            tokens,
            sessions: Arc::clone(&store) as _,
            requests: Arc::clone(&requests) as _,
            devices: Arc::clone(&store) as _,
            texts,
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SystemRandom),
        };
        let settings = SecuritySettings {
            context_path: "/context".to_owned(),
            time_zone: TimeZone::UTC,
            require_session: false,
            session_idle: SignedDuration::from_secs(SESSION_IDLE),
            login_operation: OperationName::new("login"),
            is_demo: false,
        };
        Self { clock, gateway, pushes, directory, store, engine, requests, settings, parts }
    }

    /// The same, where consumers need sessions.
    pub(crate) fn requiring_sessions() -> Self {
        let bench = Self::new();
        Self { settings: SecuritySettings { require_session: true, ..bench.settings.clone() }, ..bench }
    }

    /// The service, to be asked.
    pub(crate) async fn serve(
        &self,
    ) -> Served<
        impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error>,
    > {
        let apis = Apis::new(Security::everywhere(&self.parts, &self.settings)).expect("they fit together");
        let parts = Parts {
            apis,
            bodies: BodyLimits { max: MOST_BYTES, timeout: Duration::from_secs(10) },
            sandbox: None,
            swagger_ui: None,
            start_page: None,
            callers: Arc::new(Callers::new(Vec::new(), Vec::new(), false)),
            ready: Arc::new(ReadyChecks::new(Vec::new(), Duration::from_secs(1))),
            metrics: None,
            tracer: None,
            random: Arc::new(SystemRandom),
        };
        Served(init_service(router(parts)).await)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Makes a request that a user has to approve, as another API makes it, and says its SCA reference number.
    pub(crate) async fn ask(&self, user: &str, method: ApprovalMethod, binding: Binding) -> String {
        self.ask_user(self.user(user).await, method, binding).await
    }

    /// The same of a consumer whose account is blocked right after it.
    pub(crate) async fn ask_before_the_block(&self, method: ApprovalMethod) -> String {
        let user = User { status: AccountStatus::Active, ..self.user(Directory::BLOCKED).await };
        self.ask_user(user, method, data_adapter_testkit::payment("1", "CZK", "1/0300")).await
    }

    /// The code of a login, made as Web Flow has it made.
    pub(crate) async fn ask_by_web_flow(&self, user: &str) -> String {
        let login = Approval::login(&new_id()).by(user);
        let issued = self.engine.create(&login.request()).await.expect("it can be made");
        issued.expect("the user is there").message.as_str().to_uppercase()
    }

    async fn user(&self, user: &str) -> User {
        let user = self.directory.by_id(&user.to_owned().into(), None).await;
        user.expect("it answers").expect("the user is there")
    }

    async fn ask_user(&self, user: User, method: ApprovalMethod, binding: Binding) -> String {
        let payment = binding.payment.is_some();
        let new = NewScaRequest {
            user,
            method,
            carrier: CodeCarrier::Sms,
            operation: OperationId::new(new_id()),
            name: OperationName::new(if payment { "authorize_payment" } else { "approval" }),
            binding,
            title: None,
            description: None,
            language: None,
            asker: None,
        };
        let issue = self.requests.create(&new).await.expect("it can be made");
        let Issue::Issued(issued) = issue else { unreachable!("{issue:?}") };
        issued.request.message.as_str().to_uppercase()
    }

    /// Registers a device of a user, and says its number.
    pub(crate) async fn register_device(&self, user: &str) -> i64 {
        let device = NewDevice {
            user: user.to_owned().into(),
            name: "My phone".to_owned(),
            kind: "iPhone 15".to_owned(),
            os_version: "18.1".to_owned(),
            registered_at: data_adapter_testkit::at(0),
        };
        self.store.register_device(device).await.expect("it is kept").id
    }

    /// The code of an SCA request, as it was sent.
    pub(crate) fn code_of(&self, sca: &str) -> String {
        let messages = self.gateway.messages();
        let message = MessageId::new(sca.to_lowercase());
        let last = messages.iter().rfind(|sent| sent.message == message).expect("it was sent");
        let text = last.text.expose_secret();
        let mut numbers = text.rsplit(|letter: char| !letter.is_ascii_digit());
        numbers.find(|number| number.len() == 8).expect("a code").to_owned()
    }
}

/// An id that nothing else has.
fn new_id() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed).to_string()
}

fn keys() -> ServerKeys {
    let key = ServerKey::new("current".to_owned(), vec![9; 32]).expect("it is long enough");
    ServerKeys::new(key, Vec::new()).expect("one key")
}
