use std::sync::Arc;

use data_adapter_core::{AdapterError, AuthenticationOutcome, Clock};
use tokio::runtime::Handle;

use crate::store::{Attempt, AttemptPolicy, AttemptStore};

/// An attempt of which the store has to learn what it came to, also where the caller went away before that.
pub(super) struct UnderWay {
    /// `None` once the store knows.
    pub(super) attempt: Option<Attempt>,
    pub(super) attempts: Arc<dyn AttemptStore>,
    pub(super) policy: AttemptPolicy,
    pub(super) clock: Arc<dyn Clock>,
    /// Nothing stays of it, whatever it comes to.
    pub(super) is_nobodys: bool,
    /// Whether somebody was asked: it may have been a guess then.
    pub(super) is_checked: bool,
}

impl UnderWay {
    /// Tells the store what it came to.
    pub(super) async fn end(
        mut self,
        outcome: &Result<AuthenticationOutcome, AdapterError>,
    ) -> Result<(), AdapterError> {
        let (Some(attempt), now) = (&self.attempt, self.clock.now()) else { return Ok(()) };
        let told = match outcome {
            _ if self.is_nobodys => self.attempts.give_attempt_back(attempt).await,
            Ok(AuthenticationOutcome::Succeeded { .. }) => {
                self.attempts.attempt_succeeded(attempt, now).await
            }
            Ok(AuthenticationOutcome::Failed { .. }) | Err(AdapterError::AuthenticationFailed(_)) => {
                self.attempts.attempt_failed(attempt, now, &self.policy).await
            }
            Ok(AuthenticationOutcome::Restricted { .. }) | Err(_) => {
                self.attempts.give_attempt_back(attempt).await
            }
        };
        self.attempt = None;
        told
    }

    /// It was not admitted, and there is nothing to tell.
    pub(super) fn forget(mut self) {
        self.attempt = None;
    }
}

/// Nobody waits for it any more. It is a failure if somebody was asked, whatever they say.
impl Drop for UnderWay {
    fn drop(&mut self) {
        let (Some(attempt), Ok(runtime)) = (self.attempt.take(), Handle::try_current()) else { return };
        let (attempts, policy, now) = (Arc::clone(&self.attempts), self.policy, self.clock.now());
        let counts = self.is_checked && !self.is_nobodys;
        runtime.spawn(async move {
            let told = match counts {
                true => attempts.attempt_failed(&attempt, now, &policy).await,
                false => attempts.give_attempt_back(&attempt).await,
            };
            if let Err(error) = told {
                tracing::warn!(%error, "an attempt that nobody waits for is under way until its time is over");
            }
        });
    }
}
