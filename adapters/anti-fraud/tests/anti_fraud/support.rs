use std::collections::HashSet;

use data_adapter_anti_fraud::{DefaultSettings, RuleBook, RuleError, RuleSettings};
use data_adapter_core::{AntiFraud as _, FraudAction, FraudQuery, OperationName, RequiredFactors};
use data_adapter_testkit::{fraud_query, operation, paid};
use serde::Deserialize;

/// What the configuration would hold.
#[derive(Deserialize)]
struct Section {
    #[serde(default)]
    rules: Vec<RuleSettings>,
    default: Option<DefaultSettings>,
}

/// The rules of a text in TOML; `authorize_payment` is a payment.
pub(crate) fn book(text: &str) -> Result<RuleBook, RuleError> {
    let section: Section = toml::from_str(text).expect("rules");
    let payments = HashSet::from([OperationName::new("authorize_payment")]);
    RuleBook::new(&section.rules, section.default.as_ref(), payments)
}

/// The approval of a payment that begins.
pub(crate) fn paying(amount: &str, currency: &str, account: &str) -> FraudQuery {
    let payment = Some(paid(amount, currency, account));
    let operation = operation("op", "authorize_payment");
    FraudQuery { payment, ..fraud_query(FraudAction::ApprovalInit, operation) }
}

/// A login that begins.
pub(crate) fn logging_in() -> FraudQuery {
    fraud_query(FraudAction::LoginInit, operation("op", "login"))
}

/// The label and the factors that the rules come to; both are `None` where they have nothing to say.
pub(crate) async fn judged(book: &RuleBook, query: &FraudQuery) -> (Option<String>, Option<RequiredFactors>) {
    let decision = book.assess(query).await.expect("rules always answer");
    (decision.label, decision.factors)
}

/// The label alone; panics where there is none.
pub(crate) async fn label(book: &RuleBook, query: &FraudQuery) -> String {
    judged(book, query).await.0.expect("a label")
}
