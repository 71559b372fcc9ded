use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Decoration, FormChoice, FormDataChange, OperationChange, OperationOutcome, OperationParty,
    Operations,
};

use crate::auditor::{Auditor, Step};
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records what users choose in forms and how operations end, whoever follows them.
pub struct AuditedOperations {
    inner: Arc<dyn Operations>,
    auditor: Arc<Auditor>,
}

impl AuditedOperations {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Operations>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

fn event(kind: EventKind, party: &OperationParty) -> AuditEvent {
    AuditEvent::new(kind).of(party.user.as_ref(), party.organization.as_ref()).within(&party.operation)
}

async fn finish(mut step: Step<'_>, result: Result<(), AdapterError>) -> Result<(), AdapterError> {
    match &result {
        Ok(()) => step.came_to(AuditOutcome::Succeeded, None),
        Err(error) => step.came_to_error(error),
    }
    step.finish(&[]).await?;
    result
}

#[async_trait]
impl Operations for AuditedOperations {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        self.inner.decorate(party).await
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        let mut event = event(EventKind::FormDataChange, &change.party);
        match &change.choice {
            FormChoice::BankAccount(id) => event.bank_account = Some(id.clone()),
            FormChoice::AuthenticationMethod(method) => event.authentication_method = Some(method.clone()),
        }
        let step = self.auditor.announce(event).await?;
        finish(step, self.inner.form_data_changed(change).await).await
    }

    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        let mut event = event(EventKind::OperationChange, &change.party);
        event.change = Some(match change.outcome {
            OperationOutcome::Done => "done",
            OperationOutcome::Canceled => "canceled",
            OperationOutcome::Failed => "failed",
        });
        let step = self.auditor.announce(event).await?;
        finish(step, self.inner.operation_changed(change).await).await
    }
}
