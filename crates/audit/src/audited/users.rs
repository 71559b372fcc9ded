use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, OrganizationId, User, UserId, UserLookup, UsernameQuery};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records what operators wanted to do to somebody who is not there, or could not be looked for. What is done to somebody who is
/// found leaves a line of its own, and so does a look ([`EventKind::Viewed`]) at somebody whom nobody knows.
pub struct AuditedUsers {
    inner: Arc<dyn UserLookup>,
    auditor: Arc<Auditor>,
    purpose: EventKind,
}

impl AuditedUsers {
    /// Wraps `inner`. `purpose` is what is done to whoever is found.
    #[must_use]
    pub fn new(inner: Arc<dyn UserLookup>, auditor: Arc<Auditor>, purpose: EventKind) -> Self {
        Self { inner, auditor, purpose }
    }

    async fn recorded(
        &self,
        wanted: Option<&UserId>,
        organization: Option<&OrganizationId>,
        look: impl Future<Output = Result<Option<User>, AdapterError>> + Send,
    ) -> Result<Option<User>, AdapterError> {
        let is_look = self.purpose == EventKind::Viewed;
        let event = AuditEvent { view: is_look.then_some("user"), ..AuditEvent::new(self.purpose) };
        let mut step = self.auditor.begin(event.of(wanted, organization)).await?;
        let result = look.await;
        match &result {
            Ok(found) if is_look || found.is_some() => {
                step.forget();
                return result;
            }
            Ok(_) => step.came_to(AuditOutcome::Failed, Some("unknown_user")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}

#[async_trait]
impl UserLookup for AuditedUsers {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let wanted = UserId::new(query.username.clone());
        self.recorded(Some(&wanted), Some(&query.organization), self.inner.by_username(query)).await
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.recorded(Some(id), organization, self.inner.by_id(id, organization)).await
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        // The number is no user's id, which is what a line has as `user`.
        self.recorded(None, organization, self.inner.by_consumer_id(consumer, organization)).await
    }
}
