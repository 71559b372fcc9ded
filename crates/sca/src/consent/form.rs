use std::collections::BTreeMap;

use data_adapter_core::{ConsentForm, ConsentOption, Language, OptionChoice};
use jiff::SignedDuration;

use super::html::HtmlPolicy;
use crate::language::{candidates, canonical};
use crate::store::ShownOption;

/// A form as the bank wrote it, once per operation name.
#[derive(Clone, Debug)]
pub struct FormDefinition {
    /// The version of its texts; a saved consent names it.
    pub version: String,
    /// The text above the options, as HTML, by language tag (`pt-BR`, `pt_BR`). English is what others fall back to.
    pub texts: BTreeMap<String, String>,
    /// What can be ticked.
    pub options: Vec<OptionDefinition>,
    /// How long a consent stands for others to the same client; `None` where each operation asks anew.
    pub remembered_for: Option<SignedDuration>,
}

/// An option as the bank wrote it.
#[derive(Clone, Debug)]
pub struct OptionDefinition {
    /// Its id.
    pub id: String,
    /// Whether it has to be ticked.
    pub required: bool,
    /// Whether it is ticked at first.
    pub checked_by_default: bool,
    /// Its text, as HTML, by language.
    pub texts: BTreeMap<String, String>,
}

impl FormDefinition {
    /// The same form with texts that are safe to show: what could run or load something is gone. They are found by the
    /// canonical names of their languages.
    pub(super) fn prepared(mut self, html: HtmlPolicy) -> Self {
        let every_text =
            std::iter::once(&mut self.texts).chain(self.options.iter_mut().map(|o| &mut o.texts));
        for texts in every_text {
            *texts = std::mem::take(texts)
                .into_iter()
                .map(|(language, text)| (canonical(&language).unwrap_or(language), html.clean(&text)))
                .collect();
        }
        self
    }

    /// The language that the form is shown in when `wanted` is asked for.
    pub(super) fn language(&self, wanted: &Language) -> Language {
        let known = candidates(wanted).find(|candidate| self.texts.contains_key(candidate));
        known.map_or_else(|| wanted.clone(), Language::new)
    }

    pub(super) fn shown_in(&self, language: &Language) -> ConsentForm {
        let options = self.options.iter().map(|option| ConsentOption {
            id: option.id.clone(),
            html: text(&option.texts, language),
            required: option.required,
            checked_by_default: option.checked_by_default,
        });
        ConsentForm { html: text(&self.texts, language), options: options.collect() }
    }

    /// Whether these are answers to this form, with all ticked that has to be: each option is answered, and nothing else is.
    pub(super) fn is_answered_by(&self, choices: &[OptionChoice]) -> bool {
        let answers = |option: &OptionDefinition| {
            choices.iter().any(|choice| choice.id == option.id && (choice.checked || !option.required))
        };
        choices.len() == self.options.len() && self.options.iter().all(answers)
    }

    pub(super) fn shown_options(&self) -> Vec<ShownOption> {
        let shown =
            |option: &OptionDefinition| ShownOption { id: option.id.clone(), required: option.required };
        self.options.iter().map(shown).collect()
    }
}

fn text(texts: &BTreeMap<String, String>, language: &Language) -> String {
    candidates(language).find_map(|candidate| texts.get(&candidate)).cloned().unwrap_or_default()
}
