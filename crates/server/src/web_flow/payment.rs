//! What a code is bound to, as the form of an operation shows it.

use std::collections::BTreeSet;

use data_adapter_core::{Amount, Binding, BindingKind, OperationContext, Payment, is_printable};
use data_adapter_protocol::web_flow::{Limits, PaymentFields, Violation, Violations, payment_fields};

use super::error::ApiError;
use super::{OperationRules, WebFlowSettings};

const FORM_DATA: &str = "requestObject.operationContext.formData";

/// What a code for this operation is bound to.
pub(super) fn binding(operation: &OperationContext, settings: &WebFlowSettings) -> Result<Binding, ApiError> {
    match settings.operations.get(&operation.name) {
        None => Err(ApiError::operation_context("there is no such operation")),
        Some(OperationRules { binding: BindingKind::Operation, .. }) => Ok(Binding::Operation),
        Some(OperationRules { binding: BindingKind::Payment, currencies }) => {
            Ok(Binding::Payment(payment(operation, currencies, &settings.limits)?))
        }
    }
}

fn payment(
    operation: &OperationContext,
    currencies: &BTreeSet<String>,
    limits: &Limits,
) -> Result<Payment, ApiError> {
    let fields = match &operation.form_data {
        None => PaymentFields::default(),
        Some(form) => payment_fields(form.as_str())?,
    };
    let is_currency = |text: &str| is_currency_code(text) || currencies.contains(text);
    let amount = amount(fields.amount.as_deref());
    let currency = text(fields.currency, is_currency, limits, "smsAuthorization.currency");
    let account = text(fields.account, is_printable, limits, "smsAuthorization.account");
    match (amount, currency, account) {
        (Ok(amount), Ok(currency), Ok(account)) => Ok(Payment { amount, currency, account }),
        (amount, currency, account) => {
            let codes = [amount.err(), currency.err(), account.err()].into_iter().flatten();
            let violation = |code| Violation { path: FORM_DATA.to_owned(), code };
            Err(Violations::from(codes.map(violation).collect::<Vec<_>>()).into())
        }
    }
}

/// The amount of a JSON number above zero, else the code of what is wrong.
fn amount(json: Option<&str>) -> Result<Amount, String> {
    let json = json.ok_or("smsAuthorization.amount.empty")?;
    let amount: Amount = json.parse().map_err(|_| "smsAuthorization.amount.invalid")?;
    if amount.is_positive() { Ok(amount) } else { Err("smsAuthorization.amount.invalid".to_owned()) }
}

/// A text that people read in the message, else the code of what is wrong.
fn text(
    text: Option<String>,
    is_valid: impl Fn(&str) -> bool,
    limits: &Limits,
    code: &str,
) -> Result<String, String> {
    match text {
        Some(text) if text.chars().count() > limits.text => Err(format!("{code}.long")),
        Some(text) if is_valid(&text) => Ok(text),
        Some(text) if !text.trim().is_empty() => Err(format!("{code}.invalid")),
        _ => Err(format!("{code}.empty")),
    }
}

/// Three capital letters, as ISO 4217 has them.
fn is_currency_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
