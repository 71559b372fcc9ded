mod factors;

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Clock, Credentials, Restriction,
};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{AttemptPolicy, BlockDurations, LockingAuthentication, Store};
use data_adapter_testkit::{Approval, ManualClock, SeededRandom};
use futures::future::join_all;
use jiff::SignedDuration;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::*;

const POLICY: AttemptPolicy = AttemptPolicy {
    limit: 5,
    block_for: SignedDuration::from_secs(600),
    forget_after: SignedDuration::from_secs(3600),
};

/// Nobody's password is right.
struct Wrong;

#[async_trait]
impl Authentication for Wrong {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        tokio::task::yield_now().await;
        Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
    }
}

/// Nobody's account may be used, and all passwords are right.
struct Temporary;

#[async_trait]
impl Authentication for Temporary {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        Ok(AuthenticationOutcome::restricted(credentials.user.clone(), Restriction::MustChangePassword))
    }
}

/// Passwords that are counted and block, and the counters.
struct Bench {
    clock: Arc<ManualClock>,
    authentication: CountedAuthentication,
    counters: Snapshotter,
}

impl Bench {
    fn new() -> Self {
        Self::over(Arc::new(Wrong))
    }

    fn over(behind: Arc<dyn Authentication>) -> Self {
        let clock = Arc::new(ManualClock::new(data_adapter_testkit::start()));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let time: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let locking = LockingAuthentication::new(
            behind,
            Arc::clone(&store) as _,
            POLICY,
            std::time::Duration::from_secs(10),
            Arc::clone(&time),
            Arc::new(SeededRandom::new(1)),
        );
        let recorder = DebuggingRecorder::new();
        let authentication = metrics::with_local_recorder(&recorder, || {
            let durations = BlockDurations { code: POLICY.block_for, password: POLICY.block_for };
            CountedAuthentication::new(Arc::new(locking), BlockCounter::new(store, time, durations))
        });
        Self { clock, authentication, counters: recorder.snapshotter() }
    }

    async fn attempts(&self, user: &str, count: usize) {
        let credentials = Approval::login("op").by(user).credentials("wrong");
        join_all((0..count).map(|_| self.authentication.authenticate(&credentials))).await;
    }

    /// The counter with this name and the value of its only label, since it was asked for last.
    fn counted(&self, name: &str, label: &str) -> u64 {
        let counted = self.counters.snapshot().into_vec().into_iter().find_map(|(key, _, _, value)| {
            let is_it = key.key().name() == name && key.key().labels().any(|other| other.value() == label);
            let DebugValue::Counter(value) = value else { return None };
            is_it.then_some(value)
        });
        counted.expect("there is such a counter")
    }

    fn blocks(&self) -> u64 {
        self.counted("data_adapter_blocks_total", "password")
    }
}

#[tokio::test]
async fn a_block_is_counted_once_however_many_attempts_meet_it() {
    let bench = Bench::new();
    bench.attempts("user", 4).await;
    assert_eq!(bench.blocks(), 0);
    bench.attempts("user", 20).await;
    assert_eq!(bench.blocks(), 1, "attempts at once");
    bench.clock.advance(SignedDuration::from_secs(1));
    bench.attempts("user", 3).await;
    assert_eq!(bench.blocks(), 0, "attempts during the block");
    bench.attempts("other", 5).await;
    assert_eq!(bench.blocks(), 1, "another user");
    bench.clock.advance(POLICY.block_for);
    bench.attempts("user", 5).await;
    assert_eq!(bench.blocks(), 1, "the next one");
}

#[tokio::test]
async fn wrong_passwords_are_counted_while_they_are_blocked_too() {
    let bench = Bench::new();
    bench.attempts("user", 7).await;
    assert_eq!(bench.counted("data_adapter_passwords_total", "failed"), 7);
}

#[tokio::test]
async fn passwords_of_accounts_that_may_not_be_used_are_neither_wrong_nor_right() {
    for (event, expected) in [("restricted", 7), ("failed", 0), ("verified", 0)] {
        let bench = Bench::over(Arc::new(Temporary));
        bench.attempts("user", 7).await;
        assert_eq!(bench.counted("data_adapter_passwords_total", event), expected, "{event}");
    }
    let bench = Bench::over(Arc::new(Temporary));
    bench.attempts("user", 7).await;
    assert_eq!(bench.blocks(), 0);
}
