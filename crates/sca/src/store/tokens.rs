use async_trait::async_trait;
use data_adapter_core::AdapterError;
use jiff::Timestamp;

/// Keeps which access tokens are good no more, by their ids: the tokens themselves are never kept.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Revokes the token of this id, which would have been good until `expires_at`: true for exactly one caller.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: the token may be good still.
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError>;

    /// Whether the token of this id was revoked, here or by another instance over this store.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked: the token must not be taken then.
    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError>;

    /// A number that is greater than any that was given before, by any instance over this store, before a restart too, for whoever
    /// shows the token of this id; `None` where that was revoked. Once a revocation was answered the token gets none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when there is none to be had.
    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError>;
}
