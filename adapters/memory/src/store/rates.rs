use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{RateLimit, RateStore, Rated};
use jiff::{SignedDuration, Timestamp};

use super::challenges::is_older;
use super::{MemoryStore, bring_back, is_ahead};

#[derive(Default)]
pub(super) struct Rates {
    windows: HashMap<(String, RateLimit), Window>,
}

#[derive(Clone, Copy)]
struct Window {
    calls: u32,
    began: Timestamp,
}

impl Rates {
    /// The window of a limit that is running; a new one where there is none.
    fn window(&self, key: &str, limit: RateLimit, now: Timestamp) -> Window {
        let window = self.windows.get(&(key.to_owned(), limit));
        let running = window
            .filter(|window| !is_older(window.began, limit.window, now) && !is_ahead(window.began, now));
        running.copied().unwrap_or(Window { calls: 0, began: now })
    }

    fn rate(&mut self, key: &str, limits: &[RateLimit], now: Timestamp) -> Rated {
        let windows = limits.iter().map(|limit| (*limit, self.window(key, *limit, now)));
        let windows: Vec<_> = windows.collect();
        let over = windows.iter().filter(|(limit, window)| window.calls >= limit.limit);
        let left = |(limit, window): &(RateLimit, Window)| -> SignedDuration {
            (window.began + limit.window).duration_since(now)
        };
        if let Some(longest) = over.max_by_key(|over| left(over)) {
            return Rated::Over { limit: longest.0, resets_in: left(longest) };
        }
        for (limit, window) in windows {
            let counted = Window { calls: window.calls + 1, ..window };
            self.windows.insert((key.to_owned(), limit), counted);
        }
        Rated::Admitted
    }

    pub(super) fn purge(&mut self, now: Timestamp) -> usize {
        let before = self.windows.len();
        self.windows.retain(|(_, limit), window| !is_older(window.began, limit.window, now));
        before - self.windows.len()
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        self.windows.values_mut().map(|window| bring_back(&mut window.began, now)).sum()
    }
}

#[async_trait]
impl RateStore for MemoryStore {
    async fn rate(&self, key: &str, limits: &[RateLimit], now: Timestamp) -> Result<Rated, AdapterError> {
        Ok(self.state().rates.rate(key, limits, now))
    }
}
