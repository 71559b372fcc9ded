use std::collections::HashSet;
use std::time::Duration;

use data_adapter_anti_fraud::{DefaultSettings, RuleBook, RuleSettings};
use data_adapter_core::OperationName;
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;

/// `[anti_fraud]`: how risky a step is, and which factors are asked for then.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AntiFraudSettings {
    deadline_ms: u64,
    rules: Vec<RuleSettings>,
    default: Option<DefaultSettings>,
}

impl Default for AntiFraudSettings {
    fn default() -> Self {
        Self { deadline_ms: 1000, rules: Vec::new(), default: None }
    }
}

impl AntiFraudSettings {
    /// `is_engine`: whether the rules are asked by any organization.
    pub(super) fn validate(&self, is_engine: bool) -> Result<(), Failure> {
        check_range("anti_fraud.deadline_ms", self.deadline_ms, 10..=60_000)?;
        if self.judges() && !is_engine {
            let key = if self.rules.is_empty() { "anti_fraud.default" } else { "anti_fraud.rules" };
            return refuse(key, "is never asked: `capabilities.anti_fraud` is not \"engine\"");
        }
        self.rules(HashSet::new()).map(drop)
    }

    /// How long whoever judges has for an answer.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.deadline_ms)
    }

    /// Whether there is anything to judge by.
    pub(crate) fn judges(&self) -> bool {
        !self.rules.is_empty() || self.default.is_some()
    }

    /// The rules; `payments` are the kinds of operations that are payments.
    pub(crate) fn rules(&self, payments: HashSet<OperationName>) -> Result<RuleBook, Failure> {
        let rules = RuleBook::new(&self.rules, self.default.as_ref(), payments);
        rules.or_else(|error| refuse(&format!("anti_fraud.{}", error.key()), error.why()))
    }
}
