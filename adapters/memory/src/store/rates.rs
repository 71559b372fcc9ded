use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey};
use jiff::{SignedDuration, Timestamp};

use super::challenges::is_older;
use super::{MemoryStore, bring_back, is_ahead};

/// The windows of each key, one for each of its limits.
#[derive(Default)]
pub(super) struct Rates {
    keys: HashMap<String, Vec<Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    limit: RateLimit,
    calls: u32,
    began: Timestamp,
}

impl Window {
    fn is_running(&self, now: Timestamp) -> bool {
        !is_older(self.began, self.limit.window, now) && !is_ahead(self.began, now)
    }

    fn left(&self, now: Timestamp) -> SignedDuration {
        (self.began + self.limit.window).duration_since(now)
    }
}

impl Rates {
    /// The window of a limit that is running; a new one where there is none.
    fn window(&self, key: &str, limit: RateLimit, now: Timestamp) -> Window {
        let windows = self.keys.get(key).into_iter().flatten();
        let running = windows.copied().find(|window| window.limit == limit && window.is_running(now));
        running.unwrap_or(Window { limit, calls: 0, began: now })
    }

    /// The limit that is reached and lasts longest; `None` where none is.
    pub(super) fn over(&self, keys: &[RatedKey], now: Timestamp) -> Option<Over> {
        let windows = keys.iter().enumerate().flat_map(|(place, rated)| {
            rated.limits.iter().map(move |limit| (place, self.window(&rated.key, *limit, now)))
        });
        let reached = windows.filter(|(_, window)| window.calls >= window.limit.limit);
        let over =
            reached.map(|(key, window)| Over { key, limit: window.limit, resets_in: window.left(now) });
        over.max_by_key(|over| over.resets_in)
    }

    /// Counts a call that is over no limit.
    pub(super) fn count(&mut self, keys: &[RatedKey], now: Timestamp) {
        for RatedKey { key, limits, .. } in keys.iter().filter(|rated| rated.counts) {
            for limit in limits {
                let window = self.window(key, *limit, now);
                let counted = Window { calls: window.calls + 1, ..window };
                let windows = self.keys.entry(key.clone()).or_default();
                match windows.iter_mut().find(|window| window.limit == *limit) {
                    Some(window) => *window = counted,
                    None => windows.push(counted),
                }
            }
        }
    }

    fn running(&self, keys: &RateKeys, most: usize, now: Timestamp) -> Vec<RateWindow> {
        let is_meant = |key: &str| match keys {
            RateKeys::One(name) => key == name,
            RateKeys::Beginning(beginning) => key.starts_with(beginning),
        };
        let meant = self.keys.iter().filter(|(key, _)| is_meant(key));
        let windows = meant.flat_map(|(key, windows)| windows.iter().map(move |window| (key, window)));
        let running = windows.filter(|(_, window)| window.is_running(now));
        let mut running: Vec<_> = running
            .map(|(key, window)| RateWindow {
                key: key.clone(),
                limit: window.limit,
                calls: window.calls,
                resets_in: window.left(now),
            })
            .collect();
        running.sort_by(|a, b| {
            (&a.key, a.limit.window, a.limit.limit).cmp(&(&b.key, b.limit.window, b.limit.limit))
        });
        running.truncate(most);
        running
    }

    fn len(&self) -> usize {
        self.keys.values().map(Vec::len).sum()
    }

    pub(super) fn purge(&mut self, now: Timestamp) -> usize {
        let before = self.len();
        self.keys.retain(|_, windows| {
            windows.retain(|window| !is_older(window.began, window.limit.window, now));
            !windows.is_empty()
        });
        before - self.len()
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let windows = self.keys.values_mut().flatten();
        windows.map(|window| bring_back(&mut window.began, now)).sum()
    }
}

#[async_trait]
impl RateStore for MemoryStore {
    async fn rate(&self, keys: &[RatedKey], now: Timestamp) -> Result<Rated, AdapterError> {
        let rates = &mut self.state().rates;
        if let Some(over) = rates.over(keys, now) {
            return Ok(Rated::Over(over));
        }
        rates.count(keys, now);
        Ok(Rated::Admitted)
    }

    async fn windows(
        &self,
        keys: &RateKeys,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<RateWindow>, AdapterError> {
        Ok(self.state().rates.running(keys, most, now))
    }
}
