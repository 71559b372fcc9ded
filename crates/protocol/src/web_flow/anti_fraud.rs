use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::certificate::WORD;
use super::context::NAME;
use super::schema;
use super::user::{ORGANIZATION_ID, USER_ID};
use super::validation::Check;
use super::{Limits, OperationContext, null_as_default};
use crate::json::{optional_name, optional_object};

/// `POST /api/afs/action/execute`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AfsRequest {
    /// Who; `null` before the login.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// In which operation.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// About which step.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = AfsRequestParameters)]
    pub afs_request_parameters: Option<AfsRequestParameters>,
    /// What Web Flow measured, such as the mark of a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::extras)]
    pub extras: Option<Box<RawValue>>,
}

/// A step, as an anti-fraud system (AFS) is asked about it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AfsRequestParameters {
    /// Which system is meant, such as `THREAT_MARK`.
    #[schema(value_type = Option<schema::Word>)]
    pub afs_type: Option<String>,
    /// Which step.
    #[serde(default, deserialize_with = "optional_name")]
    #[schema(required, value_type = AfsAction)]
    pub afs_action: Option<AfsAction>,
    /// Where the person is.
    #[schema(value_type = Option<schema::Word>)]
    pub client_ip_address: Option<String>,
    /// How often this action took place in this operation.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<i32>)]
    pub step_index: i32,
    /// What was typed as a name.
    #[schema(value_type = Option<schema::Word>)]
    pub username: Option<String>,
    /// What the person authenticated with, such as `OTP_KEY`.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<Vec<schema::Word>>, max_items = 20)]
    pub auth_instruments: Vec<String>,
    /// How the step ended, such as `CONFIRMED`.
    #[schema(value_type = Option<schema::Word>)]
    pub auth_step_result: Option<String>,
    /// Why the operation ended, such as `DONE`.
    #[schema(value_type = Option<schema::Word>)]
    pub operation_termination_reason: Option<String>,
}

/// A step about which an anti-fraud system is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AfsAction {
    /// A login begins.
    LoginInit,
    /// A login was authenticated.
    LoginAuth,
    /// The user leaves.
    Logout,
    /// An approval begins.
    ApprovalInit,
    /// An operation was approved.
    ApprovalAuth,
}

/// The answer to it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AfsResponse {
    /// Whether `authStepOptions` count; else Web Flow asks for both factors.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub afs_response_applied: bool,
    /// How the system calls the case.
    #[schema(required)]
    pub afs_label: Option<String>,
    /// What to ask for.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required)]
    pub auth_step_options: Option<AuthStepOptions>,
    /// More for the record; never absent.
    #[schema(schema_with = schema::extras, required)]
    pub extras: Option<Box<RawValue>>,
}

/// The factors that a person has to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthStepOptions {
    /// A code.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub sms_otp_required: bool,
    /// A password.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub password_required: bool,
}

/// No step has more.
const MOST_INSTRUMENTS: usize = 20;

impl<'a> ValidateArgs<'a> for AfsRequestParameters {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let words = [
            ("afsType", &self.afs_type),
            ("clientIpAddress", &self.client_ip_address),
            ("username", &self.username),
            ("authStepResult", &self.auth_step_result),
            ("operationTerminationReason", &self.operation_termination_reason),
        ];
        let too_many = self.auth_instruments.len() > MOST_INSTRUMENTS;
        let check = Check::default()
            .refuse_if(self.afs_action.is_none(), "afsAction", "afsAction.missing")
            .refuse_if(too_many, "authInstruments", "authInstruments.long");
        let check = words
            .into_iter()
            .fold(check, |check, (field, word)| check.optional(field, word.as_deref(), limits.text, &WORD));
        let instruments = self.auth_instruments.iter();
        instruments
            .fold(check, |check, word| check.optional("authInstruments", Some(word), limits.text, &WORD))
            .done()
    }
}

impl<'a> ValidateArgs<'a> for AfsRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let parameters = self.afs_request_parameters.as_ref();
        let organization = self.organization_id.as_deref();
        let is_object = self.extras.as_ref().is_none_or(|extras| extras.get().starts_with('{'));
        Check::default()
            .optional("userId", self.user_id.as_deref(), limits.user_id, &USER_ID)
            .optional("organizationId", organization, limits.organization_id, &ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &NAME)
            .part(
                "afsRequestParameters",
                parameters.map(|parameters| parameters.validate_with_args(limits)),
                "afsRequestParameters.missing",
            )
            .refuse_if(!is_object, "extras", "extras.invalid")
            .done()
    }
}
