use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_records::nanoseconds;
use data_adapter_sca::TokenStore;
use jiff::Timestamp;

use crate::PostgresStore;
use crate::rows::get;
use crate::session::{Outcome, Session, query};

async fn revoke(session: &mut Session<'_>, id: &str, expires_at: Timestamp) -> Outcome<bool> {
    let statement = query("INSERT INTO revoked_tokens VALUES ($1, $2) ON CONFLICT DO NOTHING");
    Ok(session.execute(statement.bind(id).bind(nanoseconds(expires_at))).await? > 0)
}

async fn is_revoked(session: &mut Session<'_>, id: &str) -> Outcome<bool> {
    session.exists(query("SELECT 1 FROM revoked_tokens WHERE token_id = $1").bind(id)).await
}

/// A row and not a sequence: what a sequence gave to a transaction that writes nothing may be given again after a crash.
async fn next_number(session: &mut Session<'_>, token: &str) -> Outcome<Option<i64>> {
    let statement = query(
        "INSERT INTO numbers
         SELECT 'answers', 1 WHERE NOT EXISTS (SELECT 1 FROM revoked_tokens WHERE token_id = $1)
         ON CONFLICT (name) DO UPDATE SET last = numbers.last + 1 RETURNING last",
    );
    session.optional(statement.bind(token)).await?.map(|row| get(&row, "last")).transpose()
}

#[async_trait]
impl TokenStore for PostgresStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        self.change(|session| Box::pin(revoke(session, id, expires_at))).await
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        self.ask(|session| Box::pin(is_revoked(session, id))).await
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        self.change(|session| Box::pin(next_number(session, token))).await
    }
}
