use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{
    Admission, Attempt, AttemptPolicy, AttemptRecord, AttemptStore, Block, BlockDurations, Factor, Retention,
};
use jiff::{SignedDuration, Timestamp};

use super::MemoryStore;

#[derive(Default)]
pub(super) struct Attempts {
    records: HashMap<(UserId, Factor), AttemptRecord>,
}

impl Attempts {
    /// Asks the record of a user, and keeps what is left of it.
    pub(super) fn change<T>(
        &mut self,
        user: &UserId,
        factor: Factor,
        change: impl FnOnce(&mut AttemptRecord) -> T,
    ) -> T {
        let key = (user.clone(), factor);
        let record = self.records.entry(key.clone()).or_default();
        let changed = change(record);
        if record.is_empty() {
            self.records.remove(&key);
        }
        changed
    }

    fn change_of<T>(&mut self, attempt: &Attempt, change: impl FnOnce(&mut AttemptRecord) -> T) -> T {
        self.change(&attempt.user, attempt.factor, change)
    }

    pub(super) fn clear(&mut self, user: &UserId, factor: Factor) -> bool {
        self.records.remove(&(user.clone(), factor)).is_some()
    }

    pub(super) fn blocked_until(&self, user: &UserId, factor: Factor, now: Timestamp) -> Option<Timestamp> {
        let record = self.records.get(&(user.clone(), factor))?;
        record.blocked_until.filter(|until| *until > now)
    }

    fn blocks(&self, now: Timestamp) -> Vec<Block> {
        let blocked = self.records.iter().filter(|(_, record)| record.is_blocked(now));
        let mut blocks: Vec<Block> = blocked
            .filter_map(|((user, factor), record)| {
                let until = record.blocked_until?;
                Some(Block { user: user.clone(), factor: *factor, failures: record.failures, until })
            })
            .collect();
        blocks.sort_by(|a, b| (&a.user, a.factor).cmp(&(&b.user, b.factor)));
        blocks
    }

    pub(super) fn rewind(&mut self, now: Timestamp, blocks: BlockDurations) -> usize {
        let rewound = self
            .records
            .iter_mut()
            .filter_map(|((_, factor), record)| record.rewind(now, blocks.of(*factor)).then_some(()));
        rewound.count()
    }

    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.records.len();
        self.records.retain(|_, record| !record.is_outdated(now, retention.counters));
        before - self.records.len()
    }
}

#[async_trait]
impl AttemptStore for MemoryStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        let attempts = &mut self.state().attempts;
        Ok(attempts.change_of(attempt, |record| record.admit(&attempt.id, now, policy, lease)))
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        self.state().attempts.change_of(attempt, |record| record.succeed(&attempt.id, now));
        Ok(())
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.state().attempts.change_of(attempt, |record| record.fail(&attempt.id, now, policy));
        Ok(())
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        self.state().attempts.change_of(attempt, |record| record.give_back(&attempt.id));
        Ok(())
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        Ok(self.state().attempts.clear(user, factor))
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.state().attempts.change(user, factor, |record| record.block(now, policy));
        Ok(())
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        Ok(self.state().attempts.blocked_until(user, factor, now))
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        Ok(self.state().attempts.blocks(now))
    }
}
