use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use data_adapter_core::{AdapterError, Binding, OperationId, OperationName, SystemRandom, UserId};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    ApprovalMethod, AttemptPolicy, Challenge, ChallengeStore as _, CodeHash, Guess, GuessPolicy, KeyedHash,
    Offer, Opened, Presentation, Retention, Step, Store,
};
use data_adapter_store_redis::{RedisSettings, RedisStore};
use data_adapter_store_split::SplitStore;
use jiff::{SignedDuration, Timestamp};

use crate::named::Named;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The time of all calls.
fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().expect("it is a time")
}

/// Everything for a day.
pub(crate) fn retention() -> Retention {
    let day = HOUR * 24;
    Retention {
        challenges: day,
        counters: day,
        shown_forms: day,
        ended_operations: day,
        revoked_tokens: day,
        sessions: day,
        idempotency: day,
        deliveries: day,
        early_receipts: day,
    }
}

/// Settings that fit servers of tests: their disks are not waited for, and they may be slow.
pub(crate) fn settings(url: String) -> RedisSettings {
    RedisSettings {
        url,
        allow_loss: true,
        connect_timeout_ms: 20_000,
        call_timeout_ms: 60_000,
        ..RedisSettings::default()
    }
}

/// A fresh store in servers where others may be as well.
pub(crate) async fn fresh(settings: &RedisSettings) -> Arc<RedisStore> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let prefix = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let settings = RedisSettings { prefix, ..settings.clone() };
    let open = || async {
        let opened = RedisStore::open(&settings, retention()).await;
        opened.map_err(|error| AdapterError::Remote(error.to_string()))
    };
    Arc::new(in_the_end(open).await)
}

/// A whole store, the other half of which is in memory, and whose challenges are called as anybody likes.
pub(crate) async fn named(settings: &RedisSettings) -> Arc<dyn Store> {
    let codes = Named::new(fresh(settings).await);
    Arc::new(SplitStore::new(Arc::new(codes), Arc::new(MemoryStore::default())))
}

/// Three tries at a step, five failures of a user.
pub(crate) fn policy() -> GuessPolicy {
    GuessPolicy {
        tries_per_step: 3,
        failures: AttemptPolicy { limit: 5, block_for: HOUR, forget_after: HOUR },
    }
}

/// A code that is opened now in an operation of its own.
pub(crate) async fn open(store: &RedisStore, user: &str, operation: &str) -> Result<Challenge, AdapterError> {
    let step = Step {
        operation: OperationId::new(operation),
        name: OperationName::new("login"),
        user: Some(UserId::new(user)),
    };
    let now = now();
    let challenge = Challenge {
        message: store.new_message(step.whose(), now, &SystemRandom),
        step,
        method: ApprovalMethod::Otp,
        presentation: Presentation::of(Binding::to_operation()),
        organization: None,
        code_hash: CodeHash([7; 32]),
        key_id: "key".to_owned(),
        created_at: now,
        expires_at: now + HOUR,
    };
    let opened = store.open(challenge.clone(), &[]).await?;
    assert_eq!(opened, Opened::Opened);
    Ok(challenge)
}

/// A right code, or a wrong one.
pub(crate) async fn guess(
    store: &RedisStore,
    challenge: &Challenge,
    is_right: bool,
) -> Result<Guess, AdapterError> {
    let hash = CodeHash([if is_right { 7 } else { 8 }; 32]);
    let hashes = vec![KeyedHash { key_id: "key".to_owned(), hash }];
    let offer = Offer { hashes, user: None, organization: None, accept: true };
    store.guess(&challenge.message, &offer, now(), &policy()).await
}

/// Asks again until it is refused for this reason: a machine that is slow has others before.
pub(crate) async fn refused_in_the_end<F: Future<Output = String>>(reason: &str, ask: impl Fn() -> F) {
    let start = Instant::now();
    loop {
        let refusal = ask().await;
        if refusal.contains(reason) {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "another reason: {refusal}");
    }
}

/// Asks again until there is an answer.
pub(crate) async fn in_the_end<T, F: Future<Output = Result<T, AdapterError>>>(ask: impl Fn() -> F) -> T {
    let start = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(60), "no answer: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
