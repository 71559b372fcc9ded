//! What is read of the attributes of a form, which codes are bound to.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::FormDataError;
use crate::json::{Object, Text};

const AMOUNT: &str = "AMOUNT";

/// The attributes of a form, its `parameters`.
pub struct FormAttributes<'a>(Vec<Attribute<'a>>);

/// An amount as a form has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AmountField {
    /// The JSON of the amount; `None` when there is none, or it is `null`.
    pub amount: Option<String>,
    /// The currency; `None` when there is none.
    pub currency: Option<String>,
}

/// What an attribute says.
#[derive(Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// The `value` of a `KEY_VALUE` or a `HEADING`, the `note` of a `NOTE`, the name in a `PARTY_INFO`; `None` when there is
    /// none.
    Text(Option<String>),
    /// An `AMOUNT`.
    Amount(AmountField),
    /// An attribute of another type, or a text that Web Flow translates: people do not read what is in the form.
    Unreadable,
}

#[derive(Deserialize)]
struct Form<'a> {
    #[serde(borrow)]
    parameters: Option<Vec<Object<Attribute<'a>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value_format_type: Option<&'a RawValue>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(borrow)]
    currency: Option<&'a RawValue>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    note: Option<&'a RawValue>,
    #[serde(borrow)]
    party_info: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Party<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
}

impl<'a> FormAttributes<'a> {
    /// Reads a form.
    ///
    /// # Errors
    ///
    /// When it is not of the right shape, or repeats a member that is read.
    pub fn read(form: &'a str) -> Result<Self, FormDataError> {
        let Object(form): Object<Form<'_>> = serde_json::from_str(form)?;
        Ok(Self(form.parameters.unwrap_or_default().into_iter().map(|Object(attribute)| attribute).collect()))
    }

    /// The amount of a payment: the one `AMOUNT` that is none of the `others`, empty when there is none.
    ///
    /// # Errors
    ///
    /// When there are two, or its currency is no text.
    pub fn amount(&self, others: impl Fn(&str) -> bool) -> Result<AmountField, FormDataError> {
        let is_other = |attribute: &Attribute<'_>| attribute.id.as_deref().is_some_and(&others);
        let amounts = self.0.iter().filter(|attribute| attribute.is(AMOUNT) && !is_other(attribute));
        Ok(only(amounts)?.map(Attribute::amount).transpose()?.unwrap_or_default())
    }

    /// What the attribute with this id says; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When there are two, or one is not of the right shape.
    pub fn value(&self, id: &str) -> Result<Option<FieldValue>, FormDataError> {
        let attribute = only(self.0.iter().filter(|attribute| attribute.id.as_deref() == Some(id)))?;
        attribute.map(Attribute::field).transpose()
    }
}

impl Attribute<'_> {
    fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }

    fn amount(&self) -> Result<AmountField, FormDataError> {
        let amount = self.amount.map(|json| json.get().to_owned());
        Ok(AmountField { amount, currency: text(self.currency)? })
    }

    fn field(&self) -> Result<FieldValue, FormDataError> {
        let is_translated = self
            .value_format_type
            .and_then(|json| serde_json::from_str::<Text<'_>>(json.get()).ok())
            .is_some_and(|format| format.0 == "LOCALIZED_TEXT");
        Ok(match self.kind.as_deref() {
            Some(AMOUNT) => FieldValue::Amount(self.amount()?),
            _ if is_translated => FieldValue::Unreadable,
            Some("KEY_VALUE" | "HEADING") => FieldValue::Text(text(self.value)?),
            Some("NOTE") => FieldValue::Text(text(self.note)?),
            Some("PARTY_INFO") => {
                let party: Option<Option<Object<Party<'_>>>> =
                    self.party_info.map(|json| serde_json::from_str(json.get())).transpose()?;
                let name = party.flatten().and_then(|Object(party)| party.name);
                FieldValue::Text(name.map(Cow::into_owned))
            }
            _ => FieldValue::Unreadable,
        })
    }
}

/// The one item; `None` when there is none.
fn only<T>(mut items: impl Iterator<Item = T>) -> Result<Option<T>, FormDataError> {
    let first = items.next();
    if items.next().is_some() { Err(FormDataError::Ambiguous) } else { Ok(first) }
}

fn text(json: Option<&RawValue>) -> Result<Option<String>, FormDataError> {
    Ok(json.map(|json| serde_json::from_str(json.get())).transpose()?.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parameters: &str) -> String {
        format!(r#"{{"parameters":[{parameters}]}}"#)
    }

    fn amount(parameters: &str, others: &[&str]) -> Result<AmountField, FormDataError> {
        FormAttributes::read(&form(parameters))?.amount(|id| others.contains(&id))
    }

    fn value(parameters: &str) -> Result<Option<FieldValue>, FormDataError> {
        FormAttributes::read(&form(parameters))?.value("x")
    }

    fn said(text: &str) -> Result<Option<FieldValue>, FormDataError> {
        Ok(Some(FieldValue::Text(Some(text.to_owned()))))
    }

    #[test]
    fn the_amount_of_a_payment_is_read_as_it_is_written() {
        let payment = r#"{"type":"AMOUNT","amount":1.0E7,"currency":"CZK"}"#;
        let expected = AmountField { amount: Some("1.0E7".into()), currency: Some("CZK".into()) };
        assert_eq!(amount(payment, &[]).as_ref(), Ok(&expected));
        let fee = r#"{"type":"AMOUNT","id":"fee","amount":9,"currency":"EUR"}"#;
        assert_eq!(amount(&format!("{fee},{payment}"), &["fee"]).as_ref(), Ok(&expected));
        assert_eq!(amount(&format!("{fee},{payment}"), &[]), Err(FormDataError::Ambiguous));
        assert_eq!(amount(fee, &["fee"]), Ok(AmountField::default()));
        assert_eq!(FormAttributes::read("{}").unwrap().amount(|_| false), Ok(AmountField::default()));
    }

    #[test]
    fn an_attribute_says_what_people_read_of_it() {
        for (attribute, text) in [
            (r#"{"type":"KEY_VALUE","id":"x","valueFormatType":"DATE","value":"2026-12-24"}"#, "2026-12-24"),
            (r#"{"type":"KEY_VALUE","id":"\u0078","value":"\u0061b"}"#, "ab"),
            (r#"{"type":"HEADING","id":"x","value":"Rent"}"#, "Rent"),
            (r#"{"type":"NOTE","id":"x","note":"Rent","value":"other"}"#, "Rent"),
            (
                r#"{"type":"PARTY_INFO","id":"x","partyInfo":{"name":"Shop","websiteUrl":"https://x"}}"#,
                "Shop",
            ),
        ] {
            assert_eq!(value(attribute), said(text), "{attribute}");
        }
        let fee = value(r#"{"type":"AMOUNT","id":"x","amount":12.50,"currency":"EUR"}"#);
        let expected = AmountField { amount: Some("12.50".into()), currency: Some("EUR".into()) };
        assert_eq!(fee, Ok(Some(FieldValue::Amount(expected))));
    }

    #[test]
    fn what_says_nothing_is_nothing() {
        assert_eq!(value(r#"{"type":"KEY_VALUE","id":"y","value":"z"}"#), Ok(None));
        for nothing in [
            r#"{"type":"KEY_VALUE","id":"x"}"#,
            r#"{"type":"KEY_VALUE","id":"x","value":null,"note":"z"}"#,
            r#"{"type":"PARTY_INFO","id":"x"}"#,
            r#"{"type":"PARTY_INFO","id":"x","partyInfo":null}"#,
            r#"{"type":"PARTY_INFO","id":"x","partyInfo":{"name":null}}"#,
        ] {
            assert_eq!(value(nothing), Ok(Some(FieldValue::Text(None))), "{nothing}");
        }
    }

    #[test]
    fn what_people_do_not_read_in_the_form_is_not_taken_for_it() {
        for unreadable in [
            r#"{"type":"BANNER","id":"x","message":"z"}"#,
            r#"{"type":"BANK_ACCOUNT_CHOICE","id":"x","value":"z"}"#,
            r#"{"type":"NEW","id":"x","value":"z"}"#,
            r#"{"id":"x","value":"z"}"#,
            r#"{"type":"KEY_VALUE","id":"x","valueFormatType":"LOCALIZED_TEXT","value":"key"}"#,
            r#"{"type":"NOTE","id":"x","valueFormatType":"LOCALIZED\u005fTEXT","note":"key"}"#,
        ] {
            assert_eq!(value(unreadable), Ok(Some(FieldValue::Unreadable)), "{unreadable}");
        }
    }

    #[test]
    fn two_of_one_id_and_repeated_members_are_refused() {
        let one = r#"{"type":"KEY_VALUE","id":"x","value":"1"}"#;
        let other_kind = r#"{"type":"NOTE","id":"x","note":"1"}"#;
        for two in [format!("{one},{one}"), format!("{one},{other_kind}")] {
            assert_eq!(value(&two), Err(FormDataError::Ambiguous), "{two}");
        }
        for repeated in [
            r#"{"type":"AMOUNT","id":"x","amount":1,"amount":2}"#,
            r#"{"type":"AMOUNT","id":"x","\u0061mount":1,"amount":2}"#,
            r#"{"type":"KEY_VALUE","id":"x","value":"1","value":"2"}"#,
            r#"{"type":"NOTE","id":"x","note":"1","note":"2"}"#,
            r#"{"type":"KEY_VALUE","id":"y","id":"x","value":"1"}"#,
            r#"{"type":"PARTY_INFO","id":"x","partyInfo":{"name":"1","name":"2"}}"#,
            r#"{"type":"KEY_VALUE","id":"x","value":1}"#,
            r#"{"type":"PARTY_INFO","id":"x","partyInfo":["1"]}"#,
        ] {
            assert_eq!(value(repeated), Err(FormDataError::Unreadable), "{repeated}");
        }
        assert!(FormAttributes::read(r#"{"parameters":[],"parameters":[]}"#).is_err());
    }
}
