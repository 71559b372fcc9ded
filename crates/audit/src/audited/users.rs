use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, OrganizationId, User, UserId, UserLookup, UsernameQuery};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records whom operators looked for in vain. What is done to somebody who is found leaves a line of its own.
pub struct AuditedUsers {
    inner: Arc<dyn UserLookup>,
    auditor: Arc<Auditor>,
}

impl AuditedUsers {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn UserLookup>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }

    async fn recorded(
        &self,
        wanted: &UserId,
        organization: Option<&OrganizationId>,
        look: impl Future<Output = Result<Option<User>, AdapterError>> + Send,
    ) -> Result<Option<User>, AdapterError> {
        let event = AuditEvent::new(EventKind::Viewed).of(Some(wanted), organization);
        let mut step = self.auditor.begin(AuditEvent { view: Some("user"), ..event }).await?;
        let result = look.await;
        match &result {
            Ok(Some(_)) => {
                step.forget();
                return result;
            }
            Ok(None) => step.came_to(AuditOutcome::Failed, Some("unknown_user")),
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
        self.recorded(&wanted, Some(&query.organization), self.inner.by_username(query)).await
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.recorded(id, organization, self.inner.by_id(id, organization)).await
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let wanted = UserId::of_consumer(consumer);
        self.recorded(&wanted, organization, self.inner.by_consumer_id(consumer, organization)).await
    }
}
