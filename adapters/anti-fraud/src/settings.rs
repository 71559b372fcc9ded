use data_adapter_core::{FraudDecision, RequiredFactors};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ExactAmount, LONGEST};

/// A rule as it is written: it fits when everything does that it names. `docs/anti-fraud.md` has what each key is for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    /// How the case is called.
    pub label: String,
    /// What to ask for: `sms_otp`, `password` or both.
    pub factors: Vec<String>,
    /// The steps, by the names of [`FraudAction`](data_adapter_core::FraudAction); `None` is every one.
    pub actions: Option<Vec<String>>,
    /// The kinds of operations; `None` is every one.
    pub operations: Option<Vec<String>>,
    /// The currencies of a payment; `None` is every one, and what is no payment.
    pub currencies: Option<Vec<String>>,
    /// The least amount, in the currency of `currencies`; `None` for no limit.
    pub amount_at_least: Option<ExactAmount>,
    /// The greatest amount; `None` for no limit.
    pub amount_at_most: Option<ExactAmount>,
    /// What the amount has to be less than; `None` for no limit.
    pub amount_below: Option<ExactAmount>,
    /// The accounts of payees, as they are written in payments; `None` is every one, and what is no payment.
    pub payees: Option<Vec<String>>,
    /// Where the person is: IP addresses, or networks such as `192.0.2.0/24`; `None` is everywhere.
    pub networks: Option<Vec<String>>,
}

/// What is answered when no rule fits.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DefaultSettings {
    /// How the case is called.
    pub label: String,
    /// What to ask for: `sms_otp`, `password` or both.
    pub factors: Vec<String>,
}

/// A setting that can't be used.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{key}` {why}")]
pub struct RuleError {
    key: String,
    why: String,
}

impl RuleError {
    pub(crate) fn new(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self { key: key.into(), why: why.into() }
    }

    /// The same, for a key of a section within another.
    pub(crate) fn within(self, section: &str) -> Self {
        Self { key: format!("{section}.{}", self.key), ..self }
    }

    /// The key of the setting, such as `rules[0].factors`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it, to be read after the key.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// What a rule, or the default, comes to.
pub(crate) fn decision(label: &str, factors: &[String]) -> Result<FraudDecision, RuleError> {
    if label.trim().is_empty() || label.chars().any(char::is_control) {
        return Err(RuleError::new("label", "is missing: how is the case called?"));
    }
    if label.chars().count() > LONGEST {
        return Err(RuleError::new("label", format!("has more than {LONGEST} characters")));
    }
    let factors = required(factors).map_err(|why| RuleError::new("factors", why))?;
    Ok(FraudDecision { factors: Some(factors), label: Some(label.to_owned()), extras: None })
}

fn required(factors: &[String]) -> Result<RequiredFactors, String> {
    const CODE: &str = "sms_otp";
    const PASSWORD: &str = "password";
    if let Some(unknown) = factors.iter().find(|name| ![CODE, PASSWORD].contains(&name.as_str())) {
        return Err(format!("has `{unknown}`; there are: {CODE}, {PASSWORD}"));
    }
    let has = |factor| factors.iter().any(|name| name == factor);
    let required = RequiredFactors { sms_otp: has(CODE), password: has(PASSWORD) };
    if required.is_empty() {
        return Err(format!("is missing: at least one of {CODE} and {PASSWORD} has to be asked for"));
    }
    Ok(required)
}
