use std::collections::BTreeSet;

use data_adapter_core::{AttributeId, OperationName};
use jiff::SignedDuration;

use crate::operators::Operators;

/// The operation of payments, where the configuration names no other.
pub const PAYMENT_OPERATION: &str = "authorize_payment";

/// The operation of everything else, where the configuration names no other.
pub const REQUEST_OPERATION: &str = "approval";

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct AdminSettings {
    /// Who may call.
    pub operators: Operators,
    /// Whether there is the operator's page.
    pub page: bool,
    /// What payments are.
    pub payment: PaymentOperation,
    /// What everything else is. Its codes are bound to [`title_attribute`], and to nothing besides.
    pub request: OperationName,
    /// The partners of the Security API, by their names.
    pub partners: BTreeSet<String>,
    /// How far ahead the clock may be by which tokens of users are issued, at most
    /// [`CLOCK_TOLERANCE`](data_adapter_sca::CLOCK_TOLERANCE).
    pub tokens_ahead: SignedDuration,
    /// The token of the operator of the demo; `None` where there is no such operator.
    pub demo_token: Option<&'static str>,
}

/// The operation of payments. Its codes are bound to amount, currency and the payee's account, and to nothing besides.
#[derive(Clone, Debug)]
pub struct PaymentOperation {
    /// What it is called.
    pub name: OperationName,
    /// The attribute that is the payee's account.
    pub account: AttributeId,
    /// What payments may be made in besides the three capital letters of a currency.
    pub currencies: BTreeSet<String>,
}

/// The attribute that the title of a request is, `$title` in texts.
#[must_use]
pub fn title_attribute() -> AttributeId {
    AttributeId::new("request.title").expect("it ends in a name")
}
