//! How many SMS the messages of codes take at most: a bank pays for each.

use std::collections::{BTreeMap, BTreeSet};

use data_adapter_admin::title_attribute;
use data_adapter_core::{Amount, Attribute, AttributeId, AttributeValue, Binding, BindingKind, Payment};
use data_adapter_protocol::admin::{LONGEST_TEXT, LONGEST_TITLE};
use data_adapter_sca::{BindingPlan, OtpEngine, Texts, code_arguments, with_autofill};
use data_adapter_sms_encoding::{Alphabet, Split, outside_gsm7, split};
use iso_currency::Currency;

use crate::config::Settings;
use crate::failure::Failure;

/// What the message of a text takes in a language.
pub(crate) struct SmsCost {
    /// The name of the text.
    pub(crate) text: String,
    /// The language.
    pub(crate) language: String,
    /// With the longest values that payments have by their standards.
    pub(crate) usual: Message,
    /// In how many SMS, with the longest values that the APIs take.
    pub(crate) most: usize,
}

/// A message as it is sent.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    /// In how many SMS.
    pub(crate) parts: usize,
    /// How many septets or UTF-16 units it has.
    pub(crate) units: usize,
    /// What it is encoded in.
    pub(crate) alphabet: Alphabet,
    /// The characters because of which that is not GSM 7-bit.
    pub(crate) outside: Vec<char>,
    /// What its payment is in.
    currency: String,
}

/// Every text that codes are sent with, in every language that has it, with the longest values, by text and language.
pub(crate) fn sms_costs(settings: &Settings, texts: &Texts) -> Result<Vec<SmsCost>, Failure> {
    let options = settings.sms.options()?;
    let measure = Measure {
        texts,
        code: "0".repeat(settings.otp.policy().digits as usize),
        host: options.autofill.hosts().max_by_key(|host| host.len()),
    };
    let (usual, most) = (Values::usual(), Values::most(longest_text(settings)));
    let mut costs: BTreeMap<(String, String), SmsCost> = BTreeMap::new();
    for (text, plan, currencies) in uses(settings) {
        let messages = measure.longest(&text, &plan, &usual, &currencies)?;
        let dearest = messages.values().map(|message| message.currency.clone()).collect();
        let mut most = measure.longest(&text, &plan, &most, &dearest)?;
        for (language, usual) in messages {
            let most = most.remove(&language).map_or(usual.parts, |message| message.parts);
            let cost = SmsCost { text: text.clone(), language: language.clone(), usual, most };
            let key = (text.clone(), language);
            if costs.get(&key).is_none_or(|known| (known.most, &known.usual) < (cost.most, &cost.usual)) {
                costs.insert(key, cost);
            }
        }
    }
    Ok(costs.into_values().collect())
}

/// The texts, each with what it shows and the currencies of that; those that are used twice in one way only once.
fn uses(settings: &Settings) -> Vec<(String, BindingPlan, BTreeSet<String>)> {
    let nothing = BindingPlan { kind: BindingKind::Operation, payee: Vec::new(), bind: Vec::new() };
    let enrolment = (OtpEngine::ENROLMENT_TEXT.to_owned(), nothing, BTreeSet::from([String::new()]));
    let mut uses: Vec<_> = settings.factors.enabled.then_some(enrolment).into_iter().collect();
    for operation in settings.operations.values() {
        let currencies =
            (0..1_000).filter_map(Currency::from_numeric).map(|currency| currency.code().to_owned());
        let currencies = match operation.binding() {
            BindingKind::Payment => currencies.chain(operation.currencies.iter().cloned()).collect(),
            BindingKind::Operation => BTreeSet::from([String::new()]),
        };
        let used = (operation.sms_text.clone(), operation.plan(), currencies);
        if !uses.contains(&used) {
            uses.push(used);
        }
    }
    uses
}

/// How many characters an account or a bound text may have at the most generous API.
fn longest_text(settings: &Settings) -> usize {
    let web_flow = settings.web_flow.enabled.then(|| settings.web_flow.limits().text);
    let admin = settings.admin.enabled.then_some(LONGEST_TEXT);
    web_flow.max(admin).unwrap_or(LONGEST_TEXT)
}

/// What stands for the names of a text.
struct Values {
    account: String,
    amounts: Vec<Amount>,
    title: String,
    attribute: String,
}

impl Values {
    /// An IBAN of 34 characters (ISO 13616-1), an amount of 18 digits (ISO 20022), a name of 70 characters (SEPA credit transfer),
    /// and the longest title of an approval. All are in GSM 7-bit, as the character set of SEPA is.
    fn usual() -> Self {
        Self {
            account: "0".repeat(34),
            amounts: amounts(&["9999999999999999.99"]),
            title: "x".repeat(LONGEST_TITLE),
            attribute: "x".repeat(70),
        }
    }

    /// The longest amounts, and texts of `longest` letters that take two units each and run from right to left, so that marks are
    /// put around them.
    fn most(longest: usize) -> Self {
        let text = "\u{10800}".repeat(longest);
        Self {
            account: text.clone(),
            amounts: amounts(&["9999999999999999999999999999", "0.9999999999999999999999999999"]),
            title: text.clone(),
            attribute: text,
        }
    }

    fn binding(&self, plan: &BindingPlan, amount: Amount, currency: &str) -> Binding {
        let attribute = |id: &AttributeId| {
            let text = if *id == title_attribute() { &self.title } else { &self.attribute };
            Attribute { id: id.clone(), value: AttributeValue::Text(text.clone()) }
        };
        Binding {
            payment: plan.payee.first().map(|account_id| Payment {
                amount,
                currency: currency.to_owned(),
                account: self.account.clone(),
                account_id: account_id.clone(),
            }),
            attributes: plan.payee.iter().skip(1).chain(&plan.bind).map(attribute).collect(),
        }
    }
}

fn amounts(written: &[&str]) -> Vec<Amount> {
    written.iter().map(|amount| amount.parse().expect("an amount has up to 28 digits")).collect()
}

/// Writes messages and counts what they take.
struct Measure<'a> {
    texts: &'a Texts,
    code: String,
    /// The longest of those that codes are bound to.
    host: Option<&'a str>,
}

impl Measure<'_> {
    /// The longest message with these values, by language.
    fn longest(
        &self,
        text: &str,
        plan: &BindingPlan,
        values: &Values,
        currencies: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, Message>, Failure> {
        let mut longest: BTreeMap<String, Message> = BTreeMap::new();
        let unwritable = |error| Failure::Configuration(format!("`texts.folder`: {error}"));
        for (currency, amount) in currencies
            .iter()
            .flat_map(|currency| values.amounts.iter().map(move |amount| (currency, *amount)))
        {
            let binding = values.binding(plan, amount, currency);
            let written = self.texts.everywhere(text, &code_arguments(&self.code, &binding));
            for (language, written) in written.map_err(unwritable)? {
                let message = self.message(&written, currency);
                if longest.get(language).is_none_or(|known| *known < message) {
                    longest.insert(language.to_owned(), message);
                }
            }
        }
        Ok(longest)
    }

    fn message(&self, text: &str, currency: &str) -> Message {
        let text = self.host.map_or_else(|| text.to_owned(), |host| with_autofill(text, host, &self.code));
        let Split { alphabet, parts } = split(&text);
        Message {
            parts: parts.len(),
            units: alphabet.units(&text),
            alphabet,
            outside: outside_gsm7(&text),
            currency: currency.to_owned(),
        }
    }
}
