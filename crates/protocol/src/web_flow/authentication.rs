use std::borrow::Cow;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::{ValidateArgs, ValidationErrors};

use super::context::NAME;
use super::schema;
use super::user::{ORGANIZATION_ID, USER_ID};
use super::validation::{Check, is_longer};
use super::{
    AccountStatus, Limits, OperationContext, UserDetail, VerificationResult, expose, null_as_default,
};
use crate::json::{name_or_default, optional_name, optional_object};

/// `POST /api/auth/user/authenticate`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAuthenticateRequest {
    /// Who says they are there.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OrganizationId)]
    pub organization_id: String,
    /// What they typed; `authenticationContext` says how it is protected.
    #[serde(default, deserialize_with = "null_as_default", serialize_with = "expose")]
    #[schema(required, value_type = schema::Password)]
    pub password: SecretString,
    /// How the password is protected.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(value_type = Option<AuthenticationContext>)]
    pub authentication_context: Option<AuthenticationContext>,
    /// What they are about to do.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// How a password is protected. Absent, it is not.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationContext {
    /// By what; without a value, by nothing but TLS.
    #[serde(default, deserialize_with = "name_or_default")]
    #[schema(value_type = Option<PasswordProtection>)]
    pub password_protection: PasswordProtection,
    /// The cipher, in Java's words; of no meaning without encryption.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<String>)]
    pub cipher_transformation: String,
}

/// What protects a password on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum PasswordProtection {
    /// Nothing but TLS.
    #[default]
    #[serde(rename = "NO_PROTECTION")]
    None,
    /// AES, as `ivBase64:ciphertextBase64`.
    #[serde(rename = "PASSWORD_ENCRYPTION_AES")]
    Aes,
    /// Something that is not known here.
    #[serde(other, skip_serializing)]
    Unsupported,
}

/// The answer to an authentication.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserAuthenticateResponse {
    /// Whether the password was right.
    pub authentication_result: VerificationResult,
    /// The user; Web Flow takes the operation's user from here. `null` when it failed.
    // Absent in later versions.
    #[serde(default, deserialize_with = "detail", skip_serializing_if = "Option::is_none")]
    #[schema(required, value_type = Option<UserDetail>)]
    pub user_detail: Option<Option<UserDetail>>,
    /// The key of what the person reads. Web Flow counts the attempt only for `login.authenticationFailed`.
    #[schema(required)]
    pub error_message: Option<Cow<'static, str>>,
    /// Tries left; `null` when the back end does not say.
    #[schema(required)]
    pub remaining_attempts: Option<u32>,
    /// Whether to show them.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub show_remaining_attempts: bool,
    /// Whether the account may be used; 0.22 does not know such a thing.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
}

/// Tells `null` from absent.
fn detail<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<UserDetail>>, D::Error> {
    optional_object(deserializer).map(Some)
}

impl PartialSchema for PasswordProtection {
    /// The protections that are known here.
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("What protects a password on its way."))
            .enum_values(Some(["NO_PROTECTION", "PASSWORD_ENCRYPTION_AES"]))
            .into()
    }
}

impl ToSchema for PasswordProtection {}

/// Adds what is wrong with a password and its protection.
pub(super) fn check_password(
    check: Check,
    password: &SecretString,
    context: Option<&AuthenticationContext>,
    limits: &Limits,
) -> Check {
    let password = password.expose_secret();
    let max = match context.map(|context| context.password_protection).unwrap_or_default() {
        PasswordProtection::None => limits.password,
        PasswordProtection::Aes => limits.encrypted_password,
        PasswordProtection::Unsupported => {
            return check.refuse("authenticationContext", "login.type.unsupported");
        }
    };
    let (empty, long) = (password.trim().is_empty(), is_longer(password, max));
    check.refuse_if(empty, "password", "login.password.empty").refuse_if(
        long && !empty,
        "password",
        "login.password.long",
    )
}

impl<'a> ValidateArgs<'a> for UserAuthenticateRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let check = Check::default()
            .required("userId", &self.user_id, limits.user_id, &USER_ID)
            .required("organizationId", &self.organization_id, limits.organization_id, &ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &NAME);
        check_password(check, &self.password, self.authentication_context.as_ref(), limits).done()
    }
}
