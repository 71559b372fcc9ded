//! What is added to form data. All else in them stays as it came, byte for byte.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;
use utoipa::ToSchema;

use super::form_parameters::{Form, Parameter};
use super::form_schema::Amount;
use crate::json::{Members, Object, Text};

/// Why form data can't be used. No variant shows what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormDataError {
    /// They are not of the right shape, or name something twice.
    #[error("the form data are not of the right shape")]
    Unreadable,
    /// Two attributes say what a code is bound to, so that nobody knows which one the person saw.
    #[error("the form data have more than one amount, payee or other bound attribute of one id")]
    Ambiguous,
}

impl From<serde_json::Error> for FormDataError {
    fn from(_: serde_json::Error) -> Self {
        Self::Unreadable
    }
}

/// An account in a choice.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BankAccount {
    /// As people write it.
    #[schema(required = false)]
    pub number: String,
    /// By what a choice names it.
    #[schema(required = false)]
    pub account_id: String,
    /// How its owner calls it.
    #[schema(required = false)]
    pub name: String,
    /// What is on it, as it is written.
    #[schema(required = false, value_type = Amount)]
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub balance: Decimal,
    /// Of the balance.
    #[schema(required = false)]
    pub currency: String,
    /// Whether it can pay.
    #[schema(required = false)]
    pub usable_for_payment: bool,
    /// Why it can't.
    pub unusable_for_payment_reason: Option<String>,
}

const BANK_ACCOUNT_CHOICE: &str = "BANK_ACCOUNT_CHOICE";
const BANK_ACCOUNT_CHOICE_ID: &str = "operation.bankAccountChoice";

/// A choice as we make it; what else is in one that is already there stays.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Choice<'a> {
    r#type: &'static str,
    id: &'static str,
    label: (),
    bank_accounts: &'a [BankAccount],
    enabled: bool,
    default_value: Option<&'a str>,
}

/// The form with a choice among `accounts`: added at the end, or refreshed where there is one. A `config` entry of the form
/// decides whether it can be changed and what is chosen at first; without one it is the first account that can pay.
/// Without accounts the form stays as it is, since Web Flow can't show an empty choice.
///
/// # Errors
///
/// When the form is not of the right shape.
pub fn with_bank_accounts(form: &str, accounts: &[BankAccount]) -> Result<Box<RawValue>, FormDataError> {
    if accounts.is_empty() {
        return Ok(RawValue::from_string(form.to_owned())?);
    }
    let mut form: Form<'_, Attribute<'_>> = serde_json::from_str(form)?;
    let choice = Choice::new(accounts, &form.config()?)?;
    let parameters = form.parameters()?;
    match find_choice(parameters)? {
        Some((position, known)) => {
            parameters[position] = Parameter::New(Attribute::Refreshed(choice.refresh(known)?));
        }
        None => parameters.push(Parameter::New(Attribute::Choice(choice))),
    }
    Ok(serde_json::value::to_raw_value(&form)?)
}

/// What we put into a form.
#[derive(Serialize)]
#[serde(untagged)]
enum Attribute<'a> {
    Choice(Choice<'a>),
    Refreshed(Members<'a>),
}

/// Where our choice is, if it is there, and its members. What else there is may look as it likes.
fn find_choice<'a>(
    parameters: &[Parameter<'a, Attribute<'_>>],
) -> Result<Option<(usize, Members<'a>)>, FormDataError> {
    for (position, parameter) in parameters.iter().enumerate() {
        if let &Parameter::Known(attribute) = parameter
            && let Some(attribute) = named_as_choice(attribute)?
            && is_text(&attribute, "type", BANK_ACCOUNT_CHOICE)
        {
            return Ok(Some((position, attribute)));
        }
    }
    Ok(None)
}

/// The members of an object that has the id of our choice; `None` where it has another. Most have it nowhere, nor an escape that
/// it could be written with, and are not parsed.
fn named_as_choice(object: &RawValue) -> Result<Option<Members<'_>>, FormDataError> {
    let json = object.get();
    if !json.starts_with('{') {
        return Err(FormDataError::Unreadable);
    }
    if !json.contains(BANK_ACCOUNT_CHOICE_ID) && !json.contains('\\') {
        return Ok(None);
    }
    let members: Members<'_> = serde_json::from_str(json)?;
    Ok(is_text(&members, "id", BANK_ACCOUNT_CHOICE_ID).then_some(members))
}

/// Whether a member is this text.
fn is_text(members: &Members<'_>, name: &str, text: &str) -> bool {
    let value = members.get(name).and_then(|json| serde_json::from_str::<Text<'_>>(json.get()).ok());
    value.is_some_and(|value| value.0 == text)
}

/// A member that may be absent or `null`.
fn optional<'a, T: Deserialize<'a>>(
    members: &'a Members<'_>,
    name: &str,
) -> Result<Option<T>, FormDataError> {
    Ok(members.get(name).map(|json| serde_json::from_str(json.get())).transpose()?.flatten())
}

impl<'a> Choice<'a> {
    fn new(accounts: &'a [BankAccount], config: &[&RawValue]) -> Result<Self, FormDataError> {
        let (mut enabled, mut wanted) = (None, None);
        for entry in config {
            if let Some(entry) = named_as_choice(entry)? {
                enabled = optional::<bool>(&entry, "enabled")?;
                wanted = optional::<String>(&entry, "defaultValue")?;
                break;
            }
        }
        let by_config = accounts.iter().find(|account| Some(&account.account_id) == wanted.as_ref());
        let usable = accounts.iter().find(|account| account.usable_for_payment);
        let default = by_config.or(usable).or(accounts.first());
        Ok(Self {
            r#type: BANK_ACCOUNT_CHOICE,
            id: BANK_ACCOUNT_CHOICE_ID,
            label: (),
            bank_accounts: accounts,
            enabled: enabled.unwrap_or(true),
            default_value: default.map(|account| account.account_id.as_str()),
        })
    }

    /// The one that is `known`, with what is ours from this one.
    fn refresh<'m>(&self, known: Members<'m>) -> Result<Members<'m>, FormDataError> {
        let members = known.with("bankAccounts", self.bank_accounts)?.with("enabled", &self.enabled)?;
        Ok(members.with("defaultValue", &self.default_value)?)
    }
}

/// The texts of a new form, by the keys that Web Flow translates.
#[derive(Clone, Copy, Debug)]
pub struct FormTexts<'a> {
    /// Above all.
    pub title: &'a str,
    /// To the person.
    pub greeting: &'a str,
    /// What it is about.
    pub summary: &'a str,
}

/// A form with these texts and nothing else but what the person put into `before`, the form that it stands in for.
///
/// # Errors
///
/// When `before` is not of the right shape.
pub fn form_with_texts(texts: FormTexts<'_>, before: Option<&str>) -> Result<Box<RawValue>, FormDataError> {
    #[derive(Serialize)]
    struct Text<'a> {
        id: &'a str,
        message: (),
    }
    let Object(before): Object<Members<'_>> = serde_json::from_str(before.unwrap_or("{}"))?;
    let given = before.get("userInput").filter(|input| input.get() != "null");
    let none = RawValue::from_string("{}".to_owned())?;
    let text = |id| Text { id, message: () };
    let form = Members::default()
        .with("title", &text(texts.title))?
        .with("greeting", &text(texts.greeting))?
        .with("summary", &text(texts.summary))?
        .with("config", &[(); 0])?
        .with("banners", &[(); 0])?
        .with("parameters", &[(); 0])?
        .with("userInput", given.unwrap_or(&none))?;
    Ok(serde_json::value::to_raw_value(&form)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, usable: bool) -> BankAccount {
        BankAccount {
            number: format!("{id}/1234"),
            account_id: id.into(),
            name: "Běžný účet".into(),
            balance: "158121.10".parse().unwrap(),
            currency: "CZK".into(),
            usable_for_payment: usable,
            unusable_for_payment_reason: None,
        }
    }

    const CHOICE: &str = concat!(
        r#"{"type":"BANK_ACCOUNT_CHOICE","id":"operation.bankAccountChoice","label":null,"bankAccounts":"#,
        r#"[{"number":"A/1234","accountId":"A","name":"Běžný účet","balance":158121.10,"currency":"CZK","#,
        r#""usableForPayment":true,"unusableForPaymentReason":null}],"enabled":true,"defaultValue":"A"}"#
    );

    #[test]
    fn a_choice_is_added_and_everything_else_stays_byte_for_byte() {
        let before = r#"{"title": {"id":"x"},"parameters":[{"type":"AMOUNT","amount":1.0E7},{"type":"NEW", "x":0.00}],"extra":100}"#;
        let after = with_bank_accounts(before, &[account("A", true)]).unwrap();
        let expected = format!(
            r#"{{"title":{{"id":"x"}},"parameters":[{{"type":"AMOUNT","amount":1.0E7}},{{"type":"NEW", "x":0.00}},{CHOICE}],"extra":100}}"#
        );
        assert_eq!(after.get(), expected);
        assert_eq!(with_bank_accounts(after.get(), &[account("A", true)]).unwrap().get(), expected);
    }

    #[test]
    fn a_choice_that_is_there_is_refreshed_where_it_is() {
        let known = r#"{"type":"BANK_ACCOUNT_CHOICE","id":"operation.bankAccountChoice","bankAccounts":[],"hint":1.50}"#;
        let form = format!(r#"{{"parameters":[{known},{{"type":"NOTE"}}]}}"#);
        let after = with_bank_accounts(&form, &[account("A", true)]).unwrap();
        let first = concat!(
            r#"{"parameters":[{"type":"BANK_ACCOUNT_CHOICE","id":"operation.bankAccountChoice","#,
            r#""bankAccounts":[{"number":"A/1234""#
        );
        assert!(after.get().starts_with(first), "{after}");
        let last = r#""hint":1.50,"enabled":true,"defaultValue":"A"},{"type":"NOTE"}]}"#;
        assert!(after.get().ends_with(last), "{after}");
    }

    #[test]
    fn the_configuration_of_the_field_decides_what_is_chosen_at_first() {
        let chosen = |config: &str, accounts: &[BankAccount]| {
            let form = format!(r#"{{"config":{config},"parameters":[]}}"#);
            let after = with_bank_accounts(&form, accounts).unwrap().get().to_owned();
            after[after.rfind(r#""enabled""#).unwrap()..].to_owned()
        };
        let accounts = [account("A", false), account("B", true), account("C", true)];
        assert_eq!(chosen("[]", &accounts), r#""enabled":true,"defaultValue":"B"}]}"#);
        assert_eq!(chosen("null", &accounts[..1]), r#""enabled":true,"defaultValue":"A"}]}"#);
        let config =
            r#"[{"id":"other"},{"id":"operation.bankAccountChoice","enabled":false,"defaultValue":"C"}]"#;
        assert_eq!(chosen(config, &accounts), r#""enabled":false,"defaultValue":"C"}]}"#);
        let unknown = r#"[{"id":"operation.bankAccountChoice","defaultValue":"Z"}]"#;
        assert_eq!(chosen(unknown, &accounts), r#""enabled":true,"defaultValue":"B"}]}"#);
    }

    #[test]
    fn what_is_not_ours_may_look_as_it_likes_and_stays() {
        let other = r#"{"type":"BANK_ACCOUNT_CHOICE","id":"operation.otherChoice","bankAccounts":[{"accountId":"x"}]}"#;
        let odd = r#"{"type":5,"id":null}"#;
        let config = r#"[{"id":"operation.other","defaultValue":5,"enabled":"true"},{"id":7}]"#;
        let form = format!(r#"{{"x":1,"x":2,"config":{config},"parameters":[{other},{odd}]}}"#);
        let after = with_bank_accounts(&form, &[account("A", true)]).unwrap();
        let expected = format!(r#"{{"x":1,"x":2,"config":{config},"parameters":[{other},{odd},{CHOICE}]}}"#);
        assert_eq!(after.get(), expected);
    }

    #[test]
    fn a_choice_is_found_however_its_id_is_escaped() {
        let escaped =
            r#"{"type":"BANK_ACCOUNT_CHOICE","\u0069d":"operation\u002ebankAccountChoice","label":"x"}"#;
        let form = format!(r#"{{"parameters":[{{"type":"NOTE"}},{escaped}]}}"#);
        let after = with_bank_accounts(&form, &[account("A", true)]).unwrap();
        assert_eq!(after.get().matches("BANK_ACCOUNT_CHOICE").count(), 1, "{}", after.get());
        assert!(after.get().contains(r#""label":"x","bankAccounts":[{"#), "{}", after.get());
    }

    #[test]
    fn a_form_without_parameters_gets_a_list_of_them() {
        for form in [r#"{"x":1}"#, r#"{"x":1,"parameters":null}"#, r#"{"x":1,"parameters":[]}"#] {
            let after = with_bank_accounts(form, &[account("A", true)]).unwrap();
            assert_eq!(after.get(), format!(r#"{{"x":1,"parameters":[{CHOICE}]}}"#), "{form}");
        }
    }

    #[test]
    fn without_accounts_the_form_stays_as_it_is() {
        let form = r#"{ "parameters" : [] }"#;
        assert_eq!(with_bank_accounts(form, &[]).unwrap().get(), form);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for form in [
            "[]",
            "1",
            r#"{"parameters":1}"#,
            r#"{"parameters":[1]}"#,
            r#"{"parameters":[["NOTE"]]}"#,
            r#"{"parameters":[],"parameters":[]}"#,
            r#"{"config":[{"id":"operation.bankAccountChoice","enabled":"true"}]}"#,
            r#"{"config":{},"parameters":[]}"#,
            r#"{"config":[7],"parameters":[]}"#,
            r#"{"config":[],"config":[],"parameters":[]}"#,
        ] {
            let result = with_bank_accounts(form, &[account("A", true)]);
            assert_eq!(result.unwrap_err(), FormDataError::Unreadable, "{form}");
        }
    }

    const TEXTS: FormTexts<'_> =
        FormTexts { title: "login.title", greeting: "login.greeting", summary: "login.summary" };

    #[test]
    fn a_new_form_has_three_texts_and_what_the_person_put_into_the_one_before() {
        let form = |before| form_with_texts(TEXTS, before).unwrap().get().to_owned();
        let expected = concat!(
            r#"{"title":{"id":"login.title","message":null},"greeting":{"id":"login.greeting","message":null},"#,
            r#""summary":{"id":"login.summary","message":null},"config":[],"banners":[],"parameters":[],"userInput":"#
        );
        assert_eq!(form(None), format!("{expected}{{}}}}"));
        assert_eq!(
            form(Some(r#"{"userInput":null,"parameters":[{"type":"AMOUNT"}]}"#)),
            format!("{expected}{{}}}}")
        );
        let input = r#"{ "operation.bankAccountChoice": "CZ40" }"#;
        assert_eq!(form(Some(&format!(r#"{{"x":1,"userInput":{input}}}"#))), format!("{expected}{input}}}"));
        assert_eq!(form_with_texts(TEXTS, Some("[]")).unwrap_err(), FormDataError::Unreadable);
    }
}
