use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, OrganizationId, User, UserId, UserLookup, UsernameQuery};
use moka::future::Cache;

/// How much a [`CachedLookup`] remembers.
#[derive(Clone, Copy, Debug)]
pub struct CacheSettings {
    /// How long a user is remembered. For as long a change in the directory is not seen: a new phone number, a blocked
    /// account. Passwords are never remembered, so that a blocked account can't log in.
    pub time_to_live: Duration,
    /// How many users are remembered, at most, for each way of asking.
    pub capacity: u64,
}

/// Remembers the users that were found by name or id. Who was not found is asked for again.
pub struct CachedLookup {
    inner: Arc<dyn UserLookup>,
    by_username: Cache<(OrganizationId, String), User>,
    by_id: Cache<(Option<OrganizationId>, UserId), User>,
}

impl CachedLookup {
    /// Wraps `inner`, which must find the same user whatever the operation.
    #[must_use]
    pub fn new(inner: Arc<dyn UserLookup>, settings: CacheSettings) -> Self {
        let CacheSettings { time_to_live, capacity } = settings;
        Self {
            inner,
            by_username: Cache::builder().time_to_live(time_to_live).max_capacity(capacity).build(),
            by_id: Cache::builder().time_to_live(time_to_live).max_capacity(capacity).build(),
        }
    }
}

#[async_trait]
impl UserLookup for CachedLookup {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let key = (query.organization.clone(), query.username.clone());
        if let Some(user) = self.by_username.get(&key).await {
            return Ok(Some(user));
        }
        let found = self.inner.by_username(query).await?;
        if let Some(user) = &found {
            self.by_username.insert(key, user.clone()).await;
        }
        Ok(found)
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let key = (organization.cloned(), id.clone());
        if let Some(user) = self.by_id.get(&key).await {
            return Ok(Some(user));
        }
        let found = self.inner.by_id(id, organization).await?;
        if let Some(user) = &found {
            self.by_id.insert(key, user.clone()).await;
        }
        Ok(found)
    }

    /// Nobody is remembered: a partner of the bank could tell by the time whether another one's consumer exists.
    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.inner.by_consumer_id(consumer, organization).await
    }
}

#[cfg(test)]
mod tests;
