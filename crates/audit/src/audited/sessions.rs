use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records who logs in, and whose sessions are ended. What is done in a session has lines of its own.
pub struct AuditedSessions {
    inner: Arc<dyn SessionStore>,
    auditor: Arc<Auditor>,
}

impl AuditedSessions {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn SessionStore>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

#[async_trait]
impl SessionStore for AuditedSessions {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        let event = AuditEvent::new(EventKind::SessionOpened).of(Some(&session.user), None);
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.open_session(session, now).await;
        match &result {
            Ok(()) => step.came_to(AuditOutcome::Succeeded, None),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.inner.touch_session(session, now, idle).await
    }

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.inner.admit_session(session, issued_at, now, idle).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        let event = AuditEvent::new(EventKind::SessionsEnded).of(Some(user), None);
        let mut step = self.auditor.announce(event).await?;
        let result = self.inner.end_sessions(user, issued_until).await;
        match &result {
            Ok(ended) => {
                step.came_to(AuditOutcome::Succeeded, None);
                step.change(|event| event.count = Some(*ended));
            }
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
