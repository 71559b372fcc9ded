use std::sync::Mutex;

use data_adapter_core::{
    OperationContext, OperationId, OperationName, Password, Restriction, SystemClock, SystemRandom, UserId,
};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::store::Block;

/// A store that notes what it is asked.
struct Noting {
    attempt: Attempt,
    asked: Mutex<Vec<&'static str>>,
}

impl Noting {
    fn note(&self, what: &'static str) {
        self.asked.lock().expect("nothing panics with it").push(what);
    }
}

#[async_trait]
impl AttemptStore for Noting {
    async fn count_attempt(
        &self,
        _: &UserId,
        _: Factor,
        _: Timestamp,
        _: &AttemptPolicy,
    ) -> Result<Attempt, AdapterError> {
        self.note("count");
        Ok(self.attempt)
    }

    async fn take_attempt_back(&self, _: &UserId, _: Factor, _: &AttemptPolicy) -> Result<(), AdapterError> {
        self.note("take back");
        Ok(())
    }

    async fn keep_attempt(&self, _: &UserId, _: Factor) -> Result<(), AdapterError> {
        self.note("keep");
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

fn failed() -> Result<AuthenticationOutcome, AdapterError> {
    Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
}

fn refused() -> Result<AuthenticationOutcome, AdapterError> {
    Err(AdapterError::AuthenticationFailed(String::new()))
}

fn restricted() -> Result<AuthenticationOutcome, AdapterError> {
    Ok(AuthenticationOutcome::restricted(credentials().user, Restriction::PasswordExpired))
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

/// What the store is asked when a password is answered so.
async fn asked(
    attempt: Attempt,
    answer: fn() -> Result<AuthenticationOutcome, AdapterError>,
) -> Vec<&'static str> {
    asked_about(&credentials(), attempt, answer).await
}

async fn asked_about(
    credentials: &Credentials,
    attempt: Attempt,
    answer: fn() -> Result<AuthenticationOutcome, AdapterError>,
) -> Vec<&'static str> {
    let store = Arc::new(Noting { attempt, asked: Mutex::default() });
    let policy = AttemptPolicy {
        limit: 5,
        block_for: SignedDuration::from_secs(60),
        forget_after: SignedDuration::from_secs(60),
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let locking =
        LockingAuthentication::new(Arc::new(Saying(answer)), Arc::clone(&store) as _, policy, clock, random);
    drop(locking.authenticate(credentials).await);
    std::mem::take(&mut store.asked.lock().expect("nothing panics with it"))
}

/// A statement more, or one that changes nothing, would show in the time.
#[tokio::test]
async fn whatever_keeps_somebody_out_costs_the_store_the_same() {
    assert_eq!(asked(Attempt::Admitted, restricted).await, ["count", "take back"]);
    for (attempt, answer) in
        [(Attempt::Admitted, failed as fn() -> _), (Attempt::Admitted, refused), (Attempt::Blocked, failed)]
    {
        assert_eq!(asked(attempt, answer).await, ["count", "keep"], "{attempt:?}");
    }
    assert_eq!(asked(Attempt::Blocked, restricted).await, ["count", "keep"], "nobody's account");
    let nobody = Credentials { is_nobody: true, ..credentials() };
    for answer in [failed as fn() -> _, refused, restricted] {
        assert_eq!(asked_about(&nobody, Attempt::Admitted, answer).await, ["count", "clear"], "for nobody");
    }
}
