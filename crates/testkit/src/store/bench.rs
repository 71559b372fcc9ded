#![expect(clippy::panic, reason = "a rule that is broken ends its task, and the suite reports it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use data_adapter_core::{MessageId, OperationId, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, Block, BlockDurations, Challenge, CodeHash, CountedGuess, Factor,
    Guess, GuessPolicy, KeyedHash, Offer, Opened, RatedKey, Retention, Step, Store,
};
use jiff::{SignedDuration, Timestamp};

use crate::build::{CODE_HASH, KEY_ID, at, challenge, step};

/// Who is counted.
pub(super) const USER: &str = "12345678";
/// The numbers differ, so that no rule holds by taking one for another.
pub(super) const TRIES: u32 = 4;
pub(super) const LIMIT: u32 = 6;
pub(super) const BLOCK_FOR: i64 = 600;
pub(super) const FORGET_AFTER: i64 = 3_600;
/// How long an attempt may be under way.
pub(super) const LEASE: i64 = 40;
/// How long [`challenge`] makes a code last.
pub(super) const VALIDITY: i64 = 300;

/// A store, and calls that fail the rule when the store does not answer.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) policy: GuessPolicy,
    /// Numbers what needs a name that nothing else has.
    names: Arc<AtomicU32>,
}

impl Bench {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let failures = AttemptPolicy {
            limit: LIMIT,
            block_for: SignedDuration::from_secs(BLOCK_FOR),
            forget_after: SignedDuration::from_secs(FORGET_AFTER),
        };
        let policy = GuessPolicy { tries_per_step: TRIES, failures };
        Self { store, policy, names: Arc::default() }
    }

    /// The same with failures that are forgotten before a block is over.
    pub(super) fn forgetful(mut self) -> Self {
        self.policy.failures.forget_after = SignedDuration::from_secs(BLOCK_FOR / 2);
        self
    }

    /// The same with as many tries at a step as anyone wants.
    pub(super) fn with_tries(mut self, tries: u32) -> Self {
        self.policy.tries_per_step = tries;
        self
    }

    pub(super) async fn open(&self, message: &str, step: &Step, now: Timestamp) {
        self.keep(challenge(message, step, now)).await;
    }

    pub(super) async fn keep(&self, challenge: Challenge) {
        assert!(self.try_keep(challenge).await, "its operation is over");
    }

    /// Whether a challenge is kept.
    pub(super) async fn try_keep(&self, challenge: Challenge) -> bool {
        self.open_within(challenge, &[]).await == Opened::Opened
    }

    /// What becomes of keeping a challenge within limits.
    pub(super) async fn open_within(&self, challenge: Challenge, rates: &[RatedKey]) -> Opened {
        let opened = self.store.open(challenge, rates).await;
        opened.expect("the store answers")
    }

    /// What comes of an offer.
    pub(super) async fn offer(&self, message: &str, offer: &Offer, now: Timestamp) -> Guess {
        let guess = self.store.guess(&MessageId::new(message), offer, now, &self.policy).await;
        guess.expect("a guess is taken")
    }

    /// A wrong guess, be the challenge renewed or not.
    pub(super) async fn guess(&self, message: &str, now: Timestamp) -> Guess {
        let [first, renewed] = [KEY_ID, RENEWED].map(|key_id| offer(&WRONG_HASH, key_id));
        let hashes = [first.hashes, renewed.hashes].concat();
        self.offer(message, &Offer { hashes, ..first }, now).await
    }

    /// A wrong guess that has to count.
    pub(super) async fn counted(&self, message: &str, now: Timestamp) -> CountedGuess {
        let guess = self.guess(message, now).await;
        let Guess::Counted(counted) = guess else {
            panic!("a guess at `{message}` has to count, but came back as {guess:?}");
        };
        assert!(!counted.fits, "a wrong guess at `{message}` fits");
        counted
    }

    /// A guess at a code of `user` in an operation that nothing else is about.
    pub(super) async fn fail(&self, user: &str, now: Timestamp) -> CountedGuess {
        let message = self.name("operation");
        self.open(&message, &step(&message, "login", Some(user)), now).await;
        self.counted(&message, now).await
    }

    /// `count` failures of `user`, each in an operation of its own.
    pub(super) async fn fail_often(&self, user: &str, count: u32, now: Timestamp) {
        for number in 0..count {
            let guess = self.fail(user, now).await;
            assert!(!guess.blocked, "failure {} of {count} finds the user blocked", number + 1);
        }
    }

    fn name(&self, of: &str) -> String {
        format!("{of} {}", self.names.fetch_add(1, Ordering::SeqCst))
    }

    /// Whether a challenge is used up by its code, where it was not renewed.
    pub(super) async fn consume(&self, message: &str, now: Timestamp) -> bool {
        self.offer(message, &offer(&CODE_HASH, KEY_ID), now).await == Guess::Accepted
    }

    /// Whether a challenge is used up without a code.
    pub(super) async fn use_up(&self, message: &str, now: Timestamp) -> bool {
        let used = self.store.consume(&MessageId::new(message), now).await;
        used.expect("a challenge is used up")
    }

    pub(super) async fn end_operation(&self, operation: &str) -> u64 {
        self.end_operation_at(operation, at(0)).await
    }

    pub(super) async fn end_operation_at(&self, operation: &str, now: Timestamp) -> u64 {
        let ended = self.store.end_operation(&OperationId::new(operation), now).await;
        ended.expect("an operation is ended")
    }

    pub(super) async fn is_over(&self, operation: &str) -> bool {
        let over = self.store.is_over(&OperationId::new(operation)).await;
        over.expect("the store knows which operations are over")
    }

    /// The messages of the challenges that are open.
    pub(super) async fn listed(&self, now: Timestamp) -> Vec<String> {
        let open = self.store.open_challenges(now).await.expect("the store lists open challenges");
        open.iter().map(|challenge| challenge.message.to_string()).collect()
    }

    /// An attempt that the store does not know.
    pub(super) fn new_attempt(&self, user: &str, factor: Factor) -> Attempt {
        Attempt { id: self.name("attempt"), user: UserId::new(user), factor }
    }

    pub(super) async fn try_attempt(&self, attempt: &Attempt, now: Timestamp) -> Admission {
        let lease = SignedDuration::from_secs(LEASE);
        let admission = self.store.admit_attempt(attempt, now, &self.policy.failures, lease).await;
        admission.expect("the store admits attempts")
    }

    /// An attempt at the password of [`USER`] that has to be admitted.
    pub(super) async fn begin_attempt(&self, now: Timestamp) -> Attempt {
        let attempt = self.new_attempt(USER, Factor::Password);
        assert_eq!(self.try_attempt(&attempt, now).await, Admission::Admitted);
        attempt
    }

    /// Whether another attempt at the password of [`USER`] is admitted, which is given back.
    pub(super) async fn would_admit(&self, now: Timestamp) -> Admission {
        let attempt = self.new_attempt(USER, Factor::Password);
        let admission = self.try_attempt(&attempt, now).await;
        self.give_back(&attempt).await;
        admission
    }

    pub(super) async fn succeed(&self, attempt: &Attempt, now: Timestamp) {
        self.store.attempt_succeeded(attempt, now).await.expect("an attempt succeeds");
    }

    pub(super) async fn fail_attempt(&self, attempt: &Attempt, now: Timestamp) {
        let failed = self.store.attempt_failed(attempt, now, &self.policy.failures).await;
        failed.expect("an attempt fails");
    }

    pub(super) async fn give_back(&self, attempt: &Attempt) {
        self.store.give_attempt_back(attempt).await.expect("an attempt is given back");
    }

    /// An attempt that fails, as far as it is admitted.
    pub(super) async fn attempt(&self, user: &str, factor: Factor, now: Timestamp) -> Admission {
        let attempt = self.new_attempt(user, factor);
        let admission = self.try_attempt(&attempt, now).await;
        self.fail_attempt(&attempt, now).await;
        admission
    }

    /// `count` attempts that have to be admitted, and fail.
    pub(super) async fn attempt_often(&self, user: &str, factor: Factor, count: u32, now: Timestamp) {
        for number in 1..=count {
            let attempt = self.attempt(user, factor, now).await;
            assert_eq!(attempt, Admission::Admitted, "attempt {number} of {count} at the {factor:?}");
        }
    }

    pub(super) async fn clear(&self, user: &str, factor: Factor) -> bool {
        let cleared = self.store.clear_attempts(&UserId::new(user), factor).await;
        cleared.expect("failures are forgotten")
    }

    pub(super) async fn blocked_until(
        &self,
        user: &str,
        factor: Factor,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let until = self.store.blocked_until(&UserId::new(user), factor, now).await;
        until.expect("the store knows who is blocked")
    }

    pub(super) async fn is_blocked(&self, user: &str, factor: Factor, now: Timestamp) -> bool {
        self.blocked_until(user, factor, now).await.is_some()
    }

    pub(super) async fn blocks(&self, now: Timestamp) -> Vec<Block> {
        self.store.blocks(now).await.expect("the store lists who is blocked")
    }

    pub(super) async fn purge(&self, now: Timestamp) -> u64 {
        let purged = self.store.purge(now, self.retention()).await;
        purged.expect("a store is purged")
    }

    /// How many records a clock that went back has left to put right.
    pub(super) async fn rewind(&self, now: Timestamp) -> u64 {
        let block = self.policy.failures.block_for;
        let changed = self.store.rewind(now, BlockDurations { code: block, password: block }).await;
        changed.expect("a store is put right")
    }

    pub(super) async fn probe(&self) {
        self.store.probe().await.expect("the store can be written");
    }

    /// Challenges for an hour, counters for two, forms for three, ended operations for four, revoked tokens for five, sessions
    /// for six, calls for seven, deliveries for eight; receipts without a message for ten minutes.
    pub(super) fn retention(&self) -> Retention {
        Retention {
            challenges: SignedDuration::from_secs(3_600),
            counters: SignedDuration::from_secs(7_200),
            shown_forms: SignedDuration::from_secs(10_800),
            ended_operations: SignedDuration::from_secs(14_400),
            revoked_tokens: SignedDuration::from_secs(18_000),
            sessions: SignedDuration::from_secs(21_600),
            idempotency: SignedDuration::from_secs(25_200),
            deliveries: SignedDuration::from_secs(28_800),
            early_receipts: SignedDuration::from_secs(600),
        }
    }
}

/// The server key of codes that took the place of others.
pub(super) const RENEWED: &str = "new";

/// What no [`challenge`] keeps of its code.
pub(super) const WRONG_HASH: CodeHash = CodeHash([8; 32]);

/// An offer of a code that is said to be nobody's, and accepted where it is right.
pub(super) fn offer(hash: &CodeHash, key_id: &str) -> Offer {
    let hashes = vec![KeyedHash { key_id: key_id.to_owned(), hash: *hash }];
    Offer { hashes, user: None, organization: None, accept: true }
}

/// A login of [`USER`].
pub(super) fn login(operation: &str) -> Step {
    step(operation, "login", Some(USER))
}

/// The last moment before `seconds`.
pub(super) fn just_before(seconds: i64) -> Timestamp {
    at(seconds) - SignedDuration::from_millis(1)
}
