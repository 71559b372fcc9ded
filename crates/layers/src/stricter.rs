use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, AntiFraud, CallContext, FraudDecision, FraudQuery, RequiredFactors};
use metrics::Counter;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::Instrument as _;

/// Asks for all factors when nobody says in time how risky a step is, so that no step waits long, or fails, for that.
///
/// What asks for no factor at all is no answer either.
pub struct StricterOnFailure {
    inner: Arc<dyn AntiFraud>,
    deadline: Duration,
    answered: Counter,
    failed: Counter,
    late: Counter,
}

impl StricterOnFailure {
    /// What the record calls a decision that nobody made.
    pub const LABEL: &str = "unavailable";

    /// Wraps `inner`, which has `deadline` for each answer.
    #[must_use]
    pub fn new(inner: Arc<dyn AntiFraud>, deadline: Duration) -> Self {
        let counter =
            |outcome| metrics::counter!("data_adapter_fraud_assessments_total", "outcome" => outcome);
        Self {
            inner,
            deadline,
            answered: counter("answered"),
            failed: counter("failed"),
            late: counter("late"),
        }
    }

    /// The question goes on after the deadline, until its own: only so does what guards the system behind learn that it
    /// hangs, and leaves it alone.
    fn ask(&self, query: &FraudQuery) -> JoinHandle<Result<FraudDecision, AdapterError>> {
        let (inner, query) = (Arc::clone(&self.inner), query.clone());
        let answer = async move { inner.assess(&query).await };
        tokio::spawn(CallContext::carry(answer).in_current_span())
    }
}

fn strictest(counter: &Counter, why: &str) -> FraudDecision {
    tracing::warn!(why, "nobody says how risky a step is; all factors are asked for");
    counter.increment(1);
    FraudDecision::strictest(StricterOnFailure::LABEL)
}

#[async_trait]
impl AntiFraud for StricterOnFailure {
    /// Never an error.
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        Ok(match timeout(self.deadline, self.ask(query)).await {
            Ok(Ok(Ok(decision))) if decision.factors.is_some_and(RequiredFactors::is_empty) => {
                strictest(&self.failed, "the answer asks for no factor")
            }
            Ok(Ok(Ok(decision))) => {
                self.answered.increment(1);
                decision
            }
            Ok(Ok(Err(error))) => strictest(&self.failed, &error.to_string()),
            Ok(Err(_)) => strictest(&self.failed, "the question came to no end"),
            Err(_) => strictest(&self.late, &format!("there is no answer within {:?}", self.deadline)),
        })
    }
}

#[cfg(test)]
mod tests;
