//! What people are told of a challenge: JSON, where amounts are texts, so that each keeps its digits.

use data_adapter_core::{Attribute, AttributeId, AttributeValue, Binding, Payment};
use data_adapter_sca::{Asker, Presentation};
use serde::{Deserialize, Serialize};

use crate::Unreadable;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<AttributeRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asker: Option<AskerRecord>,
}

#[derive(Serialize, Deserialize)]
struct AskerRecord {
    name: String,
    opens_session: bool,
}

#[derive(Serialize, Deserialize)]
struct PaymentRecord {
    amount: String,
    currency: String,
    account: String,
    account_id: String,
}

#[derive(Serialize, Deserialize)]
struct AttributeRecord {
    id: String,
    value: String,
    /// Of an amount; none for a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
}

impl From<&Payment> for PaymentRecord {
    fn from(payment: &Payment) -> Self {
        Self {
            amount: payment.amount.to_string(),
            currency: payment.currency.clone(),
            account: payment.account.clone(),
            account_id: payment.account_id.to_string(),
        }
    }
}

impl From<&Attribute> for AttributeRecord {
    fn from(attribute: &Attribute) -> Self {
        let (value, currency) = match &attribute.value {
            AttributeValue::Text(text) => (text.clone(), None),
            AttributeValue::Amount { amount, currency } => (amount.to_string(), Some(currency.clone())),
        };
        Self { id: attribute.id.to_string(), value, currency }
    }
}

impl PaymentRecord {
    fn payment(self) -> Result<Payment, Unreadable> {
        Ok(Payment {
            amount: self.amount.parse().map_err(unreadable)?,
            currency: self.currency,
            account: self.account,
            account_id: AttributeId::new(self.account_id).map_err(unreadable)?,
        })
    }
}

impl AttributeRecord {
    fn attribute(self) -> Result<Attribute, Unreadable> {
        let value = match self.currency {
            None => AttributeValue::Text(self.value),
            Some(currency) => {
                AttributeValue::Amount { amount: self.value.parse().map_err(unreadable)?, currency }
            }
        };
        Ok(Attribute { id: AttributeId::new(self.id).map_err(unreadable)?, value })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it comes from `map_err`")]
fn unreadable(error: impl ToString) -> Unreadable {
    Unreadable::new("what people are told of a challenge", &error)
}

/// What people are told of a challenge, as stores have it.
#[must_use]
pub fn write_presentation(presentation: &Presentation) -> String {
    let Presentation { title, description, binding, asker } = presentation;
    let asker = asker.clone();
    let record = Record {
        title: title.clone(),
        description: description.clone(),
        payment: binding.payment.as_ref().map(Into::into),
        attributes: binding.attributes.iter().map(Into::into).collect(),
        asker: asker.map(|Asker { name, opens_session }| AskerRecord { name, opens_session }),
    };
    serde_json::json!(record).to_string()
}

/// What people are told of a challenge, from a store.
///
/// # Errors
///
/// [`Unreadable`] when it is nothing of that kind.
pub fn read_presentation(json: &str) -> Result<Presentation, Unreadable> {
    let Record { title, description, payment, attributes, asker } =
        serde_json::from_str(json).map_err(unreadable)?;
    let attributes = attributes.into_iter().map(AttributeRecord::attribute);
    let payment = payment.map(PaymentRecord::payment).transpose()?;
    let binding = Binding { payment, attributes: attributes.collect::<Result<_, _>>()? };
    let asker = asker.map(|AskerRecord { name, opens_session }| Asker { name, opens_session });
    Ok(Presentation { title, description, binding, asker })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_are_told_is_read_as_it_was_written_with_every_digit_of_an_amount() {
        let payment = Payment {
            amount: "158121.10".parse().unwrap(),
            currency: "CZK".to_owned(),
            account: "238400856/0300".to_owned(),
            account_id: AttributeId::new("operation.account").unwrap(),
        };
        let attribute = |id: &str, value| Attribute { id: AttributeId::new(id).unwrap(), value };
        let attributes = vec![
            attribute(
                "operation.fee",
                AttributeValue::Amount { amount: "0.00".parse().unwrap(), currency: "CZK".to_owned() },
            ),
            attribute("operation.note", AttributeValue::Text("\"rent\"".to_owned())),
        ];
        let presentation = Presentation {
            title: Some("Payment".to_owned()),
            description: None,
            binding: Binding { payment: Some(payment), attributes },
            asker: Some(Asker { name: "partner".to_owned(), opens_session: true }),
        };
        let json = write_presentation(&presentation);
        assert!(json.contains(r#""158121.10""#) && json.contains(r#""0.00""#), "{json}");
        assert_eq!(read_presentation(&json), Ok(presentation));
    }

    #[test]
    fn of_what_nothing_is_said_nothing_is_written() {
        let nothing = Presentation::of(Binding::to_operation());
        assert_eq!(write_presentation(&nothing), "{}");
        assert_eq!(read_presentation("{}"), Ok(nothing));
        assert!(read_presentation("1").is_err());
    }
}
