use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{Retention, TokenStore};
use jiff::Timestamp;

use super::MemoryStore;
use super::challenges::is_older;

#[derive(Default)]
pub(super) struct Tokens {
    /// When each that was revoked would have expired.
    revoked: HashMap<String, Timestamp>,
    last_number: i64,
}

impl Tokens {
    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.revoked.len();
        self.revoked.retain(|_, expired| !is_older(*expired, retention.revoked_tokens, now));
        before - self.revoked.len()
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        match self.state().tokens.revoked.entry(id.to_owned()) {
            Entry::Occupied(_) => Ok(false),
            Entry::Vacant(entry) => {
                entry.insert(expires_at);
                Ok(true)
            }
        }
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        Ok(self.state().tokens.revoked.contains_key(id))
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        let tokens = &mut self.state().tokens;
        if tokens.revoked.contains_key(token) {
            return Ok(None);
        }
        tokens.last_number += 1;
        Ok(Some(tokens.last_number))
    }
}
