use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::{
    AdapterError, Authentication as _, AuthenticationOutcome, Clock, Credentials, SystemRandom, UserId,
};
use data_adapter_sca::{AttemptPolicy, Factor, LockingAuthentication, Retention, Store};
use jiff::{SignedDuration, Timestamp};

use crate::{Approval, Directory, ManualClock};

pub(super) const LIMIT: u32 = 5;
pub(super) const BLOCK_FOR: i64 = 120;
pub(super) const FORGET_AFTER: i64 = 3_600;
/// How long a check takes at most; an attempt that nobody ends is a failure after half a minute.
const LONGEST: Duration = Duration::from_secs(10);
/// How long one of many attempts at once waits for the others, however slow the store is.
const PATIENCE: Duration = Duration::from_secs(600);
pub(super) const RIGHT: &str = Directory::PASSWORD;
pub(super) const WRONG: &str = "not the password";

/// Passwords that are checked by a directory and counted in a store.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) directory: Arc<Directory>,
    pub(super) clock: Arc<ManualClock>,
    locking: Arc<LockingAuthentication>,
}

impl Bench {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        let (directory, clock) = (Arc::default(), Arc::default());
        let locking = locking(&store, &directory, Arc::clone(&clock) as _);
        Self { store, directory, clock, locking }
    }

    /// A second instance over the same store and directory.
    pub(super) fn another(&self) -> Self {
        self.another_ahead(0)
    }

    /// A second instance, whose clock is so many seconds ahead.
    pub(super) fn another_ahead(&self, seconds: i64) -> Self {
        let clock = Ahead { clock: Arc::clone(&self.clock), by: SignedDuration::from_secs(seconds) };
        Self { locking: locking(&self.store, &self.directory, Arc::new(clock)), ..self.clone() }
    }

    /// Forgets the failures of the payer.
    pub(super) async fn clear(&self) {
        let cleared = self.store.clear_attempts(&UserId::new(Directory::PAYER), Factor::Password).await;
        cleared.expect("the store forgets");
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(super) async fn authenticate(
        &self,
        user: &str,
        password: &str,
    ) -> Result<AuthenticationOutcome, AdapterError> {
        let credentials = Approval::login("op").by(user).credentials(password);
        self.locking.authenticate(&credentials).await
    }

    /// A password that came for nobody, under an id that was made for it.
    pub(super) async fn fail_as_nobody(&self, id: &str) {
        let credentials = Approval::login("op").by(id).credentials(RIGHT);
        let outcome = self.locking.authenticate(&Credentials { is_nobody: true, ..credentials }).await;
        assert_eq!(
            outcome.expect("the directory answers"),
            AuthenticationOutcome::Failed { remaining_attempts: None }
        );
    }

    /// How many records there are in the store that go some day.
    pub(super) async fn records(&self) -> u64 {
        let nothing = SignedDuration::ZERO;
        let retention = Retention {
            challenges: nothing,
            counters: nothing,
            shown_forms: nothing,
            ended_operations: nothing,
            revoked_tokens: nothing,
            sessions: nothing,
            idempotency: nothing,
            deliveries: nothing,
            early_receipts: nothing,
        };
        let late = self.clock.now() + SignedDuration::from_hours(24 * 365);
        self.store.purge(late, retention).await.expect("the store purges")
    }

    pub(super) async fn succeeds(&self, user: &str, password: &str) -> bool {
        match self.authenticate(user, password).await {
            Ok(AuthenticationOutcome::Succeeded { user: found, .. }) => {
                assert_eq!(found.id.as_str(), user);
                true
            }
            other => {
                assert_eq!(
                    other.expect("the directory answers"),
                    AuthenticationOutcome::Failed { remaining_attempts: None }
                );
                false
            }
        }
    }

    /// That the account may not be used is said, and nothing else.
    pub(super) async fn is_restricted(&self, user: &str, password: &str) {
        let outcome = self.authenticate(user, password).await.expect("the directory answers");
        let is_restricted = matches!(outcome, AuthenticationOutcome::Restricted { .. });
        assert!(is_restricted, "it came back as {outcome:?}");
    }

    /// So many wrong passwords of the payer.
    pub(super) async fn fail_often(&self, failures: u32) {
        self.fail_often_as(Directory::PAYER, failures).await;
    }

    pub(super) async fn fail_often_as(&self, user: &str, failures: u32) {
        for _ in 0..failures {
            let right = self.succeeds(user, WRONG).await;
            assert!(!right, "a wrong password succeeded");
        }
    }

    pub(super) async fn is_blocked(&self, user: &str, factor: Factor) -> bool {
        let until = self.store.blocked_until(&UserId::new(user), factor, self.clock.now()).await;
        until.expect("the store knows who is blocked").is_some()
    }
}

/// A clock that differs from another one.
struct Ahead {
    clock: Arc<ManualClock>,
    by: SignedDuration,
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        self.clock.now() + self.by
    }
}

fn locking(
    store: &Arc<dyn Store>,
    directory: &Arc<Directory>,
    clock: Arc<dyn Clock>,
) -> Arc<LockingAuthentication> {
    let policy = AttemptPolicy {
        limit: LIMIT,
        block_for: SignedDuration::from_secs(BLOCK_FOR),
        forget_after: SignedDuration::from_secs(FORGET_AFTER),
    };
    let locking = LockingAuthentication::new(
        Arc::clone(directory) as _,
        Arc::clone(store) as _,
        policy,
        LONGEST,
        clock,
        Arc::new(SystemRandom),
    );
    Arc::new(locking.waiting(PATIENCE))
}
