use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::certificate::WORD;
use super::context::NAME;
use super::form_schema::FormData;
use super::schema;
use super::user::{ORGANIZATION_ID, USER_ID};
use super::validation::{Check, Codes};
use super::{Limits, OperationContext, null_as_default};
use crate::json::optional_object;

/// `POST /api/operation/create`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginOperationRequest {
    /// The OAuth 2.0 client that sent somebody without an operation.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::ClientId)]
    pub client_id: String,
    /// The scopes that it asked for.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<Vec<schema::Word>>, max_items = 100)]
    pub scopes: Vec<String>,
}

/// The answer to it: the operation that it may have.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginOperationResponse {
    /// Its kind.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub name: String,
    /// What the person sees.
    #[schema(value_type = FormData)]
    pub form_data: Box<RawValue>,
    /// The application.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = ApplicationContext)]
    pub application_context: Option<ApplicationContext>,
}

/// An application that people log in to, as Web Flow knows it from now on.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationContext {
    /// Its id.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub id: String,
    /// What people call it.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub name: String,
    /// What it is.
    #[schema(required)]
    pub description: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub original_scopes: Vec<String>,
    /// More about it; never absent.
    #[schema(schema_with = schema::extras, required)]
    pub extras: Option<Box<RawValue>>,
}

/// `POST /api/auth/method/init` and `/api/operation/mapping`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthMethodRequest {
    /// Who; `null` before the login.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// The authentication method, such as `LOGIN_SCA`.
    #[schema(value_type = Option<schema::Word>)]
    pub auth_method: Option<String>,
    /// In which operation.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// The answer to `method/init`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthMethodInitResponse {
    /// Whether a certificate can be used.
    pub certificate_authentication_mode: CertificateAuthenticationMode,
    /// Where the browser shows its certificate; `null` when nowhere.
    #[schema(required)]
    pub certificate_verification_url: Option<String>,
    /// What is signed with a certificate; `null` when nothing is.
    #[schema(required)]
    pub operation_data_external: Option<String>,
}

/// Whether a certificate can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CertificateAuthenticationMode {
    /// It can.
    Enabled,
    /// It can't now.
    Disabled,
    /// There is no such thing.
    NotAvailable,
}

/// The answer to `operation/mapping`: the operation as the mobile token shows it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationMappingResponse {
    /// The template in the PowerAuth server.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub template_name: String,
    /// The kind of the operation.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub operation_name: String,
    /// What is signed.
    #[schema(required)]
    pub operation_data: Option<String>,
    /// What the person sees.
    #[schema(value_type = Option<FormData>)]
    pub form_data: Option<Box<RawValue>>,
}

const CLIENT_ID: Codes =
    Codes { empty: "clientId.empty", long: "clientId.long", invalid: "clientId.invalid" };

/// No client asks for more.
const MOST_SCOPES: usize = 100;

impl<'a> ValidateArgs<'a> for LoginOperationRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let check = Check::default()
            .required("clientId", &self.client_id, limits.text, &CLIENT_ID)
            .refuse_if(self.scopes.len() > MOST_SCOPES, "scopes", "scopes.long");
        let scopes = self.scopes.iter();
        scopes.fold(check, |check, scope| check.optional("scopes", Some(scope), limits.text, &WORD)).done()
    }
}

impl<'a> ValidateArgs<'a> for AuthMethodRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        Check::default()
            .optional("userId", self.user_id.as_deref(), limits.user_id, &USER_ID)
            .optional("organizationId", organization, limits.organization_id, &ORGANIZATION_ID)
            .optional("authMethod", self.auth_method.as_deref(), limits.text, &WORD)
            .context(self.operation_context.as_ref(), limits, &NAME)
            .done()
    }
}
