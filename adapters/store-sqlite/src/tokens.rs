use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::TokenStore;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::SqliteStore;
use crate::time::nanoseconds;

#[async_trait]
impl TokenStore for SqliteStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        let id = id.to_owned();
        let change = move |connection: &Connection| {
            connection
                .prepare_cached("INSERT INTO revoked_tokens VALUES (?, ?) ON CONFLICT DO NOTHING")?
                .execute(params![id, nanoseconds(expires_at)])
        };
        Ok(self.writer.write(change).await? > 0)
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        let id = id.to_owned();
        let question = move |connection: &Connection| {
            connection.prepare_cached("SELECT 1 FROM revoked_tokens WHERE token_id = ?")?.exists([id])
        };
        self.reader.read(question).await
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        let token = token.to_owned();
        let change = move |connection: &Connection| {
            connection
                .prepare_cached(
                    "INSERT INTO numbers
                     SELECT 'answers', 1 WHERE NOT EXISTS (SELECT 1 FROM revoked_tokens WHERE token_id = ?)
                     ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
                )?
                .query_one([&token], |row| row.get(0))
                .optional()
        };
        self.writer.write(change).await
    }
}
