use std::fmt;

use thiserror::Error;

use crate::Amount;

/// What codes for an operation are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// The operation: a login.
    Operation,
    /// The operation, and amount, currency and payee of a payment.
    Payment,
}

/// What a one-time code is bound to, besides the operation and the user. The message shows all of it (RTS on SCA, Art. 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Amount, currency and payee; `None` for what is no payment, such as a login.
    pub payment: Option<Payment>,
    /// What else it is bound to. No two have one id, nor that of the payee's account.
    pub attributes: Vec<Attribute>,
}

/// A payment as the payer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// More than zero.
    pub amount: Amount,
    /// Such as `CZK`; not empty.
    pub currency: String,
    /// The payee's account; not empty.
    pub account: String,
    /// Which attribute of the form that is.
    pub account_id: AttributeId,
}

/// An attribute of the form of an operation, such as a due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Which one.
    pub id: AttributeId,
    /// What it says.
    pub value: AttributeValue,
}

/// What an attribute says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// A text, a date or a number, as it is written; not empty.
    Text(String),
    /// An amount, such as a fee.
    Amount {
        /// Zero or more.
        amount: Amount,
        /// Such as `CZK`; not empty.
        currency: String,
    },
}

/// The id of an attribute in the form of an operation, such as `operation.dueDate`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(String);

/// The last part of an id is no name for texts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` does not end in a name: after its last dot come a letter of ASCII, and letters, digits, `-` and `_`"
)]
pub struct AttributeIdError(String);

impl Binding {
    /// To the operation alone: a login.
    #[must_use]
    pub fn to_operation() -> Self {
        Self { payment: None, attributes: Vec::new() }
    }

    /// To a payment, and nothing else.
    #[must_use]
    pub fn to_payment(payment: Payment) -> Self {
        Self { payment: Some(payment), attributes: Vec::new() }
    }
}

impl AttributeId {
    /// The payee's account, in the forms of Web Flow's own examples: `operation.account`.
    #[must_use]
    pub fn payees_account() -> Self {
        Self("operation.account".to_owned())
    }

    /// Wraps `id`.
    ///
    /// # Errors
    ///
    /// When it does not end in a name.
    pub fn new(id: impl Into<String>) -> Result<Self, AttributeIdError> {
        let id = Self(id.into());
        let name = id.name();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if is_name { Ok(id) } else { Err(AttributeIdError(id.0)) }
    }

    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What texts call it: its last part, `dueDate` of `operation.dueDate`. An identifier of Fluent.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('.').map_or(&*self.0, |(_, name)| name)
    }
}

impl fmt::Display for AttributeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AttributeValue {
    /// As people may read it: an amount with the digits that it came with, a blank, and its currency.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Amount { amount, currency } => write!(f, "{amount} {currency}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_called_by_the_last_part_of_its_id() {
        for (id, name) in [
            ("operation.dueDate", "dueDate"),
            ("note", "note"),
            ("bank.payment.creditor-iban_2", "creditor-iban_2"),
            ("…9.x", "x"),
        ] {
            assert_eq!(AttributeId::new(id).unwrap().name(), name, "{id}");
        }
    }

    #[test]
    fn an_id_that_ends_in_no_name_is_refused() {
        for id in ["", ".", "operation.", "operation.2nd", "operation.due date", "operation.částka", "a.-b"]
        {
            assert_eq!(AttributeId::new(id), Err(AttributeIdError(id.to_owned())), "{id}");
        }
    }
}
