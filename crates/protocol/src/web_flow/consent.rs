use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::context::NAME;
use super::schema;
use super::sms::LANGUAGE;
use super::validation::{Check, Codes};
use super::{Limits, OperationContext, null_as_default};
use crate::json::{name_or_default, objects_or_none, optional_name, optional_object, optional_objects};

/// `POST /api/auth/consent/init` and `/create`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRequest {
    /// Who is asked.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// What for.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// The language of the texts; `init` does not send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Language>)]
    pub lang: Option<String>,
}

/// `POST /api/auth/consent/validate` and `/save`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentSubmitRequest {
    /// Who answers.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// What for.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// The language of the texts; `save` does not send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Language>)]
    pub lang: Option<String>,
    /// The options as they were shown, with the answers.
    #[serde(default, deserialize_with = "optional_objects")]
    #[schema(required, value_type = Vec<ConsentOptionAnswer>, max_items = 100)]
    pub options: Option<Vec<ConsentOptionAnswer>>,
}

/// An option that was answered. What the client says of its text and of whether it is required does not count.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentOptionAnswer {
    /// Which option.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OptionId)]
    pub id: String,
    /// What the user did; `null` is not ticked.
    #[serde(default, deserialize_with = "optional_name")]
    pub value: Option<OptionValue>,
}

/// Whether an option is ticked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OptionValue {
    /// It is.
    Checked,
    /// It is not.
    #[default]
    NotChecked,
}

impl From<bool> for OptionValue {
    fn from(checked: bool) -> Self {
        if checked { Self::Checked } else { Self::NotChecked }
    }
}

/// The answer to `init`: what Web Flow reads, and what the document prints.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentInitResponse {
    /// Whether consent has to be asked. Without it Web Flow skips the consent silently.
    // The example of the document lacks it, so that a system behind may.
    #[schema(required, value_type = bool)]
    pub should_display_consent_form: Option<bool>,
    /// The form; empty when there is none.
    #[serde(flatten)]
    pub form: ConsentFormResponse,
}

/// A form, as `create` answers it.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentFormResponse {
    /// The text above the options.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub consent_html: String,
    /// What can be ticked.
    #[serde(default, deserialize_with = "objects_or_none")]
    #[schema(required)]
    pub options: Vec<ConsentOption>,
}

/// One thing that can be ticked.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentOption {
    /// Its id.
    pub id: String,
    /// Its text.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub description_html: String,
    /// Whether it has to be ticked.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub required: bool,
    /// Whether it is ticked at first.
    #[serde(default, deserialize_with = "name_or_default")]
    #[schema(required)]
    pub default_value: OptionValue,
    /// What the user did with it: nothing yet.
    #[serde(default, deserialize_with = "optional_name")]
    #[schema(required)]
    pub value: Option<OptionValue>,
}

/// The answer to `validate`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentValidateResponse {
    /// Whether the form is filled in as it has to be.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub consent_validation_passed: bool,
    /// What the person reads about the whole form; `null` when it passed.
    #[schema(required)]
    pub validation_error_message: Option<String>,
    /// What is wrong with single options; never absent.
    #[serde(default, deserialize_with = "objects_or_none")]
    #[schema(required)]
    pub option_validation_results: Vec<OptionValidationResult>,
}

/// What is wrong with one option.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionValidationResult {
    /// Which option.
    pub id: String,
    /// Whether it is well.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub validation_passed: bool,
    /// What the person reads.
    #[schema(required)]
    pub error_message: Option<String>,
}

/// The answer to `save`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentSaveResponse {
    /// Whether the consent is kept.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub save_succeeded: bool,
}

const INVALID: &str = "consent.invalidRequest";
const CONSENT: Codes = Codes { empty: INVALID, long: INVALID, invalid: INVALID };

/// No form has more options.
const MOST_OPTIONS: usize = 100;

fn check_request(
    user: &str,
    organization: Option<&str>,
    context: Option<&OperationContext>,
    language: Option<&str>,
    limits: &Limits,
) -> Check {
    Check::default()
        .required("userId", user, limits.user_id, &CONSENT)
        .optional("organizationId", organization, limits.organization_id, &CONSENT)
        .optional("lang", language, limits.language, &LANGUAGE)
        .context(context, limits, &NAME)
}

impl<'a> ValidateArgs<'a> for ConsentRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let context = self.operation_context.as_ref();
        check_request(&self.user_id, self.organization_id.as_deref(), context, self.lang.as_deref(), limits)
            .done()
    }
}

impl<'a> ValidateArgs<'a> for ConsentSubmitRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let context = self.operation_context.as_ref();
        let is_wrong = |option: &ConsentOptionAnswer| {
            option.id.trim().is_empty() || super::validation::is_longer(&option.id, limits.text)
        };
        let options_are_wrong = match &self.options {
            None => true,
            Some(options) => options.len() > MOST_OPTIONS || options.iter().any(is_wrong),
        };
        check_request(&self.user_id, self.organization_id.as_deref(), context, self.lang.as_deref(), limits)
            .refuse_if(options_are_wrong, "options", INVALID)
            .done()
    }
}
