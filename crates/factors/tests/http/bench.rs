//! The service around which the tests stand, and an application that calls it on behalf of a user.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Clock as _, Extras, OrganizationId, PhoneNumber, SystemRandom, User, UserId,
    UserLookup, UsernameQuery,
};
use data_adapter_factors::{
    AdditionalFactors, FactorsParts, FactorsSettings, Programme, Programmes, SharedKey, TokenKeys,
    TokenParties, UserTokens,
};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    AttemptPolicy, FactorEngine, FactorParts, Factors, GatewayError, GuessPolicy, IdempotencyStore,
    OtpEngine, OtpParts, OtpPolicy, PhoneNumbers, PushDecisions as _, PushGateway, PushMessage, RateLimit,
    RequestEngine, RequestParts, SendLimits, ServerKey, ServerKeys, SessionStore as _, SmsOptions, Texts,
};
use data_adapter_server::{Apis, BodyLimits, Callers, Parts, ReadyChecks, router};
use data_adapter_testkit::{Directory, ManualClock, RecordingGateway};
use jiff::SignedDuration;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A user of the programme of these tests.
pub(crate) const USER: &str = "12345678";
/// Whose account is blocked.
pub(crate) const BLOCKED: &str = "20000001";
/// Without a phone.
pub(crate) const NO_PHONE: &str = "20000003";
/// With a phone that is none.
pub(crate) const BAD_PHONE: &str = "20000004";
/// A user of the other programme.
pub(crate) const STRANGER: &str = "30000001";

pub(crate) const API_KEY: &str = "demo-api-key";
pub(crate) const OTHER_API_KEY: &str = "other-api-key";

/// How many bytes a body may have.
pub(crate) const MOST_BYTES: usize = 1024;
/// For how many seconds a user may be idle.
pub(crate) const IDLE: i64 = 300;

const KEY: [u8; 32] = [7; 32];
const ISSUER: &str = "https://login.bank.example";
const AUDIENCE: &str = "factors";

/// People, whose numbers change and who are not always found.
#[derive(Default)]
pub(crate) struct People {
    numbers: Mutex<Vec<(String, String)>>,
    is_away: Mutex<bool>,
}

impl People {
    /// Gives somebody another number.
    pub(crate) fn move_to(&self, user: &str, number: &str) {
        lock(&self.numbers).push((user.to_owned(), number.to_owned()));
    }

    /// Answers nobody any more, or again.
    pub(crate) fn go_away(&self, is_away: bool) {
        *lock(&self.is_away) = is_away;
    }

    fn find(&self, id: &str) -> Option<User> {
        let number = match id {
            USER | BLOCKED | STRANGER => Some(format!("+4207{id}")),
            NO_PHONE => None,
            BAD_PHONE => Some("not a number".to_owned()),
            _ => return None,
        };
        let moved =
            lock(&self.numbers).iter().rev().find(|(of, _)| of == id).map(|(_, number)| number.clone());
        Some(User {
            id: UserId::new(id),
            organization: OrganizationId::new(if id == STRANGER { "SME" } else { "RETAIL" }),
            given_name: None,
            family_name: None,
            phone: moved.or(number).map(PhoneNumber::new),
            language: None,
            status: if id == BLOCKED { AccountStatus::Blocked } else { AccountStatus::Active },
            extras: Extras::default(),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl UserLookup for People {
    async fn by_username(&self, _: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        Ok(None)
    }

    async fn by_id(&self, id: &UserId, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        if *lock(&self.is_away) {
            return Err(AdapterError::Unreachable("nobody is there".to_owned()));
        }
        Ok(self.find(id.as_str()))
    }

    async fn by_consumer_id(&self, _: i32, _: Option<&OrganizationId>) -> Result<Option<User>, AdapterError> {
        Ok(None)
    }
}

/// Keeps pushes.
#[derive(Default)]
pub(crate) struct Pushes(pub(crate) Mutex<Vec<PushMessage>>);

#[async_trait]
impl PushGateway for Pushes {
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError> {
        lock(&self.0).push(push.clone());
        Ok(())
    }
}

/// The service.
pub(crate) struct Bench {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) gateway: Arc<RecordingGateway>,
    pub(crate) people: Arc<People>,
    pub(crate) store: Arc<MemoryStore>,
    pushes: Arc<Pushes>,
    requests: RequestEngine,
    parts: FactorsParts,
    settings: FactorsSettings,
}

/// What may be different from one test to another.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) limits: &'static str,
    pub(crate) enrolments: u32,
    pub(crate) has_pushes: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self { limits: "", enrolments: 1000, has_pushes: true }
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Wish::default())
    }

    pub(crate) fn with(wish: Wish) -> Self {
        let (clock, gateway): (Arc<ManualClock>, Arc<RecordingGateway>) = Default::default();
        let (people, store, pushes): (Arc<People>, Arc<MemoryStore>, Arc<Pushes>) = Default::default();
        let otp = Arc::new(OtpEngine::new(OtpParts {
            store: Arc::clone(&store) as _,
            gateway: Arc::clone(&gateway) as _,
            users: Arc::clone(&people) as _,
            authentication: Arc::new(Directory::default()),
            texts: Arc::new(Texts::built_in().expect("the texts are built in")),
            sms_texts: std::collections::HashMap::new(),
            sms_options: SmsOptions::default(),
            numbers: PhoneNumbers::default(),
            keys: ServerKeys::new(
                ServerKey::new("current".to_owned(), vec![9; 32]).expect("it is long enough"),
                Vec::new(),
            )
            .expect("one key"),
            require_enrolled: false,
            limits: SendLimits::default(),
            policy: OtpPolicy {
                digits: 8,
                validity: SignedDuration::from_mins(5),
                guesses: GuessPolicy {
                    tries_per_step: 5,
                    failures: AttemptPolicy {
                        limit: 5,
                        block_for: SignedDuration::from_mins(30),
                        forget_after: SignedDuration::from_hours(24),
                    },
                },
            },
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SystemRandom),
        }));
        let requests = RequestEngine::new(RequestParts {
            otp: Arc::clone(&otp),
            push: Arc::clone(&pushes) as _,
            resends: 5,
        });
        let factors = FactorEngine::new(FactorParts {
            otp: Arc::clone(&otp),
            push: wish.has_pushes.then(|| Arc::clone(&pushes) as _),
            limits: vec![RateLimit { limit: wish.enrolments, window: SignedDuration::from_secs(60) }],
            code: None,
        });
        let parties = TokenParties { issuer: ISSUER.to_owned(), audience: AUDIENCE.to_owned() };
        let keys = TokenKeys::Shared(SharedKey::new(KEY.to_vec()).expect("it is long enough"));
        let parts = FactorsParts {
            factors: Arc::new(factors),
            users: Arc::clone(&people) as _,
            programmes: Arc::new(Programmes::new(vec![
                programme("demo", API_KEY, "RETAIL"),
                programme("other", OTHER_API_KEY, "SME"),
            ])),
            tokens: Arc::new(UserTokens::new(keys, parties, Arc::clone(&clock) as _)),
            sessions: Arc::clone(&store) as _,
            calls: Arc::clone(&store) as _,
            rates: Arc::clone(&store) as _,
            otp,
            clock: Arc::clone(&clock) as _,
        };
        let settings = FactorsSettings {
            context_path: "/multi".to_owned(),
            limits: wish.limits.parse().expect("limits"),
            session_idle: SignedDuration::from_secs(IDLE),
            is_demo: true,
        };
        Self { clock, gateway, people, store, pushes, requests, parts, settings }
    }

    /// The same over another store of calls.
    pub(crate) fn keeping_calls_in(mut self, calls: Arc<dyn IdempotencyStore>) -> Self {
        self.parts.calls = calls;
        self
    }

    /// The same with other factors, made of those that there are.
    pub(crate) fn over(mut self, factors: impl FnOnce(Arc<dyn Factors>) -> Arc<dyn Factors>) -> Self {
        self.parts.factors = factors(self.parts.factors);
        self
    }

    pub(crate) fn apis(&self) -> Apis {
        Apis::new(AdditionalFactors::everywhere(&self.parts, &self.settings)).expect("they fit together")
    }

    /// The service, to be asked.
    pub(crate) async fn serve(
        &self,
    ) -> Served<
        impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = actix_web::Error>,
    > {
        let parts = Parts {
            apis: self.apis(),
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

    /// A token of a user that is made now.
    pub(crate) fn token(&self, user: &str) -> String {
        self.token_with(user, &json!({}))
    }

    /// The same with other claims among its own.
    pub(crate) fn token_with(&self, user: &str, more: &Value) -> String {
        let now = self.clock.now().as_second();
        let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": user, "iat": now, "exp": now + 3600});
        let members = claims.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        encode(&Header::default(), &claims, &EncodingKey::from_secret(&KEY)).expect("it can be signed")
    }

    pub(crate) async fn end_sessions(&self, user: &str) {
        self.store.end_sessions(&UserId::new(user), self.clock.now()).await.expect("they can be ended");
    }

    /// The code that was sent last.
    pub(crate) fn code(&self) -> String {
        let code = self.gateway.last_code().expect("a code");
        assert_eq!(code.len(), 6);
        code
    }

    /// How many messages were sent.
    pub(crate) fn messages(&self) -> usize {
        self.gateway.messages().len()
    }

    /// The pushes that were sent.
    pub(crate) fn pushes(&self) -> Vec<PushMessage> {
        lock(&self.pushes.0).clone()
    }

    /// Decides on the push that was sent last, as the user does on their device: false where it is too late.
    pub(crate) async fn decide(&self, accepted: bool) -> bool {
        let push = self.pushes().pop().expect("a push");
        self.requests.decide(&push.message, accepted).await.expect("it answers")
    }
}

fn programme(id: &str, key: &str, organization: &str) -> Programme {
    Programme {
        id: id.to_owned(),
        api_key_sha256: Sha256::digest(key).into(),
        organizations: vec![OrganizationId::new(organization)],
    }
}

/// A member that is a text.
fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().expect("a text")
}

/// The service as a caller sees it.
pub(crate) struct Served<S>(S);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `Null` where there is none.
    pub(crate) body: Value,
    pub(crate) bytes: usize,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a text"))
    }

    /// The code of an answer with 409.
    pub(crate) fn conflict(&self) -> &str {
        assert_eq!(self.status, 409, "{self:?}");
        self.body["errorCode"].as_str().expect("a code")
    }

    /// The fields that are wrong, in an answer with 400.
    pub(crate) fn fields(&self) -> Vec<(&str, &str)> {
        assert_eq!(self.status, 400, "{self:?}");
        assert!(self.body["message"].is_string(), "{self:?}");
        let fields = self.body["syntaxErrors"]["invalidFields"].as_array().expect("a list");
        assert!(fields.iter().all(|field| field["params"] == json!([])), "{self:?}");
        fields.iter().map(|field| (text(field, "fieldName"), text(field, "error"))).collect()
    }

    /// That there is nothing but a status.
    pub(crate) fn assert_bare(&self, status: u16) {
        assert_eq!((self.status, self.bytes), (status, 0), "{self:?}");
        assert!(self.header("content-type").is_none(), "{self:?}");
    }
}

impl<S, B> Served<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Sends a request as it is. Whatever the answer is, it names the request.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answered {
        let request = TestRequest::default().method(method).uri(path);
        let request = headers.iter().fold(request, |request, header| request.append_header(*header));
        let response = call_service(&self.0, request.set_payload(body.into()).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response).await;
        let answered = Answered {
            status,
            headers,
            bytes: body.len(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        };
        assert!(answered.header("request-ref").is_some_and(|id| !id.is_empty()), "{answered:?}");
        assert_eq!(answered.header("request-ref"), answered.header("x-request-id"));
        answered
    }

    /// An application that calls on behalf of a user.
    pub(crate) fn user(&self, token: String) -> Caller<'_, S> {
        Caller { served: self, token, api_key: API_KEY }
    }
}

/// An application on behalf of a user.
pub(crate) struct Caller<'a, S> {
    served: &'a Served<S>,
    token: String,
    pub(crate) api_key: &'static str,
}

const ROOT: &str = "/authentication_factors";

impl<S, B> Caller<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Calls a path below the root of the API.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answered {
        let token = format!("Bearer {}", self.token);
        let own = [("api-key", self.api_key), (AUTHORIZATION.as_str(), token.as_str())];
        let content = [(CONTENT_TYPE.as_str(), "application/json")];
        let content = content.iter().filter(|_| !body.is_empty());
        let headers: Vec<_> = own.iter().chain(content).chain(headers).copied().collect();
        self.served.send(method, &format!("{ROOT}{path}"), &headers, body).await
    }

    /// The factors, each as its channel and status.
    pub(crate) async fn factors(&self) -> Vec<(String, String)> {
        let answered = self.call(Method::GET, "", &[], "").await;
        assert_eq!(answered.status, 200, "{answered:?}");
        let Some(factors) = answered.body["factors"].as_array() else { return Vec::new() };
        let texts = |factor| (text(factor, "channel").to_owned(), text(factor, "status").to_owned());
        factors.iter().map(texts).collect()
    }

    /// The status of the only factor.
    pub(crate) async fn status(&self) -> String {
        let factors = self.factors().await;
        assert_eq!(factors.len(), 1, "{factors:?}");
        factors[0].1.clone()
    }

    pub(crate) async fn enrol(&self) -> Answered {
        self.call(Method::POST, "/otp/SMS", &[], "").await
    }

    pub(crate) async fn verify(&self, code: &str) -> Answered {
        self.call(Method::POST, "/otp/SMS/verify", &[], &verification(code)).await
    }

    pub(crate) async fn enrol_push(&self) -> Answered {
        self.call(Method::POST, "/push/AUTHY", &[], "").await
    }

    pub(crate) async fn unlink(&self, channel: &str) -> Answered {
        self.call(Method::DELETE, &format!("/push/{channel}"), &[], "").await
    }
}

pub(crate) fn verification(code: &str) -> String {
    json!({"verificationCode": code}).to_string()
}

/// A code that is not `code`, another one for each `number` below nine.
pub(crate) fn wrong(code: &str, number: u32) -> String {
    let (head, last) = code.split_at(5);
    let last: u32 = last.parse().expect("a digit");
    format!("{head}{}", (last + 1 + number) % 10)
}
