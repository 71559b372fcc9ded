//! What people are told of a challenge, as the file has it: JSON, where amounts are texts, so that each keeps its digits.

use data_adapter_core::{Attribute, AttributeId, AttributeValue, Binding, Payment};
use data_adapter_sca::{Asker, Presentation};
use rusqlite::types::Type;
use rusqlite::{Error, Row};
use serde::{Deserialize, Serialize};

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
    fn payment(self) -> rusqlite::Result<Payment> {
        Ok(Payment {
            amount: self.amount.parse().map_err(unreadable)?,
            currency: self.currency,
            account: self.account,
            account_id: AttributeId::new(self.account_id).map_err(unreadable)?,
        })
    }
}

impl AttributeRecord {
    fn attribute(self) -> rusqlite::Result<Attribute> {
        let value = match self.currency {
            None => AttributeValue::Text(self.value),
            Some(currency) => {
                AttributeValue::Amount { amount: self.value.parse().map_err(unreadable)?, currency }
            }
        };
        Ok(Attribute { id: AttributeId::new(self.id).map_err(unreadable)?, value })
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
}

pub(crate) fn write(presentation: &Presentation) -> rusqlite::Result<String> {
    let Presentation { title, description, binding, asker } = presentation;
    let asker = asker.clone();
    let record = Record {
        title: title.clone(),
        description: description.clone(),
        payment: binding.payment.as_ref().map(Into::into),
        attributes: binding.attributes.iter().map(Into::into).collect(),
        asker: asker.map(|Asker { name, opens_session }| AskerRecord { name, opens_session }),
    };
    serde_json::to_string(&record).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Presentation> {
    let json: String = row.get("presentation")?;
    let Record { title, description, payment, attributes, asker } =
        serde_json::from_str(&json).map_err(unreadable)?;
    let attributes = attributes.into_iter().map(AttributeRecord::attribute);
    let payment = payment.map(PaymentRecord::payment).transpose()?;
    let binding = Binding { payment, attributes: attributes.collect::<Result<_, _>>()? };
    let asker = asker.map(|AskerRecord { name, opens_session }| Asker { name, opens_session });
    Ok(Presentation { title, description, binding, asker })
}
