use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use data_adapter_core::{
    Clock as _, CodeAndPasswordOutcome, CodeDelivery, IssuedCode, MessageId, OperationId, OperationName,
    Random, SmsOtp, SystemRandom, VerificationOutcome,
};
use data_adapter_sca::{
    AttemptPolicy, GuessPolicy, OtpEngine, OtpParts, OtpPolicy, PhoneNumbers, SendLimits, ServerKey,
    ServerKeys, SmsOptions, Store, Texts,
};
use jiff::SignedDuration;

use crate::slow_store::SlowStore;
use crate::{Approval, Directory, ManualClock, RecordingGateway};

pub(crate) const TRIES: u32 = 5;
pub(crate) const LIMIT: u32 = 5;
pub(crate) const VALIDITY: i64 = 300;
pub(crate) const BLOCK_FOR: i64 = 120;
pub(crate) const FORGET_AFTER: i64 = 3_600;

/// The engine over a store, with everything else in memory.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) gateway: Arc<RecordingGateway>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) policy: OtpPolicy,
    pub(crate) engine: Arc<OtpEngine>,
    require_enrolled: bool,
    sms_options: SmsOptions,
    limits: SendLimits,
    operations: Arc<AtomicU32>,
}

/// What an engine keeps to.
struct Rules {
    policy: OtpPolicy,
    keys: ServerKeys,
    require_enrolled: bool,
    sms_options: SmsOptions,
    limits: SendLimits,
    random: Arc<dyn Random>,
}

/// A code that was sent, as its receiver knows it.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) message: MessageId,
    pub(crate) code: String,
}

impl Bench {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        let policy = OtpPolicy {
            digits: 8,
            validity: SignedDuration::from_secs(VALIDITY),
            guesses: GuessPolicy {
                tries_per_step: TRIES,
                failures: AttemptPolicy {
                    limit: LIMIT,
                    block_for: SignedDuration::from_secs(BLOCK_FOR),
                    forget_after: SignedDuration::from_secs(FORGET_AFTER),
                },
            },
        };
        let (clock, gateway, directory) = (Arc::default(), Arc::default(), Arc::default());
        let keys = keys("current", &[]);
        let (limits, random) = (SendLimits::default(), Arc::new(SystemRandom));
        let sms_options = SmsOptions::default();
        let rules = Rules {
            policy,
            keys,
            require_enrolled: false,
            sms_options: sms_options.clone(),
            limits: limits.clone(),
            random,
        };
        let engine = engine(&store, &clock, &gateway, &directory, rules);
        Self {
            store,
            clock,
            gateway,
            directory,
            policy,
            engine,
            require_enrolled: false,
            sms_options,
            limits,
            operations: Arc::default(),
        }
    }

    /// A second engine with other rules, keys or random source over the same store.
    pub(crate) fn another(&self, policy: OtpPolicy, keys: ServerKeys, random: Arc<dyn Random>) -> Self {
        let (require_enrolled, limits) = (self.require_enrolled, self.limits.clone());
        let sms_options = self.sms_options.clone();
        let rules = Rules { policy, keys, require_enrolled, sms_options, limits, random };
        let engine = engine(&self.store, &self.clock, &self.gateway, &self.directory, rules);
        Self { policy, engine, ..self.clone() }
    }

    pub(crate) fn with_policy(&self, policy: OtpPolicy) -> Self {
        self.another(policy, keys("current", &[]), Arc::new(SystemRandom))
    }

    /// An engine whose codes go only to numbers that their users proved.
    pub(crate) fn that_requires_enrolled_numbers(&self) -> Self {
        Self { require_enrolled: true, ..self.clone() }.with_policy(self.policy)
    }

    /// An engine that puts something beside its texts.
    pub(crate) fn with_sms_options(&self, sms_options: SmsOptions) -> Self {
        Self { sms_options, ..self.clone() }.with_policy(self.policy)
    }

    /// An engine that sends no more than `limits` say.
    pub(crate) fn within(&self, limits: SendLimits) -> Self {
        Self { limits, ..self.clone() }.with_policy(self.policy)
    }

    /// An engine that blocks nobody, where a rule is about the tries of one step.
    pub(crate) fn without_blocks(&self) -> Self {
        let mut policy = self.policy;
        policy.guesses.failures.limit = 1_000;
        self.with_policy(policy)
    }

    /// An engine whose requests meet each other between any two calls of the store.
    pub(crate) fn with_a_slow_store(mut self) -> Self {
        self.store = Arc::new(SlowStore::new(self.store));
        self.with_policy(self.policy)
    }

    /// An engine over the same store, whose clock is so many seconds ahead.
    pub(crate) fn ahead(&self, seconds: i64) -> Self {
        let clock = ManualClock::new(self.clock.now() + SignedDuration::from_secs(seconds));
        Self { clock: Arc::new(clock), ..self.clone() }.with_policy(self.policy)
    }

    /// An engine over the same store, and how many calls it makes of it.
    pub(crate) fn counting_calls(&self) -> (Self, Arc<AtomicUsize>) {
        let store = SlowStore::new(Arc::clone(&self.store));
        let calls = store.calls();
        (Self { store: Arc::new(store), ..self.clone() }.with_policy(self.policy), calls)
    }

    /// An engine over the same store, which can't use a code up.
    pub(crate) fn that_uses_no_code_up(&self) -> Self {
        let store = Arc::new(SlowStore::that_uses_nothing_up(Arc::clone(&self.store)));
        Self { store, ..self.clone() }.with_policy(self.policy)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(crate) fn engine(&self) -> &dyn SmsOtp {
        self.engine.as_ref()
    }

    /// Asks for a code of a user who exists.
    pub(crate) async fn create(&self, approval: &Approval) -> IssuedCode {
        let issued = self.engine.create(&approval.request()).await;
        issued.expect("a code is made").expect("the user is known")
    }

    /// Asks for a code that has to be sent.
    pub(crate) async fn send(&self, approval: &Approval) -> Sent {
        let before = self.gateway.messages().len();
        let issued = self.create(approval).await;
        assert_eq!(issued.delivery, CodeDelivery::Succeeded);
        assert_eq!(self.gateway.messages().len(), before + 1, "messages");
        let code = self.gateway.last_code().expect("the message holds a code");
        let message = issued.message;
        Sent { message, code }
    }

    pub(crate) async fn verify(&self, approval: &Approval, sent: &Sent) -> VerificationOutcome {
        self.answer(approval, &sent.message, &sent.code).await
    }

    pub(crate) async fn guess_wrong(&self, approval: &Approval, sent: &Sent) -> VerificationOutcome {
        self.answer(approval, &sent.message, &sent.wrong()).await
    }

    pub(crate) async fn answer(
        &self,
        approval: &Approval,
        message: &MessageId,
        code: &str,
    ) -> VerificationOutcome {
        let outcome = self.engine.verify(&approval.answer(message, code)).await;
        outcome.expect("a code is checked")
    }

    pub(crate) async fn verify_with_password(
        &self,
        approval: &Approval,
        message: &MessageId,
        code: &str,
        password: &str,
    ) -> bool {
        self.both(approval, message, code, password).await.succeeded()
    }

    pub(crate) async fn both(
        &self,
        approval: &Approval,
        message: &MessageId,
        code: &str,
        password: &str,
    ) -> CodeAndPasswordOutcome {
        let both = self
            .engine
            .verify_with_password(&approval.answer(message, code), &approval.credentials(password))
            .await;
        both.expect("a code and a password are checked")
    }

    pub(crate) async fn end_operation(&self, operation: &str) {
        let ended = self.engine.end_operation(&OperationId::new(operation)).await;
        ended.expect("an operation is ended");
    }

    /// A login that nothing else is about.
    pub(super) fn new_operation(&self) -> Approval {
        let number = self.operations.fetch_add(1, Ordering::SeqCst);
        Approval::login(&format!("operation {number}"))
    }

    /// So many wrong codes of the payer, each in an operation of its own.
    pub(crate) async fn fail_often(&self, failures: u32) {
        for number in 0..failures {
            let approval = self.new_operation();
            let sent = self.send(&approval).await;
            let outcome = self.guess_wrong(&approval, &sent).await;
            assert_eq!(outcome, wrong(TRIES - 1), "failure {} of {failures}", number + 1);
        }
    }

    /// Whether a new code for the payer leaves.
    pub(crate) async fn is_sent_codes(&self) -> bool {
        let before = self.gateway.messages().len();
        let issued = self.create(&self.new_operation()).await;
        assert_eq!(issued.delivery, CodeDelivery::Succeeded, "a block shows in the answer");
        self.gateway.messages().len() > before
    }
}

impl Sent {
    /// Another code of the same length.
    pub(crate) fn wrong(&self) -> String {
        let mut digits: Vec<_> = self.code.chars().collect();
        if let Some(last) = digits.last_mut() {
            *last = if *last == '0' { '1' } else { '0' };
        }
        digits.into_iter().collect()
    }
}

pub(crate) fn wrong(remaining: u32) -> VerificationOutcome {
    VerificationOutcome::Wrong { remaining_attempts: Some(remaining) }
}

/// Keys by their names, which they are made of.
pub(crate) fn keys(current: &str, previous: &[&str]) -> ServerKeys {
    let key = |name: &str| {
        let secret = name.bytes().cycle().take(32).collect();
        ServerKey::new(name.to_owned(), secret).expect("the key is long enough")
    };
    let previous = previous.iter().copied().map(key).collect();
    ServerKeys::new(key(current), previous).expect("no two keys have one name")
}

fn engine(
    store: &Arc<dyn Store>,
    clock: &Arc<ManualClock>,
    gateway: &Arc<RecordingGateway>,
    directory: &Arc<Directory>,
    Rules { policy, keys, require_enrolled, sms_options, limits, random }: Rules,
) -> Arc<OtpEngine> {
    let sms_texts = [
        ("login", "sms-login"),
        ("login_sca", "sms-login"),
        ("authorize_payment", "sms-payment"),
        ("authorize_payment_sca", "sms-payment"),
    ];
    let named = |(operation, text): (&str, &str)| (OperationName::new(operation), text.to_owned());
    Arc::new(OtpEngine::new(OtpParts {
        store: Arc::clone(store),
        gateway: Arc::clone(gateway) as _,
        users: Arc::clone(directory) as _,
        authentication: Arc::clone(directory) as _,
        sms_options,
        numbers: PhoneNumbers::default(),
        texts: Arc::new(Texts::built_in().expect("the texts are built in")),
        sms_texts: sms_texts.into_iter().map(named).collect::<HashMap<_, _>>(),
        keys,
        require_enrolled,
        limits,
        policy,
        clock: Arc::clone(clock) as _,
        random,
    }))
}
