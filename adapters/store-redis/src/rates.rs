//! Limits. All windows are in one place, so that a call counts against all of its limits or none; and they are listed there by their names.

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_records::{Unreadable, count, latest, length, nanoseconds};
use data_adapter_sca::{Challenge, Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey, Step};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::place::Place;
use crate::scripts::sha1_hex;
use crate::store::{Change, Indexed, Write, lasting};
use crate::{RedisStore, place, remote};

/// A time as scripts compare it: 19 digits.
fn digits(nanoseconds: i64) -> String {
    format!("{:019}", nanoseconds.max(0))
}

/// The name of a window: its key, then its length and its limit in so many digits that names are in the order of what they name.
fn name(key: &str, limit: &RateLimit) -> String {
    format!("{key}\0{:019}\0{:010}", length(limit.window), limit.limit)
}

/// What a name names.
fn named(name: &str) -> Option<(&str, RateLimit)> {
    let (rest, limit) = name.rsplit_once('\0')?;
    let (key, window) = rest.rsplit_once('\0')?;
    let window = SignedDuration::from_nanos(window.parse().ok()?);
    Some((key, RateLimit { limit: limit.parse().ok()?, window }))
}

/// A window: when it began and ends, and how many calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    began: i64,
    ends: i64,
    calls: i64,
}

impl Window {
    fn read(value: &str) -> Result<Self, AdapterError> {
        let part = |range| value.get(range).and_then(|part: &str| part.parse().ok());
        match (part(0..19), part(19..38), value.get(38..).and_then(|calls| calls.parse().ok())) {
            (Some(began), Some(ends), Some(calls)) => Ok(Self { began, ends, calls }),
            _ => Err(remote(&"the store holds a window that can't be read")),
        }
    }

    fn write(self) -> String {
        format!("{}{}{}", digits(self.began), digits(self.ends), self.calls)
    }

    fn is_running(self, now: Timestamp) -> bool {
        self.ends > nanoseconds(now) && self.began <= latest(now)
    }
}

/// A window that is kept.
struct Kept {
    name: String,
    value: String,
}

impl RedisStore {
    /// What a window is called may have a user in it, who is in no key.
    fn window_key(&self, name: &str) -> String {
        self.key(&Place::of_rates(), "window", &sha1_hex(name))
    }

    fn index_key(&self) -> String {
        self.key(&Place::of_rates(), "windows", "all")
    }

    /// What says which challenge of a step is being opened: whoever opened one less has to wait for it.
    pub(crate) fn opening_key(&self, step: &Step) -> String {
        self.key(&Place::of_rates(), "opening", &place::step(step))
    }

    /// Counts a call of every key that counts, for a challenge that is opened then, or says which limit is reached.
    pub(crate) async fn count(
        &self,
        keys: &[RatedKey],
        opened: Option<&Challenge>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Rated, AdapterError> {
        let mut windows = Vec::new();
        let mut arguments = vec![digits(nanoseconds(now)), digits(latest(now))];
        for (place, rated) in keys.iter().enumerate() {
            for limit in &rated.limits {
                let name = name(&rated.key, limit);
                arguments.push(u8::from(rated.counts).to_string());
                arguments.push(limit.limit.to_string());
                arguments.push(digits(nanoseconds(now).saturating_add(length(limit.window))));
                arguments.push(lasting(limit.window).to_string());
                windows.push((place, *limit, self.window_key(&name)));
                arguments.push(name);
            }
        }
        if windows.is_empty() {
            return Ok(Rated::Admitted);
        }
        let mut names: Vec<_> = windows.iter().map(|(_, _, key)| key.clone()).collect();
        names.push(self.index_key());
        if let Some(challenge) = opened {
            names.push(self.opening_key(&challenge.step));
            arguments.extend([challenge.message.to_string(), self.servers.longest.as_millis().to_string()]);
        }
        let arguments: Vec<_> = arguments.into_iter().map(String::into_bytes).collect();
        let script = &self.scripts.rate;
        let full: Vec<(usize, i64)> =
            self.servers.run(&Place::of_rates(), script, &names, &arguments, deadline).await?;
        let over = full.into_iter().filter_map(|(window, ends)| {
            let (key, limit, _) = windows.get(window)?;
            let resets_in = SignedDuration::from_nanos(ends.saturating_sub(nanoseconds(now)));
            Some(Over { key: *key, limit: *limit, resets_in })
        });
        Ok(over.max_by_key(|over| over.resets_in).map_or(Rated::Admitted, Rated::Over))
    }

    /// Takes back a call that was counted, and came to nothing.
    pub(crate) async fn take_back(
        &self,
        keys: &[RatedKey],
        now: Timestamp,
        deadline: Instant,
    ) -> Result<(), AdapterError> {
        let counted = keys.iter().filter(|rated| rated.counts);
        let names = counted
            .flat_map(|rated| rated.limits.iter().map(|limit| self.window_key(&name(&rated.key, limit))));
        let names: Vec<_> = names.collect();
        if names.is_empty() {
            return Ok(());
        }
        let (script, arguments) = (&self.scripts.unrate, [digits(nanoseconds(now)).into_bytes()]);
        let _: u8 = self.servers.run(&Place::of_rates(), script, &names, &arguments, deadline).await?;
        Ok(())
    }

    /// Up to 500 windows whose names are between these, as `ZRANGEBYLEX` has them.
    async fn page(&self, first: Vec<u8>, last: Vec<u8>) -> Result<Vec<Kept>, AdapterError> {
        let place = Place::of_rates();
        let arguments = [self.key(&place, "window", "").into_bytes(), first, last];
        let (script, deadline) = (&self.scripts.windows, self.servers.deadline());
        let found: Vec<(String, String)> =
            self.servers.run(&place, script, &[self.index_key()], &arguments, deadline).await?;
        Ok(found.into_iter().map(|(name, value)| Kept { name, value }).collect())
    }

    /// All windows, those that are gone by themselves as well.
    async fn all_windows(&self) -> Result<Vec<Kept>, AdapterError> {
        let (mut all, mut first) = (Vec::new(), b"-".to_vec());
        loop {
            let page = self.page(first, b"+".to_vec()).await?;
            let Some(last) = page.last() else { return Ok(all) };
            first = [b"(", last.name.as_bytes()].concat();
            all.extend(page);
        }
    }

    /// Keeps another window in the place of this one, or none; false where it has changed.
    async fn replace(&self, kept: Kept, new: Option<Window>) -> Result<bool, AdapterError> {
        let Kept { name, value } = kept;
        let indexed = new.is_none().then(|| Indexed {
            key: self.index_key(),
            removed: vec![name.clone()],
            ..Indexed::default()
        });
        let becomes = new.map(Window::write).unwrap_or_default();
        let write = Write { key: self.window_key(&name), was: value, becomes, lasts: None };
        let change = Change { writes: vec![write], indexed };
        self.keep(&Place::of_rates(), change, self.servers.deadline()).await
    }

    /// Removes the windows that are over, and says how many there were. Those that change meanwhile are not over.
    pub(crate) async fn purge_windows(&self, now: Timestamp) -> Result<u64, AdapterError> {
        let mut removed = 0;
        for kept in self.all_windows().await? {
            let is_gone = kept.value.is_empty();
            if is_gone || Window::read(&kept.value)?.ends <= nanoseconds(now) {
                removed += u64::from(self.replace(kept, None).await? && !is_gone);
            }
        }
        Ok(removed)
    }

    /// Lets windows of a clock that was ahead begin now, and says how many there were. Those that change meanwhile have been put right.
    pub(crate) async fn rewind_windows(&self, now: Timestamp) -> Result<u64, AdapterError> {
        let mut changed = 0;
        for kept in self.all_windows().await?.into_iter().filter(|kept| !kept.value.is_empty()) {
            let window = Window::read(&kept.value)?;
            if window.began > latest(now) {
                let length = window.ends.saturating_sub(window.began);
                let (began, ends) = (nanoseconds(now), nanoseconds(now).saturating_add(length));
                changed += u64::from(self.replace(kept, Some(Window { began, ends, ..window })).await?);
            }
        }
        Ok(changed)
    }
}

fn told(kept: &Kept, keys: &RateKeys, now: Timestamp) -> Result<Option<RateWindow>, AdapterError> {
    let Some((key, limit)) = named(&kept.name).filter(|(key, _)| is_meant(keys, key)) else {
        return Ok(None);
    };
    if kept.value.is_empty() {
        return Ok(None);
    }
    let window = Window::read(&kept.value)?;
    let calls = count(window.calls).map_err(|error: Unreadable| remote(&error))?;
    let resets_in = SignedDuration::from_nanos(window.ends.saturating_sub(nanoseconds(now)));
    let running = window.is_running(now) && calls > 0;
    Ok(running.then(|| RateWindow { key: key.to_owned(), limit, calls, resets_in }))
}

fn is_meant(keys: &RateKeys, key: &str) -> bool {
    match keys {
        RateKeys::One(name) => key == name,
        RateKeys::Beginning(beginning) => key.starts_with(beginning.as_str()),
    }
}

#[async_trait]
impl RateStore for RedisStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        self.count(keys, None, now, self.servers.deadline()).await
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        let (RateKeys::One(beginning) | RateKeys::Beginning(beginning)) = keys;
        let mut first = [b"[", beginning.as_bytes()].concat();
        // No name has this byte in it.
        let last = [b"[", beginning.as_bytes(), b"\xff"].concat();
        let mut running = Vec::new();
        while running.len() < most {
            let page = self.page(first, last.clone()).await?;
            let Some(end) = page.last() else { break };
            first = [b"(", end.name.as_bytes()].concat();
            for kept in &page {
                running.extend(told(kept, keys, now)?);
            }
        }
        running.truncate(most);
        Ok(running)
    }
}
