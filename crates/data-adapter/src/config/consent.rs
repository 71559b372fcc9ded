use std::collections::{BTreeMap, BTreeSet};

use data_adapter_core::BindingKind;
use data_adapter_sca::{FormDefinition, HtmlPolicy, OptionDefinition, language};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{OperationSettings, refuse};
use crate::failure::Failure;

/// `[consent]`: the forms, by operation name.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConsentSettings {
    html: Html,
    forms: BTreeMap<String, FormSettings>,
}

/// The words for a policy.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Html {
    #[default]
    WebFlow,
    Strict,
}

/// `[consent.forms.NAME]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct FormSettings {
    version: String,
    /// No days for a consent that each operation asks for anew.
    #[serde(default)]
    remember_days: u16,
    #[serde(default)]
    remember_payments: bool,
    text: BTreeMap<String, String>,
    #[serde(default)]
    options: Vec<OptionSettings>,
}

/// `[[consent.forms.NAME.options]]`
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OptionSettings {
    id: String,
    required: bool,
    #[serde(default)]
    checked: bool,
    text: BTreeMap<String, String>,
}

impl ConsentSettings {
    pub(super) fn validate(&self, operations: &BTreeMap<String, OperationSettings>) -> Result<(), Failure> {
        for (name, form) in &self.forms {
            form.check_memory(name, operations.get(name).map(OperationSettings::binding))?;
            let mut ids = BTreeSet::new();
            for option in &form.options {
                if !ids.insert(&option.id) {
                    let key = format!("consent.forms.{name}.options");
                    return refuse(&key, &format!("has two options with the id `{}`", option.id));
                }
            }
            for text in form.options.iter().map(|option| &option.text).chain([&form.text]) {
                check_languages(&format!("consent.forms.{name}"), text)?;
            }
        }
        Ok(())
    }

    pub(crate) fn html(&self) -> HtmlPolicy {
        match self.html {
            Html::WebFlow => HtmlPolicy::WebFlow,
            Html::Strict => HtmlPolicy::Strict,
        }
    }

    pub(crate) fn forms(&self) -> impl Iterator<Item = (&str, FormDefinition)> {
        self.forms.iter().map(|(name, form)| (name.as_str(), form.into()))
    }
}

/// Ten years, with their leap days.
const MOST_DAYS: u16 = 3653;

impl FormSettings {
    /// A consent to a payment is only remembered where that is said by name. `name` is that of the operation, `kind` what its codes
    /// are bound to.
    fn check_memory(&self, name: &str, kind: Option<BindingKind>) -> Result<(), Failure> {
        let days = format!("consent.forms.{name}.remember_days");
        let payments = format!("consent.forms.{name}.remember_payments");
        match (self.remember_days, kind, self.remember_payments) {
            (0, _, true) => refuse(&payments, "does nothing without `remember_days`"),
            (0, _, false) => Ok(()),
            (days_wanted, ..) if days_wanted > MOST_DAYS => {
                refuse(&days, &format!("is more than {MOST_DAYS}, which are ten years"))
            }
            (_, None, _) => {
                refuse(&days, "is of an operation that is not among the `operations`, which may be a payment")
            }
            (_, Some(BindingKind::Payment), false) => refuse(
                &days,
                "is of a payment, to which consent is only remembered with `remember_payments = true`",
            ),
            (_, Some(BindingKind::Operation), true) => {
                refuse(&payments, "is for operations that bind to a payment")
            }
            (_, Some(BindingKind::Payment), true) | (_, Some(BindingKind::Operation), false) => Ok(()),
        }
    }

    fn remembered_for(&self) -> Option<SignedDuration> {
        let hours = i64::from(self.remember_days) * 24;
        (hours > 0).then(|| SignedDuration::from_hours(hours))
    }
}

/// Each text is in another language, and one of them is English.
fn check_languages(key: &str, text: &BTreeMap<String, String>) -> Result<(), Failure> {
    let mut languages = BTreeSet::new();
    for tag in text.keys() {
        let Some(language) = language::canonical(tag) else {
            return refuse(key, &format!("has a text in `{tag}`, which is no language tag"));
        };
        if !languages.insert(language) {
            return refuse(key, &format!("has two texts in the language of `{tag}`"));
        }
    }
    if languages.contains("en") {
        return Ok(());
    }
    refuse(key, "has a text without English (`text.en`), which the others fall back to")
}

impl From<&FormSettings> for FormDefinition {
    fn from(form: &FormSettings) -> Self {
        let options = form.options.iter().map(|option| OptionDefinition {
            id: option.id.clone(),
            required: option.required,
            checked_by_default: option.checked,
            texts: option.text.clone(),
        });
        Self {
            version: form.version.clone(),
            texts: form.text.clone(),
            options: options.collect(),
            remembered_for: form.remembered_for(),
        }
    }
}
