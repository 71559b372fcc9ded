use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Retention, SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};

use super::challenges::is_older;
use super::{MemoryStore, is_ahead};

#[derive(Default)]
pub(super) struct Sessions {
    /// When anything was done in each.
    last: HashMap<SessionKey, Timestamp>,
}

impl Sessions {
    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.last.len();
        self.last.retain(|_, last| !is_older(*last, retention.sessions, now));
        before - self.last.len()
    }

    /// Ends those of a clock that was ahead: nobody knows how old they are.
    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let before = self.last.len();
        self.last.retain(|_, last| !is_ahead(*last, now));
        before - self.last.len()
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        self.state().sessions.last.insert(session.clone(), now);
        Ok(())
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let is_live = |last: &Timestamp| !is_older(*last, idle, now) && !is_ahead(*last, now);
        let last = state.sessions.last.get_mut(session).filter(|last| is_live(last));
        Ok(last.map(|last| *last = now).is_some())
    }

    async fn end_sessions(&self, user: &UserId) -> Result<u64, AdapterError> {
        let sessions = &mut self.state().sessions.last;
        let before = sessions.len();
        sessions.retain(|session, _| session.user != *user);
        Ok((before - sessions.len()) as u64)
    }
}
