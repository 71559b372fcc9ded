use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{
    Attempt, AttemptPolicy, AttemptStore, Block, BlockDurations, CLOCK_TOLERANCE, Factor, Retention,
};
use jiff::Timestamp;

use super::challenges::is_older;
use super::{MemoryStore, bring_back};

#[derive(Default)]
pub(super) struct Attempts {
    counters: HashMap<(UserId, Factor), Counter>,
}

#[derive(Default)]
struct Counter {
    failures: u32,
    last: Timestamp,
    blocked_until: Option<Timestamp>,
}

impl Counter {
    fn is_blocked(&self, now: Timestamp) -> bool {
        self.blocked_until.is_some_and(|until| until > now)
    }

    fn shorten_block(&mut self, latest: Timestamp) {
        self.blocked_until = self.blocked_until.map(|until| until.min(latest));
    }
}

/// What became of counting an attempt.
pub(super) struct Counted {
    pub(super) attempt: Attempt,
    pub(super) starts_block: bool,
}

impl Attempts {
    pub(super) fn count(
        &mut self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Counted {
        let counter = self.counters.entry((user.clone(), factor)).or_default();
        counter.shorten_block(now + policy.block_for);
        if counter.is_blocked(now) {
            return Counted { attempt: Attempt::Blocked, starts_block: false };
        }
        if counter.blocked_until.is_some() || is_older(counter.last, policy.forget_after, now) {
            *counter = Counter::default();
        }
        counter.failures += 1;
        counter.last = now;
        let starts_block = counter.failures >= policy.limit;
        if starts_block {
            counter.blocked_until = Some(now + policy.block_for);
        }
        Counted { attempt: Attempt::Admitted, starts_block }
    }

    fn block(&mut self, user: &UserId, factor: Factor, now: Timestamp, policy: &AttemptPolicy) {
        let counter = self.counters.entry((user.clone(), factor)).or_default();
        // On top of those that may be taken back, so that the block stays.
        counter.failures = counter.failures.saturating_add(policy.limit);
        counter.last = now;
        counter.blocked_until = counter.blocked_until.max(Some(now + policy.block_for));
    }

    pub(super) fn clear(&mut self, user: &UserId, factor: Factor) -> bool {
        self.counters.remove(&(user.clone(), factor)).is_some()
    }

    pub(super) fn take_back(&mut self, user: &UserId, factor: Factor, policy: &AttemptPolicy) {
        if let Some(counter) = self.counters.get_mut(&(user.clone(), factor)) {
            counter.failures = counter.failures.saturating_sub(1);
            if counter.failures < policy.limit {
                counter.blocked_until = None;
            }
        }
    }

    fn blocked_until(&self, user: &UserId, factor: Factor, now: Timestamp) -> Option<Timestamp> {
        let counter = self.counters.get(&(user.clone(), factor))?;
        counter.blocked_until.filter(|_| counter.is_blocked(now))
    }

    fn blocks(&self, now: Timestamp) -> Vec<Block> {
        let blocked = self.counters.iter().filter(|(_, counter)| counter.is_blocked(now));
        let mut blocks: Vec<Block> = blocked
            .filter_map(|((user, factor), counter)| {
                let until = counter.blocked_until?;
                Some(Block { user: user.clone(), factor: *factor, failures: counter.failures, until })
            })
            .collect();
        blocks.sort_by(|a, b| (&a.user, a.factor).cmp(&(&b.user, b.factor)));
        blocks
    }

    pub(super) fn rewind(&mut self, now: Timestamp, blocks: BlockDurations) -> usize {
        let rewound = self.counters.iter_mut().map(|((_, factor), counter)| {
            let latest = now + blocks.of(*factor);
            let is_too_long =
                counter.blocked_until.is_some_and(|until| until.duration_since(latest) > CLOCK_TOLERANCE);
            if is_too_long {
                counter.shorten_block(latest);
            }
            bring_back(&mut counter.last, now).max(is_too_long.into())
        });
        rewound.sum()
    }

    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.counters.len();
        self.counters
            .retain(|_, counter| counter.is_blocked(now) || !is_older(counter.last, retention.counters, now));
        before - self.counters.len()
    }
}

#[async_trait]
impl AttemptStore for MemoryStore {
    async fn count_attempt(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<Attempt, AdapterError> {
        Ok(self.state().attempts.count(user, factor, now, policy).attempt)
    }

    async fn take_attempt_back(
        &self,
        user: &UserId,
        factor: Factor,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.state().attempts.take_back(user, factor, policy);
        Ok(())
    }

    async fn keep_attempt(&self, user: &UserId, factor: Factor) -> Result<(), AdapterError> {
        // Only for the time that it takes to look.
        std::hint::black_box(self.state().attempts.counters.contains_key(&(user.clone(), factor)));
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
        self.state().attempts.block(user, factor, now, policy);
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
