use std::collections::{BTreeMap, BTreeSet};

use data_adapter_core::{AttributeId, BindingKind, FormTexts, OperationName, is_printable};
use data_adapter_sca::{BindingPlan, ENROLMENT, MappingPlan, Wording};
use data_adapter_web_flow::OperationRules;
use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[operations.NAME]`: an operation that codes are made for.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationSettings {
    binds: Binds,
    /// `None` for the account of a payment, in its usual attribute.
    payee: Option<Vec<AttributeName>>,
    #[serde(default)]
    bind: Vec<AttributeName>,
    #[serde(default)]
    pub(crate) currencies: BTreeSet<String>,
    /// The name of the message in the texts.
    pub(crate) sms_text: String,
    /// Whether its form gets the user's bank accounts.
    #[serde(default)]
    pub(crate) bank_accounts: bool,
    /// What the mobile token shows in its place, by authentication method.
    #[serde(default)]
    mapping: BTreeMap<String, MappingSettings>,
}

/// `[operations.NAME.mapping.METHOD]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct MappingSettings {
    /// The name of the template; `None` for that of the operation.
    template: Option<String>,
    operation: String,
    data: String,
    #[serde(default)]
    form: FormTextSettings,
}

/// The texts of a form, by the keys that Web Flow translates.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FormTextSettings {
    title: String,
    greeting: String,
    summary: String,
}

impl Default for FormTextSettings {
    /// A login.
    fn default() -> Self {
        Self {
            title: "login.title".to_owned(),
            greeting: "login.greeting".to_owned(),
            summary: "login.summary".to_owned(),
        }
    }
}

impl From<&FormTextSettings> for FormTexts {
    fn from(texts: &FormTextSettings) -> Self {
        let FormTextSettings { title, greeting, summary } = texts.clone();
        Self { title, greeting, summary }
    }
}

impl From<&MappingSettings> for MappingPlan {
    fn from(mapping: &MappingSettings) -> Self {
        Self {
            template: mapping.template.as_ref().unwrap_or(&mapping.operation).clone(),
            operation: OperationName::new(&mapping.operation),
            data: mapping.data.clone(),
            texts: (&mapping.form).into(),
        }
    }
}

/// What its codes are bound to.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Binds {
    /// The operation itself.
    Operation,
    /// Amount, currency and payee as well.
    Payment,
}

/// The id of an attribute.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct AttributeName(AttributeId);

impl TryFrom<String> for AttributeName {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        if id.contains(char::is_whitespace) {
            return Err(format!("`{id}` has a blank, which no attribute has in its id"));
        }
        AttributeId::new(id).map(Self).map_err(|error| error.to_string())
    }
}

impl From<AttributeName> for String {
    fn from(id: AttributeName) -> Self {
        id.0.as_str().to_owned()
    }
}

impl OperationSettings {
    /// `name` is that of the operation.
    pub(super) fn validate(&self, name: &str) -> Result<(), Failure> {
        if name == ENROLMENT {
            return refuse(
                &format!("operations.{name}"),
                "is the name of the operation that enrols a factor",
            );
        }
        match (self.binding(), &self.payee) {
            (BindingKind::Operation, Some(_)) => {
                return refuse(
                    &format!("operations.{name}.payee"),
                    "is for operations that bind to a payment",
                );
            }
            (BindingKind::Payment, Some(payee)) if payee.is_empty() => {
                let why = "is empty: the code of a payment is bound to its payee";
                return refuse(&format!("operations.{name}.payee"), why);
            }
            (BindingKind::Operation | BindingKind::Payment, _) => {}
        }
        self.wording(name)?;
        let key = format!("operations.{name}.currencies");
        if !self.currencies.is_empty() && self.binding() != BindingKind::Payment {
            return refuse(&key, "is for operations that bind to a payment");
        }
        if self.currencies.iter().any(|currency| !is_printable(currency)) {
            return refuse(&key, "may have letters, digits, punctuation and single blanks inside");
        }
        Ok(())
    }

    /// Whether its codes are bound to attributes of a form.
    pub(crate) fn binds_more(&self) -> bool {
        !self.bind.is_empty()
    }

    pub(crate) fn binding(&self) -> BindingKind {
        match self.binds {
            Binds::Operation => BindingKind::Operation,
            Binds::Payment => BindingKind::Payment,
        }
    }

    pub(crate) fn rules(&self) -> OperationRules {
        let BindingPlan { kind, payee, bind } = self.plan();
        OperationRules { binding: kind, payee, bind, currencies: self.currencies.clone() }
    }

    /// The names that its texts may use, and what they have to show. `name` is that of the operation.
    pub(crate) fn wording(&self, name: &str) -> Result<Wording, Failure> {
        self.plan()
            .wording()
            .or_else(|clash| refuse(&format!("operations.{name}"), &format!("can't be used: {clash}")))
    }

    pub(crate) fn plan(&self) -> BindingPlan {
        let ids = |names: &[AttributeName]| names.iter().map(|name| name.0.clone()).collect();
        let payee = match (self.binding(), &self.payee) {
            (BindingKind::Operation, _) => Vec::new(),
            (BindingKind::Payment, Some(payee)) => ids(payee),
            (BindingKind::Payment, None) => vec![AttributeId::payees_account()],
        };
        BindingPlan { kind: self.binding(), payee, bind: ids(&self.bind) }
    }

    /// What the mobile token shows in its place, by authentication method.
    pub(crate) fn mappings(&self) -> impl Iterator<Item = (&str, MappingPlan)> {
        self.mapping.iter().map(|(method, mapping)| (method.as_str(), mapping.into()))
    }
}
