use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{CLOCK_TOLERANCE, Retention, SessionKey, SessionStore};
use jiff::{SignedDuration, Timestamp};

use super::challenges::is_older;
use super::{MemoryStore, is_ahead};

#[derive(Default)]
pub(super) struct Sessions {
    /// When anything was done in each.
    last: HashMap<SessionKey, Timestamp>,
    /// When those of each user were ended.
    ended: HashMap<UserId, Timestamp>,
}

impl Sessions {
    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.len();
        self.last.retain(|_, last| !is_older(*last, retention.sessions, now));
        self.ended.retain(|_, ended| !is_older(*ended, retention.sessions, now));
        before - self.len()
    }

    /// Ends those of a clock that was ahead: nobody knows how old they are. What ended others holds for every token that there may be.
    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let before = self.last.len();
        self.last.retain(|_, last| !is_ahead(*last, now));
        let ahead: Vec<_> = self.ended.values_mut().filter(|ended| is_ahead(**ended, now)).collect();
        let ended = ahead.len();
        ahead.into_iter().for_each(|ended| *ended = now + CLOCK_TOLERANCE);
        before - self.last.len() + ended
    }

    fn len(&self) -> usize {
        self.last.len() + self.ended.len()
    }

    fn admit(
        &mut self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> bool {
        if self.ended.get(&session.user).is_some_and(|ended| issued_at <= *ended) {
            return false;
        }
        let is_recent = |time: &Timestamp| !is_older(*time, idle, now) && !is_ahead(*time, now);
        if !is_recent(&issued_at) && !self.last.get(session).is_some_and(is_recent) {
            return false;
        }
        self.last.insert(session.clone(), now);
        true
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

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        Ok(self.state().sessions.admit(session, issued_at, now, idle))
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        let sessions = &mut self.state().sessions;
        let ended = sessions.ended.entry(user.clone()).or_insert(issued_until);
        *ended = issued_until.max(*ended);
        let before = sessions.last.len();
        sessions.last.retain(|session, _| session.user != *user);
        Ok((before - sessions.last.len()) as u64)
    }
}
