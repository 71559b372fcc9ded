use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::context::NAME;
use super::form_schema::{FormData, OperationContextWithForm};
use super::schema;
use super::user::{ORGANIZATION_ID, USER_ID};
use super::validation::{Check, Codes};
use super::{Limits, OperationContext, null_as_default};
use crate::json::{optional_name, optional_object};

/// `POST /api/operation/formdata/decorate`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecorateRequest {
    /// Whose accounts.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// The form is in here.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContextWithForm)]
    pub operation_context: Option<OperationContext>,
}

/// The answer: the whole form.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecorateResponse {
    /// As it came, with what was added.
    #[schema(value_type = FormData)]
    pub form_data: Box<RawValue>,
}

/// `POST /api/operation/formdata/change`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormDataChangeRequest {
    /// Who chose.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// In which operation.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// What.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = FormDataChange)]
    pub form_data_change: Option<FormDataChange>,
}

/// What was chosen in a form.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FormDataChange {
    /// An account.
    #[serde(rename_all = "camelCase")]
    BankAccountChoice {
        /// By its id.
        bank_account_id: Option<String>,
    },
    /// A way to authenticate.
    #[serde(rename_all = "camelCase")]
    AuthMethodChoice {
        /// By its name.
        chosen_auth_method: Option<String>,
    },
}

/// `POST /api/operation/change`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationChangeRequest {
    /// Whose operation; `null` when it ended before the login.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// Which operation.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// How it ended.
    #[serde(default, deserialize_with = "optional_name")]
    #[schema(required, value_type = OperationChange)]
    pub operation_change: Option<OperationChange>,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OperationChange {
    /// It was carried out.
    Done,
    /// The user gave up.
    Canceled,
    /// It failed.
    Failed,
}

const CHOICE: Codes = Codes {
    empty: "formDataChange.value.empty",
    long: "formDataChange.value.long",
    invalid: "formDataChange.value.invalid",
};

impl<'a> ValidateArgs<'a> for DecorateRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        Check::default()
            .required("userId", &self.user_id, limits.user_id, &USER_ID)
            .optional("organizationId", organization, limits.organization_id, &ORGANIZATION_ID)
            .context_with_form(self.operation_context.as_ref(), limits)
            .done()
    }
}

impl<'a> ValidateArgs<'a> for FormDataChangeRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let change = self.form_data_change.as_ref();
        let organization = self.organization_id.as_deref();
        Check::default()
            .required("userId", &self.user_id, limits.user_id, &USER_ID)
            .optional("organizationId", organization, limits.organization_id, &ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &NAME)
            .part(
                "formDataChange",
                change.map(|change| change.validate_with_args(limits)),
                "formDataChange.missing",
            )
            .done()
    }
}

impl<'a> ValidateArgs<'a> for FormDataChange {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let (field, value) = match self {
            Self::BankAccountChoice { bank_account_id } => ("bankAccountId", bank_account_id),
            Self::AuthMethodChoice { chosen_auth_method } => ("chosenAuthMethod", chosen_auth_method),
        };
        Check::default().required(field, value.as_deref().unwrap_or_default(), limits.text, &CHOICE).done()
    }
}

impl<'a> ValidateArgs<'a> for OperationChangeRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        Check::default()
            .optional("userId", self.user_id.as_deref(), limits.user_id, &USER_ID)
            .optional("organizationId", organization, limits.organization_id, &ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &NAME)
            .refuse_if(self.operation_change.is_none(), "operationChange", "operationChange.missing")
            .done()
    }
}
