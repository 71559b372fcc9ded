use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, AntiFraud, Binding, FraudDecision, FraudQuery, RequiredFactors};

use crate::auditor::Auditor;
use crate::event::{AuditEvent, AuditOutcome, EventKind, Factor};

/// Records what was asked of an anti-fraud system, and what it answered.
pub struct AuditedAntiFraud {
    inner: Arc<dyn AntiFraud>,
    auditor: Arc<Auditor>,
}

impl AuditedAntiFraud {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn AntiFraud>, auditor: Arc<Auditor>) -> Self {
        Self { inner, auditor }
    }
}

fn factors(required: RequiredFactors) -> Vec<Factor> {
    let asked = [(required.sms_otp, Factor::Code), (required.password, Factor::Password)];
    asked.into_iter().filter(|(asked, _)| *asked).map(|(_, factor)| factor).collect()
}

#[async_trait]
impl AntiFraud for AuditedAntiFraud {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        let event = AuditEvent::new(EventKind::FraudAssessment)
            .of(query.party.user.as_ref(), query.party.organization.as_ref())
            .within(&query.party.operation);
        let event = match query.payment.clone() {
            Some(payment) => event.bound_to(&Binding::to_payment(payment)),
            None => event,
        };
        let mut step = self.auditor.begin(AuditEvent { action: Some(query.action.name()), ..event }).await?;
        let result = self.inner.assess(query).await;
        match &result {
            Ok(decision) => {
                step.came_to(AuditOutcome::Succeeded, None);
                step.change(|event| {
                    event.label.clone_from(&decision.label);
                    event.required_factors = decision.factors.map(factors);
                });
            }
            Err(error) => step.came_to_error(error),
        }
        step.finish(&[]).await?;
        result
    }
}
