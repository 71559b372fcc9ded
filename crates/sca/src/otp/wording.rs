//! The names by which a text says what a code approves.

use std::borrow::Cow;

use data_adapter_core::{AttributeId, AttributeValue, Binding, BindingKind};
use thiserror::Error;

use crate::texts::{Argument, Arguments, Wording};

const CODE: &str = "code";
pub(crate) const AMOUNT: &str = "amount";
pub(crate) const AMOUNT_TEXT: &str = "amount_text";
pub(crate) const CURRENCY: &str = "currency";
pub(crate) const ACCOUNT: &str = "account";

/// The names that the texts of every payment may use.
pub const PAYMENT_NAMES: [&str; 5] = [CODE, AMOUNT, AMOUNT_TEXT, CURRENCY, ACCOUNT];

/// What the codes of an operation are bound to, by its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingPlan {
    /// Whether it is a payment.
    pub kind: BindingKind,
    /// The attributes that name the payee of a payment, its account first; empty for what is no payment.
    pub payee: Vec<AttributeId>,
    /// Which others are bound and shown.
    pub bind: Vec<AttributeId>,
}

/// Two things that the messages of an operation show would have one name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{id}` would be `${name}` in the texts, which is something else already")]
pub struct NameClash {
    /// The attribute that comes second.
    pub id: AttributeId,
    /// The name.
    pub name: String,
}

impl BindingPlan {
    /// What messages may name, and what they have to show (RTS on SCA, Art. 5).
    ///
    /// # Errors
    ///
    /// [`NameClash`].
    pub fn wording(&self) -> Result<Wording, NameClash> {
        let mut wording = Wording::default();
        wording.add([CODE]);
        if self.kind == BindingKind::Payment {
            wording.add([AMOUNT, AMOUNT_TEXT]);
            wording.add([CURRENCY]);
        }
        let (account, others) = match self.payee.split_first() {
            Some((account, others)) => (Some(account), others),
            None => (None, &[][..]),
        };
        if let Some(account) = account.filter(|account| account.name() != ACCOUNT) {
            free(&wording, account, account.name())?;
            wording.add([ACCOUNT, account.name()]);
        } else if account.is_some() {
            wording.add([ACCOUNT]);
        }
        for id in others.iter().chain(&self.bind) {
            let written_out = text_name(id);
            free(&wording, id, id.name())?;
            free(&wording, id, &written_out)?;
            wording.add([id.name(), &written_out]);
        }
        Ok(wording)
    }
}

fn free(wording: &Wording, id: &AttributeId, name: &str) -> Result<(), NameClash> {
    if wording.names.contains(name) {
        return Err(NameClash { id: id.clone(), name: name.to_owned() });
    }
    Ok(())
}

/// The name of what an attribute says as people of the text's language write it, which is another thing for an amount only.
fn text_name(id: &AttributeId) -> String {
    format!("{}_text", id.name())
}

/// What stands for these names in the message of a code.
#[must_use]
pub fn code_arguments<'a>(code: &'a str, binding: &'a Binding) -> Arguments<'a> {
    let mut arguments: Arguments<'a> = vec![(CODE.into(), Argument::text(code))];
    if let Some(payment) = &binding.payment {
        arguments.extend([
            (AMOUNT.into(), Argument::text(payment.amount.to_string())),
            (AMOUNT_TEXT.into(), Argument::Amount(payment.amount, &payment.currency)),
            (CURRENCY.into(), Argument::text(&payment.currency)),
            (ACCOUNT.into(), Argument::text(&payment.account)),
            (payment.account_id.name().into(), Argument::text(&payment.account)),
        ]);
    }
    for attribute in &binding.attributes {
        let written_out = match &attribute.value {
            AttributeValue::Text(text) => Argument::text(text),
            AttributeValue::Amount { amount, currency } => Argument::Money(*amount, currency),
        };
        arguments.push((Cow::Borrowed(attribute.id.name()), Argument::text(attribute.value.to_string())));
        arguments.push((text_name(&attribute.id).into(), written_out));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use data_adapter_core::{Attribute, Payment};

    use super::*;

    fn ids(ids: &[&str]) -> Vec<AttributeId> {
        ids.iter().map(|id| AttributeId::new(*id).unwrap()).collect()
    }

    fn payment(payee: &[&str], bind: &[&str]) -> BindingPlan {
        BindingPlan { kind: BindingKind::Payment, payee: ids(payee), bind: ids(bind) }
    }

    fn login(bind: &[&str]) -> BindingPlan {
        BindingPlan { kind: BindingKind::Operation, payee: Vec::new(), bind: ids(bind) }
    }

    fn shown(plan: &BindingPlan) -> Vec<String> {
        plan.wording().unwrap().shows.iter().map(|names| names.join("|")).collect()
    }

    #[test]
    fn a_text_shows_all_that_is_bound() {
        assert_eq!(shown(&login(&[])), ["code"]);
        assert_eq!(shown(&login(&["o.limit"])), ["code", "limit|limit_text"]);
        let usual = ["code", "amount|amount_text", "currency", "account"];
        assert_eq!(shown(&payment(&["operation.account"], &[])), usual);
        let bound = payment(&["o.creditorIban", "o.creditorName"], &["o.dueDate"]);
        let more = ["account|creditorIban", "creditorName|creditorName_text", "dueDate|dueDate_text"];
        assert_eq!(shown(&bound), [&usual[..3], &more].concat());
    }

    #[test]
    fn two_things_of_one_name_are_refused() {
        for (plan, name) in [
            (payment(&["o.account"], &["o.amount"]), "amount"),
            (payment(&["o.account"], &["o.currency"]), "currency"),
            (payment(&["o.account"], &["o.code"]), "code"),
            (payment(&["o.amount_text"], &[]), "amount_text"),
            (payment(&["o.iban"], &["o.account"]), "account"),
            (payment(&["o.iban", "o.account"], &[]), "account"),
            (payment(&["o.account"], &["o.account"]), "account"),
            (payment(&["o.account"], &["o.date", "invoice.date"]), "date"),
            (payment(&["o.account"], &["o.fee", "o.fee_text"]), "fee_text"),
            (payment(&["o.account"], &["o.fee_text", "o.fee"]), "fee_text"),
            (login(&["o.code"]), "code"),
        ] {
            assert_eq!(plan.wording().map_err(|clash| clash.name), Err(name.to_owned()), "{plan:?}");
        }
        assert!(login(&["o.amount", "o.account"]).wording().is_ok(), "a login has neither of its own");
    }

    #[test]
    fn something_stands_for_every_name_that_a_text_may_use() {
        let amount = |id: &AttributeId| Attribute {
            id: id.clone(),
            value: AttributeValue::Amount { amount: "12.50".parse().unwrap(), currency: "CZK".into() },
        };
        for plan in [
            login(&[]),
            login(&["o.limit"]),
            payment(&["operation.account"], &[]),
            payment(&["o.creditorIban", "o.creditorName"], &["o.dueDate"]),
        ] {
            let paid = plan.payee.first().map(|id| Payment {
                amount: "1".parse().unwrap(),
                currency: "CZK".into(),
                account: "1/0300".into(),
                account_id: id.clone(),
            });
            let others = plan.payee.iter().skip(1).chain(&plan.bind);
            let binding = Binding { payment: paid, attributes: others.map(amount).collect() };
            let arguments = code_arguments("12345678", &binding);
            for name in plan.wording().unwrap().names {
                assert!(arguments.iter().any(|(known, _)| **known == name), "{name} of {plan:?}");
            }
        }
    }
}
