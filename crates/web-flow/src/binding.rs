//! What a code is bound to, as the form of an operation shows it.

use data_adapter_core::{
    Amount, Attribute, AttributeId, AttributeValue, Binding, BindingKind, Json, OperationContext, Payment,
    is_printable,
};
use data_adapter_protocol::web_flow::{
    AmountField, FieldValue, FormAttributes, Limits, Violation, Violations,
};

use crate::error::ApiError;
use crate::settings::{OperationRules, WebFlowSettings};

const FORM_DATA: &str = "requestObject.operationContext.formData";
const AMOUNT: &str = "smsAuthorization.amount";
const CURRENCY: &str = "smsAuthorization.currency";
const ACCOUNT: &str = "smsAuthorization.account";

/// What a code for this operation is bound to.
pub(crate) fn binding(operation: &OperationContext, settings: &WebFlowSettings) -> Result<Binding, ApiError> {
    let rules = settings.operations.get(&operation.name);
    let rules = rules.ok_or_else(|| ApiError::operation_context("there is no such operation"))?;
    if rules.binding == BindingKind::Operation && rules.bind.is_empty() {
        return Ok(Binding::to_operation());
    }
    let form = FormAttributes::read(operation.form_data.as_ref().map_or("{}", Json::as_str))?;
    let mut reading = Reading { form, rules, limits: &settings.limits, codes: Vec::new() };
    let payment = match rules.binding {
        BindingKind::Operation => None,
        BindingKind::Payment => reading.payment()?,
    };
    let others = rules.payee.iter().skip(1).chain(&rules.bind);
    let attributes = others.map(|id| reading.attribute(id)).collect::<Result<Vec<_>, _>>()?;
    reading.finish(Binding { payment, attributes: attributes.into_iter().flatten().collect() })
}

/// A form that is read, with the codes of what is wrong with it so far.
struct Reading<'a> {
    form: FormAttributes<'a>,
    rules: &'a OperationRules,
    limits: &'a Limits,
    codes: Vec<String>,
}

impl Reading<'_> {
    /// `None` when there is something wrong with it.
    fn payment(&mut self) -> Result<Option<Payment>, ApiError> {
        let field = self.form.amount(|id| self.rules.bind.iter().any(|bound| bound.as_str() == id))?;
        let amount = amount(field.amount.as_deref(), Amount::is_positive, AMOUNT);
        let amount = self.or_note(amount);
        let currency = self.currency(field.currency, CURRENCY);
        let Some(account_id) = self.rules.payee.first() else {
            return Err(ApiError::operation_context("no attribute names the payee"));
        };
        let account = match self.form.value(account_id.as_str())? {
            None => text(None, is_printable, self.limits, ACCOUNT),
            Some(FieldValue::Text(account)) => text(account, is_printable, self.limits, ACCOUNT),
            Some(FieldValue::Amount(_) | FieldValue::Unreadable) => Err(format!("{ACCOUNT}.invalid")),
        };
        let account = self.or_note(account);
        Ok(match (amount, currency, account) {
            (Some(amount), Some(currency), Some(account)) => {
                Some(Payment { amount, currency, account, account_id: account_id.clone() })
            }
            _ => None,
        })
    }

    /// An attribute that has to be there; `None` when there is something wrong with it.
    fn attribute(&mut self, id: &AttributeId) -> Result<Option<Attribute>, ApiError> {
        let code = format!("smsAuthorization.{}", id.name());
        let value = match self.form.value(id.as_str())? {
            None => self.or_note(Err(format!("{code}.empty"))),
            Some(FieldValue::Text(value)) => {
                let value = text(value, is_printable, self.limits, &code);
                self.or_note(value).map(AttributeValue::Text)
            }
            // Nobody is named by an amount.
            Some(FieldValue::Amount(field)) if self.rules.bind.contains(id) => self.amount(field, &code),
            Some(FieldValue::Amount(_) | FieldValue::Unreadable) => {
                self.or_note(Err(format!("{code}.invalid")))
            }
        };
        Ok(value.map(|value| Attribute { id: id.clone(), value }))
    }

    fn amount(&mut self, field: AmountField, code: &str) -> Option<AttributeValue> {
        let amount = amount(field.amount.as_deref(), |amount| !amount.is_negative(), code);
        let amount = self.or_note(amount);
        let currency = self.currency(field.currency, code);
        Some(AttributeValue::Amount { amount: amount?, currency: currency? })
    }

    fn currency(&mut self, currency: Option<String>, code: &str) -> Option<String> {
        let is_currency = |text: &str| is_currency_code(text) || self.rules.currencies.contains(text);
        let currency = text(currency, is_currency, self.limits, code);
        self.or_note(currency)
    }

    fn or_note<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|code| self.codes.push(code)).ok()
    }

    /// The binding, or all that is wrong with it.
    fn finish(self, binding: Binding) -> Result<Binding, ApiError> {
        if self.codes.is_empty() {
            return Ok(binding);
        }
        let violation = |code| Violation { path: FORM_DATA.to_owned(), code };
        Err(Violations::from(self.codes.into_iter().map(violation).collect::<Vec<_>>()).into())
    }
}

/// The amount of a JSON number, else the code of what is wrong.
fn amount(json: Option<&str>, is_valid: impl Fn(&Amount) -> bool, code: &str) -> Result<Amount, String> {
    let json = json.ok_or_else(|| format!("{code}.empty"))?;
    json.parse().ok().filter(is_valid).ok_or_else(|| format!("{code}.invalid"))
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
