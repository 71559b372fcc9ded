use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, BindingKind, Clock, Consent, ConsentForm, ConsentNeed, ConsentRequest, ConsentSubmission,
    ConsentValidation, Language, OperationName, OptionChoice, OptionProblem, RememberedConsent,
};
use jiff::Timestamp;

use super::form::FormDefinition;
use super::html::HtmlPolicy;
use super::remembered;
use crate::language::FALLBACK;
use crate::store::{ConsentRecord, ShownForm, Store};
use crate::texts::{Texts, TextsError};

/// The message beside an option that has to be ticked.
const OPTION_REQUIRED: &str = "consent-option-required";
/// The message of a form that is not filled in.
const INCOMPLETE: &str = "consent-incomplete";

/// Configured forms, judged on our side, over a store.
pub struct ConsentEngine {
    forms: HashMap<OperationName, FormDefinition>,
    operations: HashMap<OperationName, BindingKind>,
    store: Arc<dyn Store>,
    texts: Arc<Texts>,
    clock: Arc<dyn Clock>,
}

impl ConsentEngine {
    /// The messages that it takes from the texts. They have no names to use.
    pub const TEXTS: [&'static str; 2] = [OPTION_REQUIRED, INCOMPLETE];

    /// Shows `forms`, by operation name. An operation that is in `operations` and has no form needs no consent; one that is
    /// in neither is unknown. Of their HTML stays what `html` says.
    #[must_use]
    pub fn new(
        forms: HashMap<OperationName, FormDefinition>,
        html: HtmlPolicy,
        operations: HashMap<OperationName, BindingKind>,
        store: Arc<dyn Store>,
        texts: Arc<Texts>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let forms = forms.into_iter().map(|(name, form)| (name, form.prepared(html))).collect();
        Self { forms, operations, store, texts, clock }
    }

    fn form(&self, name: &OperationName) -> Result<Option<&FormDefinition>, AdapterError> {
        let form = self.forms.get(name);
        if form.is_none() && !self.operations.contains_key(name) {
            return Err(AdapterError::InvalidOperationContext(format!("there is no operation `{name}`")));
        }
        Ok(form)
    }

    fn required_form(&self, name: &OperationName) -> Result<&FormDefinition, AdapterError> {
        self.form(name)?.ok_or_else(|| {
            AdapterError::InvalidOperationContext(format!("the operation `{name}` has no consent form"))
        })
    }

    fn as_shown(&self, request: &ConsentRequest, wanted: &Language) -> Result<ShownForm, AdapterError> {
        let form = self.required_form(&request.operation.name)?;
        Ok(ShownForm {
            operation: request.operation.id.clone(),
            user: request.user.clone(),
            form: request.operation.name.clone(),
            version: form.version.clone(),
            language: form.language(wanted),
            options: form.shown_options(),
            shown_at: self.clock.now(),
        })
    }

    /// The form that the user saw for this operation, else the current one in English. The name of an operation changes on
    /// its way (`login` is shown, `login_sca` is validated), but a form for a login says nothing about a payment.
    async fn judged_form(&self, request: &ConsentRequest) -> Result<Judged, AdapterError> {
        let name = &request.operation.name;
        self.form(name)?;
        match self.store.shown(&request.operation.id, &request.user).await? {
            Some(form) if form.form == *name || self.are_of_a_kind(&form.form, name) => {
                Ok(Judged { form, was_shown: true })
            }
            _ => Ok(Judged { form: self.as_shown(request, &Language::new(FALLBACK))?, was_shown: false }),
        }
    }

    /// The consent that makes another one needless.
    async fn remembered(
        &self,
        form: &FormDefinition,
        request: &ConsentRequest,
    ) -> Result<Option<RememberedConsent>, AdapterError> {
        let Some(purpose) = remembered::purpose(form, request) else { return Ok(None) };
        let latest = self.store.latest_consent(&purpose).await?;
        Ok(latest.and_then(|latest| remembered::counting(latest, form, self.clock.now())))
    }

    /// Until when a consent to this client may be remembered: only where its form was seen.
    fn remembered_until(
        &self,
        judged: &Judged,
        request: &ConsentRequest,
        given_at: Timestamp,
    ) -> Option<Timestamp> {
        let form = self.forms.get(&judged.form.form).filter(|_| judged.was_shown)?;
        remembered::purpose(form, request).and(form.remembered_for).map(|long| given_at + long)
    }

    fn are_of_a_kind(&self, shown: &OperationName, asked: &OperationName) -> bool {
        let kinds = (self.operations.get(shown), self.operations.get(asked));
        matches!(kinds, (Some(shown), Some(asked)) if shown == asked)
    }
}

/// The form that answers are judged by.
struct Judged {
    form: ShownForm,
    /// Whether the user saw it, as far as is known.
    was_shown: bool,
}

fn wanted(request: &ConsentRequest) -> Language {
    request.language.clone().unwrap_or_else(|| Language::new(FALLBACK))
}

/// One answer per option of the form. What the form does not know is ignored, what is not answered is not ticked.
fn answers(form: &ShownForm, choices: &[OptionChoice]) -> Result<Vec<OptionChoice>, AdapterError> {
    let mut answers = Vec::with_capacity(form.options.len());
    for option in &form.options {
        let mut given = choices.iter().filter(|choice| choice.id == option.id);
        let checked = given.next().is_some_and(|choice| choice.checked);
        if given.next().is_some() {
            return Err(AdapterError::InvalidConsentData(format!(
                "the option `{}` is answered twice",
                option.id
            )));
        }
        answers.push(OptionChoice { id: option.id.clone(), checked });
    }
    Ok(answers)
}

fn missing<'a>(form: &'a ShownForm, answers: &'a [OptionChoice]) -> impl Iterator<Item = &'a str> {
    let pairs = form.options.iter().zip(answers);
    pairs.filter(|(option, answer)| option.required && !answer.checked).map(|(option, _)| option.id.as_str())
}

#[expect(clippy::needless_pass_by_value, reason = "it is for `map_err`")]
fn unwritable(error: TextsError) -> AdapterError {
    AdapterError::Internal(error.to_string())
}

#[async_trait]
impl Consent for ConsentEngine {
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        let Some(form) = self.form(&request.operation.name)? else { return Ok(ConsentNeed::NotNeeded) };
        let remembered = self.remembered(form, request).await?;
        Ok(remembered
            .map_or_else(|| ConsentNeed::Ask(form.shown_in(&wanted(request))), ConsentNeed::Remembered))
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        let shown = self.as_shown(request, &wanted(request))?;
        let form = self.required_form(&request.operation.name)?.shown_in(&shown.language);
        self.store.remember_shown(shown).await?;
        Ok(form)
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        let Judged { form, .. } = self.judged_form(&submission.request).await?;
        let answers = answers(&form, &submission.choices)?;
        let language = submission.request.language.as_ref().unwrap_or(&form.language);
        let text = |name| self.texts.text(language, name, &[]).map_err(unwritable);
        let problems: Vec<_> = missing(&form, &answers)
            .map(|id| Ok(OptionProblem { id: id.to_owned(), message: text(OPTION_REQUIRED)? }))
            .collect::<Result<_, AdapterError>>()?;
        if problems.is_empty() {
            return Ok(ConsentValidation::Passed);
        }
        let message = text(INCOMPLETE)?;
        Ok(ConsentValidation::Failed { message, problems })
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let request = &submission.request;
        let judged = self.judged_form(request).await?;
        let options = answers(&judged.form, &submission.choices)?;
        if let Some(id) = missing(&judged.form, &options).next() {
            return Err(AdapterError::InvalidConsentData(format!(
                "the required option `{id}` is not ticked"
            )));
        }
        let given_at = self.clock.now();
        let remembered_until = self.remembered_until(&judged, request, given_at);
        let form = judged.form;
        let record = ConsentRecord {
            user: form.user,
            organization: request.organization.clone(),
            client: request.client.clone(),
            operation: form.operation,
            form: form.form,
            version: form.version,
            language: form.language,
            options,
            given_at,
            remembered_until,
        };
        self.store.add_consent(record).await?;
        Ok(true)
    }
}
