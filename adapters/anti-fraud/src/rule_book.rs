use std::collections::HashSet;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, AntiFraud, FraudDecision, FraudQuery, OperationName};

use crate::rule::Rule;
use crate::settings::{DefaultSettings, RuleError, RuleSettings, decision};

/// Rules in order: the first that fits decides.
///
/// - Where none fits, the default is answered; without one nothing is, and the front asks for both factors.
/// - An operation that should be a payment, but of which no amount, currency and payee can be read, is not judged by rules
///   at all: all factors are asked for. Otherwise a rule that asks for more above an amount would not see it.
/// - A rule with a currency, an amount or a payee in it fits no operation that is no payment.
pub struct RuleBook {
    rules: Vec<Rule>,
    default: FraudDecision,
    payments: HashSet<OperationName>,
}

impl RuleBook {
    const UNREADABLE: &str = "unreadable_payment";

    /// Reads rules, and what to answer where none fits. `payments` are the kinds of operations that are payments.
    ///
    /// # Errors
    ///
    /// [`RuleError`] for the first setting that can't be meant.
    pub fn new(
        rules: &[RuleSettings],
        default: Option<&DefaultSettings>,
        payments: HashSet<OperationName>,
    ) -> Result<Self, RuleError> {
        let rules = rules
            .iter()
            .enumerate()
            .map(|(index, rule)| Rule::new(rule).map_err(|error| error.within(&format!("rules[{index}]"))));
        let default = match default {
            Some(settings) => {
                decision(&settings.label, &settings.factors).map_err(|error| error.within("default"))?
            }
            None => FraudDecision { factors: None, label: None, extras: None },
        };
        Ok(Self { rules: rules.collect::<Result<_, _>>()?, default, payments })
    }

    fn decide(&self, query: &FraudQuery) -> FraudDecision {
        if query.payment.is_none() && self.payments.contains(&query.party.operation.name) {
            return FraudDecision::strictest(Self::UNREADABLE);
        }
        let fitting = self.rules.iter().find(|rule| rule.fits(query));
        fitting.map_or(&self.default, |rule| &rule.decision).clone()
    }
}

#[async_trait]
impl AntiFraud for RuleBook {
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        Ok(self.decide(query))
    }
}
