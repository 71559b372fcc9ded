use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Clock, Credentials, Random, UserId,
};

use super::nobodys_credentials;
use crate::store::{Attempt, AttemptPolicy, AttemptStore, Factor};
use crate::turns::Turns;

/// Blocks a user's password for a while after too many wrong ones in a row, whatever back end checks it. Nothing tells
/// a blocked password from a wrong one: the answer and its time are the same.
pub struct LockingAuthentication {
    inner: Arc<dyn Authentication>,
    attempts: Arc<dyn AttemptStore>,
    policy: AttemptPolicy,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    turns: Turns,
}

impl LockingAuthentication {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Authentication>,
        attempts: Arc<dyn AttemptStore>,
        policy: AttemptPolicy,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self { inner, attempts, policy, clock, random, turns: Turns::new() }
    }

    async fn authenticate_in_turn(
        &self,
        credentials: &Credentials,
    ) -> Result<AuthenticationOutcome, AdapterError> {
        let outcome = only_under_own_id(self.inner.authenticate(credentials).await, &credentials.user);
        match &outcome {
            Ok(AuthenticationOutcome::Succeeded(_)) => {
                self.attempts.clear_attempts(&credentials.user, Factor::Password).await?;
            }
            Ok(AuthenticationOutcome::Failed { .. }) | Err(AdapterError::AuthenticationFailed(_)) => {}
            Err(_) => {
                self.attempts.take_attempt_back(&credentials.user, Factor::Password, &self.policy).await?;
            }
        }
        outcome
    }
}

/// A success for another spelling of the id is a failure: whoever has several spellings would have as many counters.
fn only_under_own_id(
    outcome: Result<AuthenticationOutcome, AdapterError>,
    id: &UserId,
) -> Result<AuthenticationOutcome, AdapterError> {
    match outcome {
        Ok(AuthenticationOutcome::Succeeded(user)) if user.id != *id => {
            tracing::warn!("a back end took a password for another user id than it was asked about");
            Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
        }
        outcome => outcome,
    }
}

#[async_trait]
impl Authentication for LockingAuthentication {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let _turn = self.turns.wait(credentials.user.as_str()).await?;
        let now = self.clock.now();
        match self.attempts.count_attempt(&credentials.user, Factor::Password, now, &self.policy).await? {
            Attempt::Admitted => self.authenticate_in_turn(credentials).await,
            Attempt::Blocked => {
                // Not even a wrong password for this user: the system behind may count as well, and lock the account.
                self.inner.authenticate(&nobodys_credentials(credentials, self.random.as_ref())).await?;
                Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
            }
        }
    }
}
