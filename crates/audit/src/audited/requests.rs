use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, CodeDelivery, Language, MessageId, User, UserId};
use data_adapter_sca::{
    ApprovalMethod, Authorization, CodeCarrier, Issue, IssuedRequest, NewScaRequest, Proof, PushDecisions,
    Regeneration, ScaRequest, ScaRequests,
};

use crate::auditor::{Auditor, Step};
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};

/// Records the life of requests.
pub struct AuditedScaRequests {
    inner: Arc<dyn ScaRequests>,
    auditor: Arc<Auditor>,
}

impl AuditedScaRequests {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn ScaRequests>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }

    /// Begins the line of what is about to be done to a request, with what is known of it while it is open.
    async fn begin(&self, kind: EventKind, message: &MessageId) -> Result<Step<'_>, AdapterError> {
        let request = self.inner.find(message).await?;
        let event = AuditEvent { message_id: Some(message.to_string()), ..AuditEvent::new(kind) };
        self.auditor.begin(request.map_or(event.clone(), |request| about(event, &request))).await
    }
}

fn method(method: ApprovalMethod) -> &'static str {
    match method {
        ApprovalMethod::ClientManaged => "client_managed",
        ApprovalMethod::Otp => "otp",
        ApprovalMethod::Push => "push",
    }
}

fn about(event: AuditEvent, request: &ScaRequest) -> AuditEvent {
    AuditEvent {
        message_id: Some(request.message.to_string()),
        operation_id: Some(request.operation.to_string()),
        operation_name: Some(request.name.to_string()),
        method: Some(method(request.method)),
        ..event
    }
    .of(Some(&request.user), request.organization.as_ref())
    .bound_to(&request.binding)
}

fn issued(event: &mut AuditEvent, issued: &IssuedRequest) {
    event.came_to(AuditOutcome::Succeeded, None);
    event.message_id = Some(issued.request.message.to_string());
    event.delivery = Some(match (issued.delivery, &issued.code) {
        (CodeDelivery::Succeeded, Some(_)) => "by_caller",
        (CodeDelivery::Succeeded, None) => "succeeded",
        (CodeDelivery::Failed | CodeDelivery::Stopped(_), _) => "failed",
    });
}

/// Why a request was not approved, and the guesses that are left.
fn explain(authorization: &Authorization) -> (Option<&'static str>, Option<u32>) {
    match authorization {
        Authorization::Succeeded(_) => (None, None),
        Authorization::Wrong(request) => (Some("wrong"), Some(request.remaining_guesses)),
        Authorization::Exhausted(_) => (Some("attempts_spent"), None),
        Authorization::Blocked => (Some("blocked"), None),
        Authorization::Undecided(_) => (Some("undecided"), None),
        Authorization::Gone => (Some("gone"), None),
    }
}

#[async_trait]
impl ScaRequests for AuditedScaRequests {
    async fn create(&self, new: &NewScaRequest) -> Result<Issue, AdapterError> {
        let event = AuditEvent {
            operation_id: Some(new.operation.to_string()),
            operation_name: Some(new.name.to_string()),
            method: Some(method(new.method)),
            ..AuditEvent::new(EventKind::ScaRequestCreated)
        };
        let event = event.of(Some(&new.user.id), Some(&new.user.organization)).bound_to(&new.binding);
        let mut step = self.auditor.announce(event).await?;
        let result = self.inner.create(new).await;
        match &result {
            Ok(Issue::Issued(new)) => step.change(|event| issued(event, new)),
            Ok(Issue::Unreachable) => step.came_to(AuditOutcome::Failed, Some("unreachable")),
            Ok(Issue::Blocked) => step.came_to(AuditOutcome::Failed, Some("blocked")),
            Ok(Issue::Stopped(limit)) => step.came_to(AuditOutcome::Failed, Some(limit.name())),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn find(&self, message: &MessageId) -> Result<Option<ScaRequest>, AdapterError> {
        self.inner.find(message).await
    }

    async fn pending(&self, user: &UserId) -> Result<Vec<ScaRequest>, AdapterError> {
        self.inner.pending(user).await
    }

    async fn authorize(&self, message: &MessageId, proof: &Proof) -> Result<Authorization, AdapterError> {
        let mut step = self.begin(EventKind::ScaRequestAuthorization, message).await?;
        let result = self.inner.authorize(message, proof).await;
        match &result {
            Ok(Authorization::Succeeded(_)) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(authorization) => {
                let (reason, remaining_attempts) = explain(authorization);
                step.came_to(AuditOutcome::Failed, reason);
                step.change(|event| event.remaining_attempts = remaining_attempts);
            }
            Err(error) => step.came_to_error(error),
        }
        let suspect = match &result {
            Ok(Authorization::Wrong(request) | Authorization::Exhausted(request)) => Some(&request.user),
            Ok(_) | Err(_) => None,
        };
        step.finish(&suspect.map(|user| (user, Factor::Code)).into_iter().collect::<Vec<_>>()).await?;
        result
    }

    async fn cancel(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let mut step = self.begin(EventKind::ScaRequestCancelled, message).await?;
        let result = self.inner.cancel(message).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("gone")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }

    async fn regenerate(
        &self,
        message: &MessageId,
        user: &User,
        carrier: CodeCarrier,
        language: Option<&Language>,
    ) -> Result<Regeneration, AdapterError> {
        let mut step = self.begin(EventKind::ScaRequestRegenerated, message).await?;
        let result = self.inner.regenerate(message, user, carrier, language).await;
        match &result {
            Ok(Regeneration::Issued(renewed)) => step.change(|event| issued(event, renewed)),
            Ok(Regeneration::Unreachable) => step.came_to(AuditOutcome::Failed, Some("unreachable")),
            Ok(Regeneration::Exhausted) => step.came_to(AuditOutcome::Failed, Some("resends_spent")),
            Ok(Regeneration::Blocked) => step.came_to(AuditOutcome::Failed, Some("blocked")),
            Ok(Regeneration::Stopped(limit)) => step.came_to(AuditOutcome::Failed, Some(limit.name())),
            Ok(Regeneration::Gone) => step.came_to(AuditOutcome::Failed, Some("gone")),
            Err(error) => step.came_to_error(error),
        }
        if matches!(&result, Ok(Regeneration::Exhausted)) {
            step.finish(&[(&user.id, Factor::Code)]).await?;
        } else {
            step.finish(&[]).await?;
        }
        result
    }

    async fn is_blocked(&self, user: &User) -> Result<bool, AdapterError> {
        self.inner.is_blocked(user).await
    }
}

/// Records what users decide on their devices.
pub struct AuditedPushDecisions {
    inner: Arc<dyn PushDecisions>,
    requests: Arc<dyn ScaRequests>,
    auditor: Arc<Auditor>,
}

impl AuditedPushDecisions {
    /// Wraps `inner`. `requests` knows what is decided.
    #[must_use]
    pub fn new(inner: Arc<dyn PushDecisions>, requests: Arc<dyn ScaRequests>, auditor: Arc<Auditor>) -> Self {
        Self { inner, requests, auditor }
    }
}

#[async_trait]
impl PushDecisions for AuditedPushDecisions {
    async fn decide(&self, message: &MessageId, accepted: bool) -> Result<bool, AdapterError> {
        let event = AuditEvent {
            message_id: Some(message.to_string()),
            change: Some(if accepted { "accepted" } else { "rejected" }),
            ..AuditEvent::new(EventKind::PushDecided)
        };
        let event = match self.requests.find(message).await? {
            Some(request) => about(event, &request),
            // One that proves a factor is no request.
            None => event.of(self.auditor.owner(message).await.as_ref(), None),
        };
        let mut step = self.auditor.begin(event).await?;
        let result = self.inner.decide(message, accepted).await;
        match &result {
            Ok(true) => step.came_to(AuditOutcome::Succeeded, None),
            Ok(false) => step.came_to(AuditOutcome::Failed, Some("gone")),
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
