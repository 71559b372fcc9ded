use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use data_adapter_core::{
    OperationContext, OperationId, OperationName, Password, Restriction, SystemClock, SystemRandom, UserId,
};
use futures::future::join_all;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::*;
use crate::store::Block;

/// A store that notes what it is asked, and admits attempts as it was told; when it was told nothing, it admits them.
#[derive(Default)]
struct Noting {
    admissions: Mutex<VecDeque<Admission>>,
    asked: Mutex<Vec<&'static str>>,
}

impl Noting {
    fn saying(admissions: &[Admission]) -> Arc<Self> {
        let admissions = Mutex::new(admissions.iter().copied().collect());
        Arc::new(Self { admissions, ..Self::default() })
    }

    fn note(&self, what: &'static str) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl AttemptStore for Noting {
    async fn admit_attempt(
        &self,
        _: &Attempt,
        _: Timestamp,
        _: &AttemptPolicy,
        _: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        self.note("admit");
        let mut admissions = self.admissions.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(admissions.pop_front().unwrap_or(Admission::Admitted))
    }

    async fn attempt_succeeded(&self, _: &Attempt, _: Timestamp) -> Result<(), AdapterError> {
        self.note("succeeded");
        Ok(())
    }

    async fn attempt_failed(&self, _: &Attempt, _: Timestamp, _: &AttemptPolicy) -> Result<(), AdapterError> {
        self.note("failed");
        Ok(())
    }

    async fn give_attempt_back(&self, _: &Attempt) -> Result<(), AdapterError> {
        self.note("give back");
        Ok(())
    }

    async fn clear_attempts(&self, _: &UserId, _: Factor) -> Result<bool, AdapterError> {
        self.note("clear");
        Ok(true)
    }

    async fn block(
        &self,
        _: &UserId,
        _: Factor,
        _: Timestamp,
        _: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.note("block");
        Ok(())
    }

    async fn blocked_until(
        &self,
        _: &UserId,
        _: Factor,
        _: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        Ok(None)
    }

    async fn blocks(&self, _: Timestamp) -> Result<Vec<Block>, AdapterError> {
        Ok(Vec::new())
    }
}

/// A back end with one answer.
struct Saying(fn() -> Result<AuthenticationOutcome, AdapterError>);

#[async_trait]
impl Authentication for Saying {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        (self.0)()
    }
}

/// A back end that answers when it is let, and tells how many it has been asked about.
struct Hanging {
    gate: Semaphore,
    asked: Semaphore,
}

impl Hanging {
    fn new() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), asked: Semaphore::new(0) })
    }
}

#[async_trait]
impl Authentication for Hanging {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        self.asked.add_permits(1);
        let _permit = self.gate.acquire().await;
        succeeded()
    }
}

fn succeeded() -> Result<AuthenticationOutcome, AdapterError> {
    Ok(AuthenticationOutcome::succeeded(User {
        id: credentials().user,
        organization: data_adapter_core::OrganizationId::new("RETAIL"),
        given_name: None,
        family_name: None,
        phone: None,
        language: None,
        status: data_adapter_core::AccountStatus::Active,
        extras: data_adapter_core::Extras::default(),
    }))
}

fn failed() -> Result<AuthenticationOutcome, AdapterError> {
    Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
}

fn refused() -> Result<AuthenticationOutcome, AdapterError> {
    Err(AdapterError::AuthenticationFailed(String::new()))
}

fn restricted() -> Result<AuthenticationOutcome, AdapterError> {
    Ok(AuthenticationOutcome::restricted(credentials().user, Restriction::PasswordExpired))
}

fn unreachable_now() -> Result<AuthenticationOutcome, AdapterError> {
    Err(AdapterError::Remote("the test says so".to_owned()))
}

fn credentials() -> Credentials {
    let operation = OperationContext {
        id: OperationId::new("op"),
        name: OperationName::new("login"),
        data: None,
        external_transaction: None,
        form_data: None,
        application: None,
    };
    let password = Password::Clear("s3cret".into());
    Credentials { user: UserId::new("1"), is_nobody: false, organization: None, password, operation }
}

fn locking(inner: Arc<dyn Authentication>, store: &Arc<Noting>) -> LockingAuthentication {
    let policy = AttemptPolicy {
        limit: 5,
        block_for: SignedDuration::from_secs(60),
        forget_after: SignedDuration::from_secs(60),
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    LockingAuthentication::new(inner, Arc::clone(store) as _, policy, Duration::from_secs(1), clock, random)
}

/// What the store is asked when a password is answered so.
async fn asked(
    admission: Admission,
    answer: fn() -> Result<AuthenticationOutcome, AdapterError>,
) -> Vec<&'static str> {
    asked_about(&credentials(), admission, answer).await
}

async fn asked_about(
    credentials: &Credentials,
    admission: Admission,
    answer: fn() -> Result<AuthenticationOutcome, AdapterError>,
) -> Vec<&'static str> {
    let store = Noting::saying(&[admission]);
    drop(locking(Arc::new(Saying(answer)), &store).authenticate(credentials).await);
    store.asked()
}

/// A statement more, or one that changes nothing, would show in the time.
#[tokio::test]
async fn whatever_keeps_somebody_out_costs_the_store_the_same() {
    assert_eq!(asked(Admission::Admitted, succeeded).await, ["admit", "succeeded"]);
    assert_eq!(asked(Admission::Admitted, restricted).await, ["admit", "give back"]);
    assert_eq!(asked(Admission::Admitted, unreachable_now).await, ["admit", "give back"]);
    for (admission, answer) in [
        (Admission::Admitted, failed as fn() -> _),
        (Admission::Admitted, refused),
        (Admission::Blocked, failed),
    ] {
        assert_eq!(asked(admission, answer).await, ["admit", "failed"], "{admission:?}");
    }
    assert_eq!(asked(Admission::Blocked, restricted).await, ["admit", "failed"], "nobody's account");
    let nobody = Credentials { is_nobody: true, ..credentials() };
    for answer in [failed as fn() -> _, refused, restricted] {
        let asked = asked_about(&nobody, Admission::Admitted, answer).await;
        assert_eq!(asked, ["admit", "give back"], "for nobody");
    }
}

#[tokio::test(start_paused = true)]
async fn who_finds_all_attempts_under_way_waits_for_one_of_them_to_end() {
    let store = Noting::saying(&[Admission::Busy; 20]);
    let outcome = locking(Arc::new(Saying(failed)), &store).authenticate(&credentials()).await;
    assert_eq!(outcome.expect("there was room in the end"), failed().expect("it is an outcome"));
    assert_eq!(store.asked().len(), 22, "20 times in vain, once with room, and what it came to");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_too_long_is_told_so_and_nothing_is_checked() {
    let store = Noting::saying(&[Admission::Busy; 10_000]);
    let since = Instant::now();
    let outcome = locking(Arc::new(Saying(succeeded)), &store).authenticate(&credentials()).await;
    assert!(matches!(outcome, Err(AdapterError::Unanswerable(_))), "it came back as {outcome:?}");
    let waited = since.elapsed();
    assert!(waited >= LockingAuthentication::PATIENCE, "{waited:?}");
    assert!(waited < LockingAuthentication::PATIENCE + Duration::from_secs(1), "{waited:?}");
    tokio::task::yield_now().await;
    assert!(store.asked().iter().all(|asked| *asked == "admit"), "there is nothing to give back");
}

#[tokio::test(start_paused = true)]
async fn of_one_user_one_asks_the_store_and_others_wait_in_line() {
    let (store, hanging) = (Noting::saying(&[]), Hanging::new());
    let locking = Arc::new(locking(Arc::clone(&hanging) as _, &store));
    let ask = || {
        let locking = Arc::clone(&locking);
        tokio::spawn(async move { locking.authenticate(&credentials()).await })
    };
    let all: Vec<_> = (0..20).map(|_| ask()).collect();
    let _asked = hanging.asked.acquire().await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(store.asked(), ["admit"]);
    hanging.gate.add_permits(1);
    let all = join_all(all).await.into_iter();
    assert!(all.into_iter().all(|one| matches!(one, Ok(Ok(AuthenticationOutcome::Succeeded { .. })))));
}

#[tokio::test(start_paused = true)]
async fn a_flood_for_one_user_is_turned_away_without_a_word_to_the_store() {
    let (store, hanging) = (Noting::saying(&[]), Hanging::new());
    let locking = Arc::new(locking(Arc::clone(&hanging) as _, &store));
    let flood = join_all((0..2_000).map(|_| {
        let locking = Arc::clone(&locking);
        async move { locking.authenticate(&credentials()).await.is_err() }
    }));
    let answers = async {
        let _asked = hanging.asked.acquire().await;
        let asked = store.asked();
        hanging.gate.add_permits(1);
        asked
    };
    let (refused, asked) = tokio::join!(flood, answers);
    assert_eq!(asked, ["admit"]);
    assert_eq!(refused.into_iter().filter(|refused| *refused).count(), 2_000 - 1 - 256);
}

/// Else its place would be taken until its time is over, and a success in the meantime would not make it forgotten.
#[tokio::test]
async fn an_attempt_whose_caller_goes_away_has_failed_at_once() {
    let nobody = Credentials { is_nobody: true, ..credentials() };
    for (credentials, expected) in [(credentials(), "failed"), (nobody, "give back")] {
        let (store, hanging) = (Noting::saying(&[]), Hanging::new());
        let locking = locking(Arc::clone(&hanging) as _, &store);
        let going_away = async {
            let _asked = hanging.asked.acquire().await;
        };
        tokio::select! {
            outcome = locking.authenticate(&credentials) => unreachable!("it came back as {outcome:?}"),
            () = going_away => {}
        }
        while store.asked.lock().unwrap_or_else(PoisonError::into_inner).len() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.asked(), ["admit", expected]);
    }
}
