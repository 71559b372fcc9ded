//! What was sent, as far as it is counted.

use data_adapter_core::{AdapterError, OrganizationId, UserId};
use jiff::{SignedDuration, Timestamp};

use super::sending::{ALL, COUNTRIES, ORGANIZATIONS, OWNERS, SendLimits, user_as_owner};
use crate::store::{RateKeys, RateLimit, RateLimits, RateStore, RateWindow};

/// Messages by what they count against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// All, then countries, then organizations; or one user. What has no limit is not counted, and is not here.
    pub counts: Vec<SentCount>,
    /// Whether there are more than are counted here.
    pub is_cut: bool,
}

/// Messages that count against the same limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCount {
    /// Whose they are, or where they went.
    pub scope: SentScope,
    /// One for each limit, in the order of the configuration.
    pub windows: Vec<SentWindow>,
}

/// What messages count against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentScope {
    /// All there are.
    All,
    /// Those to one country, by its code of two letters; `None` for numbers of no country.
    Country(Option<String>),
    /// Those to the users of one organization.
    Organization(OrganizationId),
    /// Those to one user.
    User(UserId),
}

/// How near a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentWindow {
    /// The limit.
    pub limit: RateLimit,
    /// How many messages were let through in the window that is running, whatever became of them then.
    pub sent: u32,
    /// When that window is over; `None` where none is running, since nothing was sent.
    pub resets_in: Option<SignedDuration>,
}

impl SendLimits {
    /// How many windows of countries, and of organizations, are read at most.
    const MOST_WINDOWS: usize = 3000;

    /// What was sent to one user, or in all.
    pub(crate) async fn sent(
        &self,
        store: &dyn RateStore,
        user: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Sent, AdapterError> {
        let mut sent = Sent::default();
        if let Some(user) = user {
            let key = RateKeys::One(format!("{OWNERS}{}", user_as_owner(user)));
            let windows = store.windows(&key, Self::MOST_WINDOWS, now).await?;
            sent.add(SentScope::User(user.clone()), &self.user, &windows);
            return Ok(sent);
        }
        let windows = store.windows(&RateKeys::One(ALL.to_owned()), Self::MOST_WINDOWS, now).await?;
        sent.add(SentScope::All, &self.all, &windows);
        let country = |name: &str| SentScope::Country((name != "-").then(|| name.to_owned()));
        sent.add_each(COUNTRIES, &self.country, store, now, country).await?;
        let organization = |name: &str| SentScope::Organization(OrganizationId::new(name));
        sent.add_each(ORGANIZATIONS, &self.organization, store, now, organization).await?;
        Ok(sent)
    }
}

impl Sent {
    /// Adds those whose keys begin so, and that anything was sent to.
    async fn add_each(
        &mut self,
        beginning: &str,
        limits: &RateLimits,
        store: &dyn RateStore,
        now: Timestamp,
        scope: impl Fn(&str) -> SentScope,
    ) -> Result<(), AdapterError> {
        let most = SendLimits::MOST_WINDOWS;
        let keys = RateKeys::Beginning(beginning.to_owned());
        let mut windows = store.windows(&keys, most + 1, now).await?;
        if windows.len() > most {
            self.is_cut = true;
            windows.truncate(most);
        }
        for windows in windows.chunk_by(|a, b| a.key == b.key) {
            let name = windows.first().and_then(|window| window.key.strip_prefix(beginning));
            name.into_iter().for_each(|name| self.add(scope(name), limits, windows));
        }
        Ok(())
    }

    /// Windows of limits that are not configured any more say nothing.
    fn add(&mut self, scope: SentScope, limits: &RateLimits, windows: &[RateWindow]) {
        let windows = limits.as_slice().iter().map(|limit| {
            let running = windows.iter().find(|window| window.limit == *limit);
            SentWindow {
                limit: *limit,
                sent: running.map_or(0, |window| window.calls),
                resets_in: running.map(|window| window.resets_in),
            }
        });
        let windows: Vec<_> = windows.collect();
        if !windows.is_empty() {
            self.counts.push(SentCount { scope, windows });
        }
    }
}
