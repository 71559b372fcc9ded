//! The service around which the tests stand, and a partner who calls it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use aes::Aes256;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use data_adapter_core::{
    Binding, MessageId, OperationId, OperationName, OrganizationId, SystemRandom, UserLookup as _,
};
use data_adapter_hashing::{PasswordHashing, Verifier};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    ApprovalMethod, AttemptPolicy, CodeCarrier, DeviceStore as _, Factor, GatewayError, GuessPolicy, Issue,
    LockingAuthentication, NewDevice, NewScaRequest, OtpEngine, OtpParts, OtpPolicy, PhoneNumbers,
    PushGateway, PushMessage, RequestEngine, RequestParts, ScaRequests as _, ServerKey, ServerKeys, Texts,
};
use data_adapter_security::{
    Partner, PartnerDoor, PartnerPasswords, Partners, Security, SecurityParts, SecuritySettings, TokenKey,
    Tokens,
};
use data_adapter_server::{Apis, BodyLimits, Callers, Parts, ReadyChecks, router};
use data_adapter_testkit::{Directory, ManualClock, RecordingGateway};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

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
            numbers: PhoneNumbers::default(),
            keys: keys(),
            require_enrolled: false,
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
            numbers: Arc::clone(&store) as _,
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
        let user = self.directory.by_id(&user.to_owned().into(), None).await;
        let payment = binding.payment.is_some();
        let new = NewScaRequest {
            user: user.expect("it answers").expect("the user is there"),
            method,
            carrier: CodeCarrier::Sms,
            operation: OperationId::new(new_id()),
            name: OperationName::new(if payment { "authorize_payment" } else { "approval" }),
            binding,
            title: None,
            description: None,
            language: None,
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

/// The service as a caller sees it.
pub(crate) struct Served<S>(S);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    /// The code of an answer with 200.
    pub(crate) fn code(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        self.body["ResponseCode"].as_str().expect("a code")
    }

    /// What an answer with 400 tells.
    pub(crate) fn details(&self) -> Vec<&str> {
        assert_eq!(self.status, 400, "{self:?}");
        let errors = self.body["Errors"].as_array().expect("errors");
        errors.iter().map(|error| error["Detail"].as_str().expect("a detail")).collect()
    }

    /// The number of the SCA request in an answer.
    pub(crate) fn sca(&self) -> String {
        self.body["SCARes"]["SCAReferenceNumber"].as_str().expect("an SCA request").to_owned()
    }
}

impl<S, B> Served<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Sends a body as it is.
    pub(crate) async fn send(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answered {
        let request = headers
            .iter()
            .fold(TestRequest::post().uri(path), |request, header| request.append_header(*header));
        let response = call_service(&self.0, request.set_payload(body.into()).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response).await;
        Answered { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// Logs in by a form in the URL's encoding.
    pub(crate) async fn log_in(&self, login: Login) -> Answered {
        let scheme = login.scheme.map(|scheme| format!("&SchemeCode={scheme}")).unwrap_or_default();
        let password = login.password.replace('#', "%23");
        let body = format!("grant_type=password&UserName={}&Password={password}{scheme}", login.username);
        let headers = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.send("/security/login", &headers, body).await
    }

    /// A partner who is logged in.
    pub(crate) async fn partner(&self, login: Login) -> LoggedIn<'_, S> {
        let answered = self.log_in(login).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        let text = |name: &str| answered.body[name].as_str().expect("a text").to_owned();
        LoggedIn { served: self, token: text("access_token"), key: text("Contis_SecurityKey") }
    }
}

/// A partner with a token.
pub(crate) struct LoggedIn<'a, S> {
    served: &'a Served<S>,
    pub(crate) token: String,
    pub(crate) key: String,
}

impl<S, B> LoggedIn<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Calls an operation.
    pub(crate) async fn call(&self, operation: &str, body: Value) -> Answered {
        self.send(operation, body.to_string()).await
    }

    /// Calls an operation with a body as it is.
    pub(crate) async fn send(&self, operation: &str, body: impl Into<Vec<u8>>) -> Answered {
        let token = format!("Bearer {}", self.token);
        let headers = [(CONTENT_TYPE.as_str(), "application/json"), (AUTHORIZATION.as_str(), token.as_str())];
        self.served.send(&format!("/security/{operation}"), &headers, body).await
    }

    /// Asks for the second factor of a login.
    pub(crate) async fn ask_for_second(&self, user: &str) -> Answered {
        let body = json!({"ConsumerID": consumer(user), "SCAOptionID1FA": 6, "DoSecondFactor": true});
        self.call("PostLoginDetails", body).await
    }

    /// Approves with a code.
    pub(crate) async fn authorize(&self, sca: &str, code: &str) -> Answered {
        let body = json!({"SCAReferenceNumber": sca, "SCAIdentification": self.encrypt(code)});
        self.call("Authorize", body).await
    }

    /// The numbers of the SCA requests that wait.
    pub(crate) async fn pending(&self, user: &str) -> Vec<String> {
        let answered = self.call("GetSCAPendingRequest", json!({"ConsumerID": consumer(user)})).await;
        assert_eq!(answered.code(), "000");
        let requests = answered.body["SCAPendingRequests"].as_array().expect("a list").clone();
        requests
            .iter()
            .map(|request| request["SCAReferenceNumber"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// A code as the document has it: AES-256 in CBC over UTF-16LE, in base64 without padding.
    pub(crate) fn encrypt(&self, code: &str) -> String {
        let (iv, key) = self.iv_and_key();
        let plain: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &iv).expect("lengths");
        let text = STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(&plain));
        text.trim_end_matches('=').to_owned()
    }

    /// What the service encrypted.
    pub(crate) fn decrypt(&self, text: &str) -> String {
        let (iv, key) = self.iv_and_key();
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &iv).expect("lengths");
        let plain =
            cipher.decrypt_padded_vec::<Pkcs7>(&STANDARD.decode(text).expect("base64")).expect("a text");
        let units: Vec<u16> = plain.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).expect("UTF-16")
    }

    fn iv_and_key(&self) -> (Vec<u8>, Vec<u8>) {
        let bytes = |digits: &str| -> Vec<u8> {
            let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
            pairs.map(|pair| u8::from_str_radix(pair, 16).expect("digits")).collect()
        };
        (bytes(&self.key[..32]), bytes(&self.key[32..]))
    }
}

/// A code that is not `code`.
pub(crate) fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}
