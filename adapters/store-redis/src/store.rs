//! Changes: what is there is read, what becomes of it is computed here, and it is kept where it is still as it was read. Otherwise
//! it is done again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_adapter_core::{AdapterError, Random, SystemRandom};
use data_adapter_sca::Retention;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::place::{Hiding, Name, Place};
use crate::records::Record;
use crate::remote;
use crate::scripts::Scripts;
use crate::servers::Servers;

/// What is kept can't be read.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Trouble(pub(crate) String);

/// A store of codes and counters in Redis or Valkey. Any number of instances may use it at once.
pub struct RedisStore {
    pub(crate) servers: Servers,
    pub(crate) scripts: Scripts,
    pub(crate) hiding: Hiding,
    prefix: String,
    /// How long things are kept that nobody asks for any more.
    retention: Mutex<Retention>,
}

/// What a key holds, and what it is to hold.
#[derive(Debug)]
pub(crate) struct Entry<T> {
    key: String,
    /// As it was read; empty where there was nothing.
    was: String,
    /// As it is to be; `None` where there is nothing to keep.
    pub(crate) value: Option<T>,
}

impl<T: Record> Entry<T> {
    pub(crate) fn read(key: String, was: String) -> Result<Self, AdapterError> {
        let value = if was.is_empty() { None } else { Some(T::read(&was).map_err(|error| remote(&error))?) };
        Ok(Self { key, was, value })
    }

    fn becomes(&self) -> String {
        self.value.as_ref().and_then(Record::write).unwrap_or_default()
    }

    /// What the script is told of it. Without a time what is kept lasts as long as before.
    pub(crate) fn write(&self, now: Option<Timestamp>, retention: &Retention) -> Write {
        let until = self.value.as_ref().map(|value| value.lasts_until(retention));
        let lasts = now.and_then(|now| until.map(|until| lasting(until.duration_since(now))));
        Write { key: self.key.clone(), was: self.was.clone(), becomes: self.becomes(), lasts }
    }
}

/// What a key held, and what it is to hold.
pub(crate) struct Write {
    pub(crate) key: String,
    /// Empty where there was nothing.
    pub(crate) was: String,
    /// Empty where there is to be nothing.
    pub(crate) becomes: String,
    /// For how many milliseconds; `None` where that stays as it is.
    pub(crate) lasts: Option<u64>,
}

/// What becomes of an index together with what it leads to.
#[derive(Default)]
pub(crate) struct Indexed {
    /// Its key.
    pub(crate) key: String,
    /// What is in it from now on: which, how it is sorted, and for how many milliseconds.
    pub(crate) added: Vec<(String, i64, u64)>,
    /// What is not in it any more.
    pub(crate) removed: Vec<String>,
}

/// Everything of one place that changes together.
#[derive(Default)]
pub(crate) struct Change {
    pub(crate) writes: Vec<Write>,
    pub(crate) indexed: Option<Indexed>,
}

impl Change {
    fn changes_nothing(&self) -> bool {
        self.indexed.is_none() && self.writes.iter().all(|write| write.was == write.becomes)
    }
}

/// For how many milliseconds a server has to keep what nobody asks for after `left`. Its clock and those of the instances may
/// differ, and the time of a call may be that of a clock that is ahead.
pub(crate) fn lasting(left: SignedDuration) -> u64 {
    const SLACK: SignedDuration = SignedDuration::from_mins(10);
    u64::try_from((left.max(SignedDuration::ZERO) + SLACK).as_millis()).unwrap_or(u64::MAX >> 1)
}

impl RedisStore {
    pub(crate) fn new(servers: Servers, hiding: Hiding, prefix: String, retention: Retention) -> Self {
        Self { servers, scripts: Scripts::new(), hiding, prefix, retention: Mutex::new(retention) }
    }

    /// What the names of all keys of a place begin with.
    pub(crate) fn base(&self, place: &Place) -> String {
        format!("{}:{place}:", self.prefix)
    }

    /// The name of a key.
    pub(crate) fn key(&self, place: &Place, kind: &str, name: &str) -> String {
        format!("{}:{place}:{kind}:{name}", self.prefix)
    }

    /// What the names of all keys of a kind are like, for `SCAN`.
    pub(crate) fn pattern(&self, kind: &str) -> String {
        let digit = "[0-9a-f]";
        format!("{}:{{{digit}{digit}{digit}}}:{kind}:*", self.prefix)
    }

    /// The name of what an owner has once.
    pub(crate) fn owned(&self, kind: &str, owner: &Name) -> String {
        self.key(&Place::of_name(owner), kind, owner)
    }

    pub(crate) fn retention(&self) -> Retention {
        *self.retention.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on things are kept for so long.
    pub(crate) fn retain_for(&self, retention: Retention) {
        *self.retention.lock().unwrap_or_else(PoisonError::into_inner) = retention;
    }

    /// What several keys of a place hold, in one moment.
    pub(crate) async fn read(
        &self,
        place: &Place,
        keys: &[String],
        deadline: Instant,
    ) -> Result<Vec<String>, AdapterError> {
        self.servers.run(place, &self.scripts.read, keys, &[], deadline).await
    }

    /// Keeps a change, unless what it follows from is not so any more: whether it was kept.
    pub(crate) async fn keep(
        &self,
        place: &Place,
        change: Change,
        deadline: Instant,
    ) -> Result<bool, AdapterError> {
        if change.changes_nothing() {
            return Ok(true);
        }
        let Change { writes, indexed } = change;
        let mut keys = Vec::new();
        let mut arguments = vec![writes.len().to_string().into_bytes()];
        for Write { key, was, becomes, lasts } in writes {
            keys.push(key);
            let lasts = lasts.map_or_else(String::new, |lasts| lasts.to_string());
            arguments.extend([was, becomes, lasts].map(String::into_bytes));
        }
        if let Some(Indexed { key, added, removed }) = indexed {
            keys.push(key);
            for (member, score, lasts) in added {
                let all = ["add".to_owned(), member, score.to_string(), lasts.to_string()];
                arguments.extend(all.map(String::into_bytes));
            }
            for member in removed {
                let all = ["remove".to_owned(), member, String::new(), String::new()];
                arguments.extend(all.map(String::into_bytes));
            }
        }
        let kept: u8 = self.servers.run(place, &self.scripts.keep, &keys, &arguments, deadline).await?;
        Ok(kept == 1)
    }
}

/// Waits until others have had time to finish what was in the way: a little longer each time, and not as long as they wait.
pub(crate) async fn pause(round: u32, deadline: Instant) -> Result<(), AdapterError> {
    if Instant::now() >= deadline {
        return Err(remote(&"others changed the same all the time"));
    }
    let random: &dyn Random = &SystemRandom;
    let longest = 1 + 500 * u64::from(round.min(20));
    sleep(Duration::from_micros(u64::from(u16::from_be_bytes(random.bytes())) % longest)).await;
    Ok(())
}
