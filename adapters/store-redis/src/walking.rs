//! What goes over everything that is kept: lists for operators, what is over, and what a clock that went back has left. All of it
//! is looked at in pages, so that no server is held up.

use std::collections::BTreeMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use data_adapter_records::{latest, length, nanoseconds};
use data_adapter_sca::{BlockDurations, CLOCK_TOLERANCE, Maintenance, Retention};
use jiff::Timestamp;
use redis::pipe;

use crate::link::Node;
use crate::loaded::Loaded;
use crate::place::{PLACES, Place};
use crate::records::{Attempts, CAME_TOO_LATE, ChallengeRecord, Ended, Record, State, StepRecord};
use crate::servers::Servers;
use crate::store::{Change, Entry};
use crate::{RedisStore, remote};

/// How many keys a server looks at in one go.
const PAGE: usize = 1_000;

/// A way over all keys of a kind, page by page: there may be more than an instance has room for. A key may be met twice.
struct Walk {
    pattern: String,
    /// Servers that were not asked to the end.
    nodes: Vec<Node>,
    /// Where the last of them goes on.
    cursor: String,
}

impl Walk {
    /// The next keys with what they hold; `None` at the end.
    async fn next(&mut self, servers: &Servers) -> Result<Option<Vec<(String, String)>>, AdapterError> {
        const START: &str = "0";
        let Some(node) = self.nodes.last().cloned() else { return Ok(None) };
        let mut scan = pipe();
        scan.cmd("SCAN").arg(&self.cursor).arg("MATCH").arg(&self.pattern).arg("COUNT").arg(PAGE);
        let pages = servers.at(&node, &scan, servers.deadline()).await?;
        let (cursor, keys): (String, Vec<String>) =
            pages.into_iter().next().ok_or_else(|| remote(&"it answers nothing"))?;
        self.cursor = cursor;
        if self.cursor == START {
            self.nodes.pop();
        }
        if keys.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut values = pipe();
        for key in &keys {
            values.cmd("GET").arg(key);
        }
        let values = servers.at(&node, &values, servers.deadline()).await?;
        let there = keys.into_iter().zip(values);
        let there = there.filter_map(|(key, value): (_, Option<String>)| Some((key, value?)));
        Ok(Some(there.filter(|(_, value)| value != CAME_TOO_LATE).collect()))
    }
}

impl RedisStore {
    async fn walk(&self, kind: &str) -> Result<Walk, AdapterError> {
        let nodes = self.servers.primaries(self.servers.deadline()).await?;
        Ok(Walk { pattern: self.pattern(kind), nodes, cursor: "0".to_owned() })
    }

    /// Everything of a kind that is meant.
    pub(crate) async fn walked<T: Record>(
        &self,
        kind: &str,
        is_meant: impl Fn(&T) -> bool,
    ) -> Result<Vec<T>, AdapterError> {
        let (mut found, mut walk) = (BTreeMap::new(), self.walk(kind).await?);
        while let Some(page) = walk.next(&self.servers).await? {
            for (key, was) in page {
                let entry = Entry::read(key.clone(), was)?;
                found.extend(entry.value.filter(|value| is_meant(value)).map(|value| (key, value)));
            }
        }
        Ok(found.into_values().collect())
    }

    /// Changes what `change` says true of, and says how many that were. What others change meanwhile is left to the next time.
    async fn on_each<T: Record>(
        &self,
        kind: &str,
        now: Timestamp,
        change: impl Fn(&mut Option<T>) -> bool,
    ) -> Result<u64, AdapterError> {
        let (mut changed, mut walk) = (0, self.walk(kind).await?);
        while let Some(page) = walk.next(&self.servers).await? {
            for (key, was) in page {
                let Some(place) = Place::of_key(&key) else { continue };
                let mut entry = Entry::read(key, was)?;
                let counts = change(&mut entry.value);
                let writes = vec![entry.write(Some(now), &self.retention())];
                let change = Change { writes, indexed: None };
                changed += u64::from(counts && self.keep(&place, change, self.servers.deadline()).await?);
            }
        }
        Ok(changed)
    }

    async fn messages(
        &self,
        is_meant: impl Fn(&ChallengeRecord) -> bool,
    ) -> Result<Vec<MessageId>, AdapterError> {
        let meant = self.walked::<ChallengeRecord>("challenge", is_meant).await?.into_iter();
        Ok(meant.map(|record| record.challenge.message).collect())
    }

    async fn purge_challenges(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let is_over = |record: &ChallengeRecord| {
            now.duration_since(record.challenge.expires_at) >= retention.challenges
        };
        let mut removed = 0;
        for message in self.messages(is_over).await? {
            let deadline = self.servers.deadline();
            let Some(loaded) = self.load(&message, deadline).await? else { continue };
            if is_over(&loaded.record) {
                let (place, change) = loaded.forget(self, now);
                removed += u64::from(self.keep(&place, change, deadline).await?);
            }
        }
        Ok(removed)
    }

    async fn rewind_challenges(&self, now: Timestamp) -> Result<u64, AdapterError> {
        let is_ahead =
            |record: &ChallengeRecord| record.challenge.created_at.duration_since(now) > CLOCK_TOLERANCE;
        let put_right = |loaded: &mut Loaded| {
            let is_ahead = is_ahead(&loaded.record);
            if is_ahead {
                if loaded.record.state == State::Open {
                    loaded.close(State::Ended);
                }
                let challenge = &mut loaded.record.challenge;
                (challenge.created_at, challenge.expires_at) = (now, challenge.expires_at.min(now));
            }
            is_ahead
        };
        let mut changed = 0;
        for message in self.messages(is_ahead).await? {
            let was_ahead = self.on_challenge(&message, Some(now), put_right).await?;
            changed += u64::from(was_ahead.unwrap_or_default());
        }
        Ok(changed)
    }
}

/// Forgets what a step has spent, if it is old enough, and says whether there was anything.
fn purge_step(step: &mut Option<StepRecord>, now: Timestamp, retention: Retention) -> bool {
    let Some(step) = step else { return false };
    let until = step.last_at.saturating_add(length(retention.counters));
    let is_over = step.guesses > 0 && until <= nanoseconds(now);
    if is_over {
        (step.guesses, step.last_at) = (0, 0);
    }
    is_over
}

/// Leaves nothing where there is something of which `is_over` is true.
fn purge<T>(value: &mut Option<T>, is_over: impl Fn(&T) -> bool) -> bool {
    value.take_if(|value| is_over(value)).is_some()
}

#[async_trait]
impl Maintenance for RedisStore {
    /// What is over goes by itself, [a little later](crate::store::lasting) than it is removed by this.
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        self.retain_for(retention);
        let removed = self.purge_challenges(now, retention).await?
            + self.on_each("step", now, |step| purge_step(step, now, retention)).await?
            + self
                .on_each::<Attempts>("attempts", now, |attempts| {
                    purge(attempts, |attempts| attempts.record.is_outdated(now, retention.counters))
                })
                .await?
            + self
                .on_each::<Ended>("ended", now, |ended| {
                    purge(ended, |ended| now.duration_since(ended.0) >= retention.ended_operations)
                })
                .await?;
        Ok(removed + self.purge_windows(now).await?)
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        let changed = self.rewind_challenges(now).await?
            + self
                .on_each::<StepRecord>("step", now, |step| {
                    let ahead = step.as_mut().filter(|step| step.is_ahead(now));
                    ahead.map(|step| step.last_at = nanoseconds(now)).is_some()
                })
                .await?
            + self
                .on_each::<Attempts>("attempts", now, |attempts| {
                    let rewind = |Attempts { factor, record, .. }: &mut Attempts| {
                        record.rewind(now, blocks.of(*factor))
                    };
                    attempts.as_mut().is_some_and(rewind)
                })
                .await?
            + self
                .on_each::<Ended>("ended", now, |ended| {
                    let ahead = ended.as_mut().filter(|ended| nanoseconds(ended.0) > latest(now));
                    ahead.map(|ended| ended.0 = now).is_some()
                })
                .await?;
        Ok(changed + self.rewind_windows(now).await?)
    }

    /// Changes something at every primary.
    async fn probe(&self) -> Result<(), AdapterError> {
        let deadline = self.servers.deadline();
        let map = self.servers.map(deadline).await?;
        for node in map.primaries() {
            let mut places = (0..PLACES).map(Place::numbered);
            let Some(place) = places.find(|place| map.primary(place.slot()) == Some(&node)) else { continue };
            let key = self.key(&place, "probe", "-");
            let _: u8 = self.servers.run(&place, &self.scripts.probe, &[key], &[], deadline).await?;
        }
        Ok(())
    }

    async fn close(&self) {
        self.servers.close().await;
    }
}
