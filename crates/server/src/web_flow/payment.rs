//! What a code is bound to, as the form of an operation shows it.

use data_adapter_core::{Amount, Binding, BindingKind, OperationContext, Payment};
use data_adapter_protocol::web_flow::{Limits, PaymentFields, Violation, Violations, payment_fields};

use super::WebFlowSettings;
use super::error::ApiError;

const FORM_DATA: &str = "requestObject.operationContext.formData";

/// What a code for this operation is bound to.
pub(super) fn binding(operation: &OperationContext, settings: &WebFlowSettings) -> Result<Binding, ApiError> {
    match settings.operations.get(&operation.name) {
        None => Err(ApiError::operation_context("there is no such operation")),
        Some(BindingKind::Operation) => Ok(Binding::Operation),
        Some(BindingKind::Payment) => Ok(Binding::Payment(payment(operation, &settings.limits)?)),
    }
}

fn payment(operation: &OperationContext, limits: &Limits) -> Result<Payment, ApiError> {
    let fields = match &operation.form_data {
        None => PaymentFields::default(),
        Some(form) => payment_fields(form.as_str())?,
    };
    let amount = amount(fields.amount.as_deref());
    let currency = text(fields.currency, limits, "smsAuthorization.currency");
    let account = text(fields.account, limits, "smsAuthorization.account");
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

/// A text that people see as it is, with nothing in it that hides or turns other parts, else the code of what is wrong.
fn text(text: Option<String>, limits: &Limits, code: &str) -> Result<String, String> {
    match text {
        Some(text) if text.chars().count() > limits.text => Err(format!("{code}.long")),
        Some(text) if text.chars().any(is_invisible) => Err(format!("{code}.invalid")),
        Some(text) if !text.trim().is_empty() => Ok(text),
        _ => Err(format!("{code}.empty")),
    }
}

/// Control characters, and those that are invisible or change the direction of a text.
fn is_invisible(c: char) -> bool {
    let format = [
        '\u{ad}'..='\u{ad}',
        '\u{200b}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{e0000}'..='\u{e007f}',
    ];
    c.is_control() || c == '\u{feff}' || format.iter().any(|range| range.contains(&c))
}
