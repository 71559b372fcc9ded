//! The JSON of the anti-fraud system, as `docs/anti-fraud.md` describes it.

use std::net::IpAddr;

use data_adapter_core::{
    AdapterError, FraudDecision, FraudQuery, Json, OrganizationId, Payment, RequiredFactors, UserId,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::LONGEST;

/// What the system is asked. Members that are not known are `null`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Question<'a> {
    action: &'static str,
    step: u32,
    system: Option<&'a str>,
    user: Option<&'a str>,
    organization: Option<&'a str>,
    username: Option<&'a str>,
    client_ip: Option<IpAddr>,
    operation: Operation<'a>,
    payment: Option<PaymentFields<'a>>,
    instruments: &'a [String],
    step_result: Option<&'a str>,
    termination: Option<&'a str>,
    extras: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operation<'a> {
    id: &'a str,
    name: &'a str,
    data: Option<&'a str>,
    external_transaction: Option<&'a str>,
    form_data: Option<&'a RawValue>,
    application: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct PaymentFields<'a> {
    /// As text: many readers of JSON take a number for a binary fraction.
    amount: String,
    currency: &'a str,
    account: &'a str,
}

impl<'a> Question<'a> {
    /// # Errors
    ///
    /// [`AdapterError::Internal`] when something is not JSON that has to be.
    pub(super) fn of(query: &'a FraudQuery) -> Result<Self, AdapterError> {
        let party = &query.party;
        let operation = &party.operation;
        Ok(Self {
            action: query.action.name(),
            step: query.step,
            system: query.system.as_deref(),
            user: party.user.as_ref().map(UserId::as_str),
            organization: party.organization.as_ref().map(OrganizationId::as_str),
            username: query.username.as_deref(),
            client_ip: query.client_ip,
            operation: Operation {
                id: operation.id.as_str(),
                name: operation.name.as_str(),
                data: operation.data.as_deref(),
                external_transaction: operation.external_transaction.as_deref(),
                form_data: raw(operation.form_data.as_ref())?,
                application: raw(operation.application.as_ref())?,
            },
            payment: query.payment.as_ref().map(PaymentFields::of),
            instruments: &query.instruments,
            step_result: query.step_result.as_deref(),
            termination: query.termination.as_deref(),
            extras: raw(query.extras.as_ref())?,
        })
    }
}

impl<'a> PaymentFields<'a> {
    fn of(payment: &'a Payment) -> Self {
        Self { amount: payment.amount.canonical(), currency: &payment.currency, account: &payment.account }
    }
}

fn raw(json: Option<&Json>) -> Result<Option<&RawValue>, AdapterError> {
    let json = json.map(|json| serde_json::from_str(json.as_str())).transpose();
    json.map_err(|_| AdapterError::Internal("what passes through is not JSON".to_owned()))
}

/// What the system answers. Other members are left alone.
#[derive(Deserialize)]
pub(super) struct Answer {
    label: Option<String>,
    #[serde(deserialize_with = "given")]
    factors: Option<Factors>,
    extras: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Factors {
    sms_otp: bool,
    password: bool,
}

/// May be null, but not absent: a misspelled name must not pass for no opinion.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Factors>, D::Error> {
    Option::deserialize(deserializer)
}

impl Answer {
    /// # Errors
    ///
    /// [`AdapterError::Unanswerable`] when it can't be meant, without quoting it.
    pub(super) fn decision(self) -> Result<FraudDecision, AdapterError> {
        let refuse =
            |why: &str| Err(AdapterError::Unanswerable(format!("the answer of the anti-fraud system {why}")));
        let factors = self
            .factors
            .map(|factors| RequiredFactors { sms_otp: factors.sms_otp, password: factors.password });
        if factors.is_some_and(RequiredFactors::is_empty) {
            return refuse("asks for no factor");
        }
        if self.label.as_ref().is_some_and(|label| label.chars().count() > LONGEST) {
            return refuse("has a label that is too long");
        }
        let extras = self.extras.map(|extras| Value::Object(extras).to_string());
        if extras.as_ref().is_some_and(|extras| extras.len() > LONGEST) {
            return refuse("has extras that are too long");
        }
        Ok(FraudDecision { factors, label: self.label, extras: extras.map(Json::new) })
    }
}
