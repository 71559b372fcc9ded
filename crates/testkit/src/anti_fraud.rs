use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{
    AntiFraud, FraudAction, FraudDecision, FraudQuery, Json, OrganizationId, RequiredFactors, UserId,
};

use crate::Directory;
use crate::build::{fraud_query, operation};
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of an [`AntiFraud`].
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn anti_fraud_contract(anti_fraud: Arc<dyn AntiFraud>) {
    let mut suite = Suite::new("anti-fraud");
    suite.check(RULES, || ready(Bench(Arc::clone(&anti_fraud)))).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    judged:
        every_step_is_judged,
        a_step_of_somebody_who_is_not_known_yet_is_judged,
        nobody_gets_anywhere_without_a_factor,
        what_is_more_for_the_record_is_an_object;
};

#[derive(Clone)]
struct Bench(Arc<dyn AntiFraud>);

const ACTIONS: [FraudAction; 5] = [
    FraudAction::LoginInit,
    FraudAction::LoginAuth,
    FraudAction::Logout,
    FraudAction::ApprovalInit,
    FraudAction::ApprovalAuth,
];

impl Bench {
    /// With nothing in it that may be missing.
    fn query(action: FraudAction) -> FraudQuery {
        fraud_query(action, operation("op", "login"))
    }

    fn full_query(action: FraudAction) -> FraudQuery {
        let mut query = Self::query(action);
        query.party.user = Some(UserId::new(Directory::PAYER));
        query.party.organization = Some(OrganizationId::new(Directory::ORGANIZATION));
        FraudQuery {
            system: Some("THREAT_MARK".to_owned()),
            client_ip: "192.0.2.7".parse().ok(),
            username: Some("user1234".to_owned()),
            instruments: vec!["OTP_KEY".to_owned()],
            step_result: Some("CONFIRMED".to_owned()),
            termination: Some("DONE".to_owned()),
            extras: Some(Json::new(r#"{"tag":"abc"}"#)),
            ..query
        }
    }

    async fn decision(&self, query: &FraudQuery) -> FraudDecision {
        self.0.assess(query).await.expect("the back end answers")
    }
}

mod judged {
    use super::{ACTIONS, Bench, RequiredFactors};

    pub(super) async fn every_step_is_judged(bench: Bench) {
        for action in ACTIONS {
            bench.decision(&Bench::full_query(action)).await;
        }
    }

    pub(super) async fn a_step_of_somebody_who_is_not_known_yet_is_judged(bench: Bench) {
        for action in ACTIONS {
            bench.decision(&Bench::query(action)).await;
        }
    }

    /// Where it leaves the factors to the front, that asks for both.
    pub(super) async fn nobody_gets_anywhere_without_a_factor(bench: Bench) {
        for query in ACTIONS.map(Bench::full_query) {
            let factors = bench.decision(&query).await.factors.unwrap_or(RequiredFactors::ALL);
            assert!(factors.sms_otp || factors.password, "{:?}", query.action);
        }
    }

    pub(super) async fn what_is_more_for_the_record_is_an_object(bench: Bench) {
        for query in ACTIONS.map(Bench::full_query) {
            let extras = bench.decision(&query).await.extras;
            assert!(extras.is_none_or(|extras| extras.as_str().starts_with('{')), "{:?}", query.action);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use data_adapter_core::AdapterError;
    use data_adapter_sca::NoAntiFraud;

    use super::*;

    #[tokio::test]
    async fn whoever_has_nothing_to_say_keeps_the_contract() {
        anti_fraud_contract(Arc::new(NoAntiFraud)).await;
    }

    /// Wants a user but no factor, and does not know what an object is.
    struct Odd;

    #[async_trait]
    impl AntiFraud for Odd {
        async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
            if query.party.user.is_none() {
                return Err(AdapterError::InvalidInput("nobody".to_owned()));
            }
            let none = RequiredFactors { sms_otp: false, password: false };
            Ok(FraudDecision { factors: Some(none), label: None, extras: Some(Json::new("[]")) })
        }
    }

    #[tokio::test]
    async fn an_odd_one_breaks_it() {
        let suite = tokio::spawn(anti_fraud_contract(Arc::new(Odd)));
        let panic = suite.await.expect_err("the contract is broken").into_panic();
        let report = panic.downcast::<String>().expect("a report");
        let broken: Vec<_> = report.lines().filter(|line| line.starts_with("- ")).collect();
        assert_eq!(broken.len(), 3, "{report}");
        assert!(!report.contains("every step is judged"), "that rule is kept: {report}");
    }
}
