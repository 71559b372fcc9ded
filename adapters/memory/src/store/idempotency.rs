use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Begun, CallUnderWay, IdempotencyKey, IdempotencyStore, Retention, StoredAnswer};
use jiff::{SignedDuration, Timestamp};

use super::challenges::is_older;
use super::{MemoryStore, bring_back, is_ahead};

#[derive(Default)]
pub(super) struct Calls {
    begun: HashMap<IdempotencyKey, Call>,
}

struct Call {
    fingerprint: [u8; 32],
    begun_at: Timestamp,
    /// Zero once it is finished.
    lease: SignedDuration,
    /// None until it had its effect.
    answer: Option<StoredAnswer>,
}

impl Call {
    fn is_under_way(&self, now: Timestamp) -> bool {
        !self.lease.is_zero() && !is_older(self.begun_at, self.lease, now) && !is_ahead(self.begun_at, now)
    }
}

impl Calls {
    fn unfinished(&mut self, key: &IdempotencyKey, fingerprint: &[u8; 32]) -> Option<&mut Call> {
        let call = self.begun.get_mut(key)?;
        (!call.lease.is_zero() && call.fingerprint == *fingerprint).then_some(call)
    }

    /// Whether a call has begun and had no effect yet.
    pub(super) fn awaits_effect(&mut self, call: &CallUnderWay) -> bool {
        self.unfinished(&call.key, &call.fingerprint).is_some_and(|call| call.answer.is_none())
    }

    /// Keeps what a call is answered, now that it had its effect.
    pub(super) fn had_effect(&mut self, call: CallUnderWay) {
        if let Some(begun) = self.unfinished(&call.key, &call.fingerprint) {
            begun.answer = Some(call.answer);
        }
    }

    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.begun.len();
        self.begun.retain(|_, call| !is_older(call.begun_at, retention.idempotency, now));
        before - self.begun.len()
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        self.begun.values_mut().map(|call| bring_back(&mut call.begun_at, now)).sum()
    }
}

#[async_trait]
impl IdempotencyStore for MemoryStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        let new = Call { fingerprint: *fingerprint, begun_at: now, lease, answer: None };
        Ok(match self.state().calls.begun.entry(key.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(new);
                Begun::New
            }
            Entry::Occupied(mut entry) => match (entry.get().is_under_way(now), &entry.get().answer) {
                (false, None) => {
                    entry.insert(new);
                    Begun::New
                }
                _ if entry.get().fingerprint != *fingerprint => Begun::OtherCall,
                (true, _) => Begun::UnderWay,
                (false, Some(answer)) => Begun::Stored(answer.clone()),
            },
        })
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        if let Some(call) = self.state().calls.unfinished(key, fingerprint) {
            call.answer = Some(answer);
            call.lease = SignedDuration::ZERO;
        }
        Ok(())
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        let calls = &mut self.state().calls;
        if calls.unfinished(key, fingerprint).is_some_and(|call| undone || call.answer.is_none()) {
            calls.begun.remove(key);
        }
        Ok(())
    }
}
