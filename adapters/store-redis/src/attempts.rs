use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{Admission, Attempt, AttemptPolicy, AttemptRecord, AttemptStore, Block, Factor};
use jiff::{SignedDuration, Timestamp};

use crate::RedisStore;
use crate::records::Attempts;
use crate::store::{Change, Entry, pause};

impl RedisStore {
    /// Asks the record of a user, and keeps what is left of it. Without a time that lasts no longer than before.
    async fn change_record<T>(
        &self,
        user: &UserId,
        factor: Factor,
        now: Option<Timestamp>,
        change: impl Fn(&mut AttemptRecord) -> T,
    ) -> Result<T, AdapterError> {
        let (place, key) = self.attempts_key(user, factor);
        let deadline = self.servers.deadline();
        let mut round = 0;
        loop {
            let was = self.one(&place, &key, deadline).await?;
            let mut entry: Entry<Attempts> = Entry::read(key.clone(), was)?;
            let new = || Attempts { user: user.clone(), factor, record: AttemptRecord::default() };
            let answer = change(&mut entry.value.get_or_insert_with(new).record);
            let writes = vec![entry.write(now, &self.retention())];
            if self.keep(&place, Change { writes, indexed: None }, deadline).await? {
                return Ok(answer);
            }
            round += 1;
            pause(round, deadline).await?;
        }
    }

    async fn record(&self, user: &UserId, factor: Factor) -> Result<AttemptRecord, AdapterError> {
        let (place, key) = self.attempts_key(user, factor);
        let was = self.one(&place, &key, self.servers.deadline()).await?;
        let entry: Entry<Attempts> = Entry::read(key, was)?;
        Ok(entry.value.map(|attempts| attempts.record).unwrap_or_default())
    }
}

#[async_trait]
impl AttemptStore for RedisStore {
    async fn admit_attempt(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
        lease: SignedDuration,
    ) -> Result<Admission, AdapterError> {
        let admit = |record: &mut AttemptRecord| record.admit(&attempt.id, now, policy, lease);
        self.change_record(&attempt.user, attempt.factor, Some(now), admit).await
    }

    async fn attempt_succeeded(&self, attempt: &Attempt, now: Timestamp) -> Result<(), AdapterError> {
        let succeed = |record: &mut AttemptRecord| record.succeed(&attempt.id, now);
        self.change_record(&attempt.user, attempt.factor, Some(now), succeed).await
    }

    async fn attempt_failed(
        &self,
        attempt: &Attempt,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        let fail = |record: &mut AttemptRecord| record.fail(&attempt.id, now, policy);
        self.change_record(&attempt.user, attempt.factor, Some(now), fail).await
    }

    async fn give_attempt_back(&self, attempt: &Attempt) -> Result<(), AdapterError> {
        let give_back = |record: &mut AttemptRecord| record.give_back(&attempt.id);
        self.change_record(&attempt.user, attempt.factor, None, give_back).await
    }

    async fn clear_attempts(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        let clear = |record: &mut AttemptRecord| !std::mem::take(record).is_empty();
        self.change_record(user, factor, None, clear).await
    }

    async fn block(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
        policy: &AttemptPolicy,
    ) -> Result<(), AdapterError> {
        self.change_record(user, factor, Some(now), |record| record.block(now, policy)).await
    }

    async fn blocked_until(
        &self,
        user: &UserId,
        factor: Factor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AdapterError> {
        let record = self.record(user, factor).await?;
        Ok(record.blocked_until.filter(|until| *until > now))
    }

    async fn blocks(&self, now: Timestamp) -> Result<Vec<Block>, AdapterError> {
        let is_blocked = |attempts: &Attempts| attempts.record.is_blocked(now);
        let blocked = self.walked("attempts", is_blocked).await?.into_iter();
        let mut blocks: Vec<_> = blocked
            .filter_map(|Attempts { user, factor, record }| {
                let until = record.blocked_until?;
                Some(Block { user, factor, failures: record.failures, until })
            })
            .collect();
        blocks.sort_by(|a, b| (&a.user, a.factor).cmp(&(&b.user, b.factor)));
        Ok(blocks)
    }
}
