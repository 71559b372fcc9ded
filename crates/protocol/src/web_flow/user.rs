use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::context::NAME;
use super::schema;
use super::validation::{Check, Codes};
use super::{AccountStatus, Dialect, Limits, OperationContext, Withheld, null_as_default};
use crate::json::{optional_name, optional_object};

/// `POST /api/auth/user/lookup`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserLookupRequest {
    /// What the person typed.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::Username)]
    pub username: String,
    /// What the person chose.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OrganizationId)]
    pub organization_id: String,
    /// The certificate that the browser showed, in place of a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Certificate>)]
    pub client_certificate: Option<Withheld>,
    /// What the person is about to do.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// `POST /api/auth/user/info`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserInfoRequest {
    /// Whom to describe.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OrganizationId)]
    pub organization_id: String,
}

/// A user, as lookup, info and a successful authentication describe them.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDetail {
    /// The id that later requests name.
    pub id: String,
    /// First name.
    #[schema(required)]
    pub given_name: Option<String>,
    /// Last name.
    #[schema(required)]
    pub family_name: Option<String>,
    /// Web Flow 0.22 can't go on without it.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub organization_id: String,
    /// Whether the account may be used; 0.22 does not know such a thing.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    #[schema(required, value_type = AccountStatus)]
    pub account_status: Option<AccountStatus>,
    /// More about the user, by name; 0.22 does not know such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::extras)]
    pub extras: Option<serde_json::Map<String, serde_json::Value>>,
}

const USERNAME: Codes =
    Codes { empty: "login.username.empty", long: "login.username.long", invalid: "login.username.invalid" };

/// The codes for a user's id.
pub(super) const USER_ID: Codes =
    Codes { empty: "login.userId.empty", long: "login.userId.long", invalid: "login.userId.invalid" };

/// The codes for an organization's id.
pub(super) const ORGANIZATION_ID: Codes = Codes {
    empty: "login.organizationId.empty",
    long: "login.organizationId.long",
    invalid: "login.organizationId.invalid",
};

impl UserLookupRequest {
    /// The certificate in place of a name; `None` when there is none, or a blank one.
    #[must_use]
    pub fn client_certificate(&self) -> Option<&str> {
        self.client_certificate.as_ref().map(Withheld::as_str).filter(|pem| !pem.trim().is_empty())
    }
}

impl<'a> ValidateArgs<'a> for UserLookupRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let certificate = self.client_certificate();
        let check = match (limits.dialect, certificate) {
            (Dialect::V1, Some(_)) => Check::default().certificate("clientCertificate", certificate, limits),
            _ => Check::default().required("username", &self.username, limits.username, &USERNAME),
        };
        check
            .required("organizationId", &self.organization_id, limits.organization_id, &ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &NAME)
            .done()
    }
}

impl<'a> ValidateArgs<'a> for UserInfoRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        Check::default()
            .required("userId", &self.user_id, limits.user_id, &USER_ID)
            .required("organizationId", &self.organization_id, limits.organization_id, &ORGANIZATION_ID)
            .done()
    }
}
