use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, UserId};
use data_adapter_sca::{
    Administration, Block, ConsentFilter, Erased, Factor, KeptConsent, Sent, UserRecords, Waiting,
};

use crate::auditor::{Auditor, Step};
use crate::event::{AuditEvent, AuditOutcome, EventKind};

/// Records what operators look at and put right through an API.
pub struct AuditedAdministration {
    inner: Arc<dyn Administration>,
    auditor: Arc<Auditor>,
}

impl AuditedAdministration {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Administration>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }

    async fn look(&self, view: &'static str, user: Option<&UserId>) -> Result<Step<'_>, AdapterError> {
        self.auditor.begin(looking(view, user)).await
    }
}

/// The line of somebody who is about to look at something, by whatever way.
#[must_use]
pub fn looking(view: &'static str, user: Option<&UserId>) -> AuditEvent {
    AuditEvent { view: Some(view), ..AuditEvent::new(EventKind::Viewed).of(user, None) }
}

/// The line of a block that is about to be lifted, by whatever way.
#[must_use]
pub fn lifting(user: &UserId, factor: Factor) -> AuditEvent {
    AuditEvent { factor: Some(factor.into()), ..AuditEvent::new(EventKind::Unblocked).of(Some(user), None) }
}

/// Says in that line what became of it.
pub fn lifted(event: &mut AuditEvent, result: &Result<bool, AdapterError>) {
    match result {
        Ok(true) => event.came_to(AuditOutcome::Succeeded, None),
        Ok(false) => event.came_to(AuditOutcome::Failed, Some("no_failures")),
        Err(error) => event.came_to_error(error),
    }
}

/// The line of consents that are about to be withdrawn, by whatever way.
#[must_use]
pub fn withdrawing(user: &UserId, filter: &ConsentFilter) -> AuditEvent {
    let event = AuditEvent::new(EventKind::ConsentWithdrawn).of(Some(user), None);
    AuditEvent { form: filter.form.as_ref().map(ToString::to_string), client: filter.client.clone(), ..event }
}

/// Says in that line what became of it.
pub fn withdrawn(event: &mut AuditEvent, result: &Result<u64, AdapterError>) {
    match result {
        Ok(0) => event.came_to(AuditOutcome::Failed, Some("no_consent")),
        Ok(count) => {
            event.came_to(AuditOutcome::Succeeded, None);
            event.count = Some(*count);
        }
        Err(error) => event.came_to_error(error),
    }
}

/// The line of a user whose records are about to be erased.
#[must_use]
pub fn erasing(user: &UserId) -> AuditEvent {
    AuditEvent::new(EventKind::UserErased).of(Some(user), None)
}

/// Says in that line what became of it: how many records that were, and nothing of what they said.
pub fn erased(event: &mut AuditEvent, result: &Result<Erased, AdapterError>) {
    match result.as_ref().map(Erased::total) {
        Ok(0) => event.came_to(AuditOutcome::Failed, Some("no_records")),
        Ok(count) => {
            event.came_to(AuditOutcome::Succeeded, None);
            event.count = Some(count);
        }
        Err(error) => event.came_to_error(error),
    }
}

/// Ends the line of a look, which shows nothing where the line is needed and missing.
pub(super) async fn seen<T>(mut step: Step<'_>, result: Result<T, AdapterError>) -> Result<T, AdapterError> {
    match &result {
        Ok(_) => step.came_to(AuditOutcome::Succeeded, None),
        Err(error) => step.came_to_error(error),
    }
    step.finish(&[]).await?;
    result
}

#[async_trait]
impl Administration for AuditedAdministration {
    async fn user(&self, user: &UserId, is_known: bool) -> Result<Option<UserRecords>, AdapterError> {
        let mut step = self.look("user", Some(user)).await?;
        let result = self.inner.user(user, is_known).await;
        if matches!(&result, Ok(None)) {
            step.came_to(AuditOutcome::Failed, Some("unknown_user"));
            step.finish(&[]).await?;
            return result;
        }
        seen(step, result).await
    }

    async fn blocks(&self, user: Option<&UserId>) -> Result<Vec<Block>, AdapterError> {
        let step = self.look("blocks", user).await?;
        seen(step, self.inner.blocks(user).await).await
    }

    async fn challenges(&self, user: Option<&UserId>) -> Result<Vec<Waiting>, AdapterError> {
        let step = self.look("challenges", user).await?;
        seen(step, self.inner.challenges(user).await).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        let step = self.look("consents", user).await?;
        seen(step, self.inner.consents(user).await).await
    }

    async fn sent(&self, user: Option<&UserId>) -> Result<Sent, AdapterError> {
        let step = self.look("sent", user).await?;
        seen(step, self.inner.sent(user).await).await
    }

    async fn withdraw_consents(&self, user: &UserId, filter: &ConsentFilter) -> Result<u64, AdapterError> {
        let mut step = self.auditor.announce(withdrawing(user, filter)).await?;
        let result = self.inner.withdraw_consents(user, filter).await;
        step.change(|event| withdrawn(event, &result));
        step.finish(&[]).await?;
        result
    }

    async fn erase(&self, user: &UserId) -> Result<Erased, AdapterError> {
        let mut step = self.auditor.announce(erasing(user)).await?;
        let result = self.inner.erase(user).await;
        step.change(|event| erased(event, &result));
        step.finish(&[]).await?;
        result
    }

    async fn unblock(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        let mut step = self.auditor.announce(lifting(user, factor)).await?;
        let result = self.inner.unblock(user, factor).await;
        step.change(|event| lifted(event, &result));
        step.finish(&[]).await?;
        result
    }
}
