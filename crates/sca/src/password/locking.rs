use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Clock, Credentials, Random, User, UserId,
};

use super::nobodys_credentials;
use crate::store::{Attempt, AttemptPolicy, AttemptStore, Factor};
use crate::turns::Turns;

/// Blocks a user's password for a while after too many wrong ones in a row, whatever back end checks it. Nothing tells
/// a blocked password from a wrong one: the answer and its time are the same.
///
/// An account that may not be used is no wrong guess, and nothing is forgotten for it either: who guesses at the password of
/// such an account has as many tries as with any other. The store is asked as often as after a wrong password.
///
/// An attempt for nobody is counted as any other, and forgotten in the place of what is written then: nothing stays of it.
pub struct LockingAuthentication {
    inner: Arc<dyn Authentication>,
    attempts: Arc<dyn AttemptStore>,
    policy: AttemptPolicy,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    factor: Factor,
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
        Self { inner, attempts, policy, clock, random, factor: Factor::Password, turns: Turns::new() }
    }

    /// Counts failures of another factor than users' passwords.
    #[must_use]
    pub fn counting(self, factor: Factor) -> Self {
        Self { factor, ..self }
    }

    async fn authenticate_in_turn(
        &self,
        credentials: &Credentials,
    ) -> Result<AuthenticationOutcome, AdapterError> {
        let (user, attempts) = (&credentials.user, &self.attempts);
        let outcome = only_under_own_id(self.inner.authenticate(credentials).await, user);
        if credentials.is_nobody {
            // Instead of what is written for somebody, so that it takes as long.
            attempts.clear_attempts(user, self.factor).await?;
            return outcome;
        }
        match &outcome {
            Ok(AuthenticationOutcome::Succeeded { .. }) => {
                attempts.clear_attempts(user, self.factor).await?;
            }
            Ok(AuthenticationOutcome::Failed { .. }) | Err(AdapterError::AuthenticationFailed(_)) => {
                attempts.keep_attempt(user, self.factor).await?;
            }
            Ok(AuthenticationOutcome::Restricted { .. }) | Err(_) => {
                attempts.take_attempt_back(user, self.factor, &self.policy).await?;
            }
        }
        outcome
    }
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
        let _turn = self.turns.wait(credentials.user.as_str()).await?;
        let now = self.clock.now();
        match self.attempts.count_attempt(&credentials.user, self.factor, now, &self.policy).await? {
            Attempt::Admitted => self.authenticate_in_turn(credentials).await,
            Attempt::Blocked => {
                // Not even a wrong password for this user: the system behind may count as well, and lock the account.
                self.inner.authenticate(&nobodys_credentials(credentials, self.random.as_ref())).await?;
                self.attempts.keep_attempt(&credentials.user, self.factor).await?;
                Ok(AuthenticationOutcome::Failed { remaining_attempts: None })
            }
        }
    }
}

#[cfg(test)]
mod tests;
