use std::sync::Arc;

use data_adapter_core::{AccountStatus, PhoneNumber, User, UserId, UserLookup as _};
use data_adapter_sca::{
    Enrolment, FactorChannel, FactorEngine, FactorParts, FactorStatus, Factors, PushDecisions as _,
    PushMessage, RateLimit, RequestEngine, RequestParts, Store, Verification,
};
use jiff::SignedDuration;
use secrecy::SecretString;

use crate::engine::bench::{Bench as Codes, Sent};
use crate::{Directory, RecordingPush};

/// How often a user may enrol factors within [`WINDOW`] seconds.
pub(super) const ENROLMENTS: u32 = 10;
pub(super) const WINDOW: i64 = 600;

/// Factors over the engine of one-time codes, with that engine and the requests over it beside them.
#[derive(Clone)]
pub(super) struct Bench {
    /// One-time codes, and all that their engine works with.
    pub(super) codes: Codes,
    pub(super) requests: Arc<RequestEngine>,
    pub(super) pushes: Arc<RecordingPush>,
    factors: Arc<FactorEngine>,
    /// What every code is.
    code: Option<SecretString>,
}

impl Bench {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self::over(Codes::new(store), Arc::default(), None)
    }

    fn over(codes: Codes, pushes: Arc<RecordingPush>, code: Option<SecretString>) -> Self {
        let (otp, push) = (Arc::clone(&codes.engine), Arc::clone(&pushes) as Arc<_>);
        let requests = RequestEngine::new(RequestParts {
            otp: Arc::clone(&otp),
            push: Arc::clone(&push) as _,
            resends: 5,
        });
        let limits = vec![RateLimit { limit: ENROLMENTS, window: SignedDuration::from_secs(WINDOW) }];
        let parts = FactorParts { otp, push: Some(push as _), limits, code: code.clone() };
        let factors = Arc::new(FactorEngine::new(parts));
        Self { codes, requests: Arc::new(requests), pushes, factors, code }
    }

    /// The same over another engine of codes.
    pub(super) fn with(&self, change: impl FnOnce(&Codes) -> Codes) -> Self {
        Self::over(change(&self.codes), Arc::clone(&self.pushes), self.code.clone())
    }

    /// Engines that block nobody, where a rule is about the tries of one enrolment.
    pub(super) fn without_blocks(&self) -> Self {
        self.with(Codes::without_blocks)
    }

    /// A second instance over the same store.
    pub(super) fn another(&self) -> Self {
        self.with(|codes| codes.with_policy(codes.policy))
    }

    /// Engines whose requests meet each other between any two calls of the store.
    pub(super) fn with_a_slow_store(&self) -> Self {
        self.with(|codes| codes.clone().with_a_slow_store())
    }

    /// An engine whose codes are all the same, as in a sandbox.
    pub(super) fn with_code(&self, code: &str) -> Self {
        Self::over(self.codes.clone(), Arc::clone(&self.pushes), Some(code.into()))
    }

    /// An engine without anybody who sends pushes.
    pub(super) fn without_pushes(&self) -> FactorEngine {
        let otp = Arc::clone(&self.codes.engine);
        FactorEngine::new(FactorParts { otp, push: None, limits: Vec::new(), code: None })
    }

    pub(super) fn factors(&self) -> &dyn Factors {
        self.factors.as_ref()
    }

    pub(super) async fn user(&self, id: &str) -> User {
        let user = self.codes.directory.by_id(&UserId::new(id), None).await;
        user.expect("the directory answers").expect("the user is known")
    }

    pub(super) async fn payer(&self) -> User {
        self.user(Directory::PAYER).await
    }

    pub(super) async fn enrol(&self, user: &User) -> Enrolment {
        self.factors.enrol_otp(user, None).await.expect("a factor is enrolled")
    }

    /// Enrols a phone that has to be sent a code.
    pub(super) async fn send(&self, user: &User) -> Sent {
        let before = self.sendings();
        assert_eq!(self.enrol(user).await, Enrolment::Sent);
        assert_eq!(self.sendings(), before + 1, "messages");
        let message = self.codes.gateway.messages().pop().expect("it was sent").message;
        let code = self.codes.gateway.last_code().expect("the message holds a code");
        Sent { message, code }
    }

    pub(super) async fn verify(&self, user: &User, code: &str) -> Verification {
        self.factors.verify_otp(user, &code.into()).await.expect("a code is checked")
    }

    pub(super) async fn guess_wrong(&self, user: &User, sent: &Sent) -> Verification {
        self.verify(user, &sent.wrong()).await
    }

    /// Enrols and proves a phone.
    pub(super) async fn prove(&self, user: &User) {
        let sent = self.send(user).await;
        assert_eq!(self.verify(user, &sent.code).await, Verification::Activated);
    }

    /// The factors of a user as they are listed.
    pub(super) async fn list(&self, user: &User) -> Vec<(FactorChannel, FactorStatus)> {
        let factors = self.factors.list(user).await.expect("factors are listed");
        factors.iter().map(|factor| (factor.channel, factor.status)).collect()
    }

    /// How far the phone of a user has come, who has no other factor.
    pub(super) async fn phone(&self, user: &User) -> FactorStatus {
        self.only(FactorChannel::Sms, user).await
    }

    /// How far the device of a user has come, who has no other factor.
    pub(super) async fn device(&self, user: &User) -> FactorStatus {
        self.only(FactorChannel::Authy, user).await
    }

    async fn only(&self, channel: FactorChannel, user: &User) -> FactorStatus {
        let factors = self.list(user).await;
        assert_eq!(factors.iter().map(|(channel, _)| *channel).collect::<Vec<_>>(), [channel]);
        factors[0].1
    }

    pub(super) async fn enrol_push(&self, user: &User, channel: FactorChannel) -> Enrolment {
        self.factors.enrol_push(user, channel, None).await.expect("a factor is enrolled")
    }

    /// Enrols a device that has to be asked.
    pub(super) async fn ask(&self, user: &User) -> PushMessage {
        let before = self.sendings();
        assert_eq!(self.enrol_push(user, FactorChannel::Authy).await, Enrolment::Sent);
        assert_eq!(self.sendings(), before + 1, "pushes");
        self.pushes.pushes().pop().expect("it was sent")
    }

    pub(super) async fn decide(&self, push: &PushMessage, accepted: bool) -> bool {
        self.requests.decide(&push.message, accepted).await.expect("a decision is kept")
    }

    pub(super) async fn unlink(&self, user: &User, channel: FactorChannel) -> bool {
        self.factors.unlink(user, channel).await.expect("a factor is forgotten")
    }

    /// How many messages and pushes have left.
    pub(super) fn sendings(&self) -> usize {
        self.codes.gateway.messages().len() + self.pushes.pushes().len()
    }
}

/// The same user with another number, or none.
pub(super) fn with_number(user: &User, number: Option<&str>) -> User {
    User { phone: number.map(PhoneNumber::new), ..user.clone() }
}

/// The same user when their account may not be used.
pub(super) fn blocked(user: &User) -> User {
    User { status: AccountStatus::Blocked, ..user.clone() }
}
