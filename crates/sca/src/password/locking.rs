use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Clock, Credentials, Random, Subject, User, UserId,
};
use data_adapter_shares::{Refusal, Share, Shares, Sizes};
use jiff::SignedDuration;
use tokio::time::{Instant, sleep, timeout_at};

use super::nobodys_credentials;
use super::under_way::UnderWay;
use crate::store::{Admission, Attempt, AttemptPolicy, AttemptStore, CLOCK_TOLERANCE, Factor};

/// Blocks a user's password for a while after too many wrong ones in a row, whatever back end checks it. Nothing tells
/// a blocked password from a wrong one: the answer and its time are the same.
///
/// An attempt is a reservation in the store while it is checked, so that right passwords at the same moment block nobody. Where the
/// attempts that are left are all under way, the next one waits for one of them to end. Each instance has one of a user under way.
///
/// An account that may not be used is no wrong guess, and nothing is forgotten for it either: who guesses at the password of
/// such an account has as many tries as with any other. The store is asked as often as after a wrong password.
///
/// An attempt for nobody is counted as any other, and forgotten in the place of what is written then: nothing stays of it.
pub struct LockingAuthentication {
    inner: Arc<dyn Authentication>,
    attempts: Arc<dyn AttemptStore>,
    policy: AttemptPolicy,
    lease: SignedDuration,
    patience: Duration,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    factor: Factor,
    places: Shares,
}

/// An attempt that may be made.
struct Admitted {
    /// Among those of its user in this process.
    place: Share,
    under_way: UnderWay,
    is_blocked: bool,
}

impl LockingAuthentication {
    /// How long somebody waits for an attempt where nothing else is said: longer than any queue that still makes sense to a person.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How long somebody waits before they ask the store again whether there is room, at first and at most. Another instance does
    /// not say when there is.
    const PAUSES: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(80)];
    /// No check takes longer.
    const MOST: SignedDuration = SignedDuration::from_hours(24);
    /// What an attempt may take besides its check: the clocks of the instances differ, and the store takes its time.
    const MARGIN: SignedDuration = SignedDuration::from_secs(10);

    /// Wraps `inner`, whose checks take `longest` at most: an attempt that takes much longer is a failure, until it turns out to be
    /// right.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Authentication>,
        attempts: Arc<dyn AttemptStore>,
        policy: AttemptPolicy,
        longest: Duration,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let longest = SignedDuration::try_from(longest).unwrap_or(Self::MOST).min(Self::MOST);
        let lease = longest.saturating_add(CLOCK_TOLERANCE + Self::MARGIN);
        // One of each user: a process that dies costs nobody more than one failure, and leaves them the others.
        let places = Shares::new(Sizes::of_each(1));
        let (patience, factor) = (Self::PATIENCE, Factor::Password);
        Self { inner, attempts, policy, lease, patience, clock, random, factor, places }
    }

    /// Lets somebody wait so long for an attempt at most.
    #[must_use]
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Counts failures of another factor than users' passwords.
    #[must_use]
    pub fn counting(self, factor: Factor) -> Self {
        Self { factor, ..self }
    }

    /// Waits until an attempt may be made, or turns out to be one of a blocked user. Nobody waits for another user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Unanswerable`] when too many wait already, at once, or for too long.
    async fn admit(&self, credentials: &Credentials) -> Result<Admitted, AdapterError> {
        let deadline = Instant::now() + self.patience;
        let place = self.places.acquire(Subject::new(("attempt", credentials.user.as_str())));
        let place = timeout_at(deadline, place).await.unwrap_or(Err(Refusal::Subject)).map_err(too_many)?;
        let attempt = Attempt::new(&credentials.user, self.factor, &*self.random);
        let under_way = self.under_way(&attempt, credentials.is_nobody);
        let [mut pause, longest_pause] = Self::PAUSES;
        loop {
            let now = self.clock.now();
            match self.attempts.admit_attempt(&attempt, now, &self.policy, self.lease).await? {
                Admission::Admitted => return Ok(Admitted { place, under_way, is_blocked: false }),
                Admission::Blocked => return Ok(Admitted { place, under_way, is_blocked: true }),
                Admission::Busy if Instant::now() < deadline => sleep(self.about(pause)).await,
                Admission::Busy => {
                    under_way.forget();
                    return Err(too_many(Refusal::Subject));
                }
            }
            pause = (pause * 2).min(longest_pause);
        }
    }

    fn under_way(&self, attempt: &Attempt, is_nobodys: bool) -> UnderWay {
        UnderWay {
            attempt: Some(attempt.clone()),
            attempts: Arc::clone(&self.attempts),
            policy: self.policy,
            clock: Arc::clone(&self.clock),
            is_nobodys,
            is_checked: false,
        }
    }

    /// From half of `pause` to one and a half, so that those who wait don't all come at once.
    fn about(&self, pause: Duration) -> Duration {
        let [chance] = self.random.bytes();
        pause / 2 + pause * u32::from(chance) / u32::from(u8::MAX)
    }

    /// What an attempt comes to.
    async fn check(
        &self,
        credentials: &Credentials,
        is_blocked: bool,
    ) -> Result<AuthenticationOutcome, AdapterError> {
        if !is_blocked {
            return only_under_own_id(self.inner.authenticate(credentials).await, &credentials.user);
        }
        // Not even a wrong password for this user: the system behind may count as well, and lock the account.
        self.inner.authenticate(&nobodys_credentials(credentials, self.random.as_ref())).await?;
        Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
    }
}

fn too_many(refusal: Refusal) -> AdapterError {
    AdapterError::Unanswerable(refusal.to_string())
}

/// A right password under another spelling of the id is a failure: whoever has several spellings would have as many counters.
fn only_under_own_id(
    outcome: Result<AuthenticationOutcome, AdapterError>,
    id: &UserId,
) -> Result<AuthenticationOutcome, AdapterError> {
    match outcome {
        Ok(AuthenticationOutcome::Succeeded { user: User { id: other, .. }, .. })
        | Ok(AuthenticationOutcome::Restricted { user: other, .. })
            if other != *id =>
        {
            tracing::warn!("a back end took a password for another user id than it was asked about");
            Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
        }
        outcome => outcome,
    }
}

#[async_trait]
impl Authentication for LockingAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let Admitted { place: _place, mut under_way, is_blocked } = self.admit(credentials).await?;
        under_way.is_checked = true;
        let outcome = self.check(credentials, is_blocked).await;
        under_way.end(&outcome).await?;
        outcome
    }
}

#[cfg(test)]
mod tests;
