use std::borrow::Cow;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::authentication::{AuthenticationContext, check_password};
use super::context::SMS_NAME;
use super::schema::{self, LONGEST_CODE};
use super::user::USER_ID;
use super::validation::{Check, Codes, is_longer};
use super::{
    AccountStatus, Dialect, Limits, OperationContext, UserContact, VerificationResult, expose,
    null_as_default,
};
use crate::json::{optional_name, optional_object, optional_objects};

/// `POST /api/auth/sms/create`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsCreateRequest {
    /// Whom to send it to; `null` asks for a fake.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// How to reach them; later versions say so. A phone number wins over the one that the back end has.
    #[serde(default, deserialize_with = "optional_objects", skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub user_contacts: Option<Vec<UserContact>>,
    /// Whether their account may be used; later versions say so.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// What the code approves.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// The language of the message.
    #[schema(value_type = Option<schema::Language>)]
    pub lang: Option<String>,
    /// Whether the person asked for another message.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(value_type = Option<bool>)]
    pub resend: bool,
}

/// `POST /api/auth/sms/verify`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsVerifyRequest {
    /// The message that the code came with.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::MessageId)]
    pub message_id: String,
    /// What the person typed.
    #[serde(default, deserialize_with = "null_as_default", serialize_with = "expose")]
    #[schema(value_type = Option<schema::AuthorizationCode>)]
    pub authorization_code: SecretString,
    /// Who typed it; `null` where Web Flow does not say.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// Whether their account may be used; later versions say so.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// What the code approves, as it is now.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// `POST /api/auth/sms/password/verify`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsPasswordVerifyRequest {
    /// The message that the code came with.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::MessageId)]
    pub message_id: String,
    /// The code that the person typed.
    #[serde(default, deserialize_with = "null_as_default", serialize_with = "expose")]
    #[schema(value_type = Option<schema::AuthorizationCode>)]
    pub authorization_code: SecretString,
    /// Who typed it.
    // `null` in later versions, for a fake.
    #[schema(required, value_type = schema::UserId)]
    pub user_id: Option<String>,
    /// The password that the person typed.
    #[serde(default, deserialize_with = "null_as_default", serialize_with = "expose")]
    #[schema(required, value_type = schema::Password)]
    pub password: SecretString,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// Whether their account may be used; later versions say so.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// How the password is protected.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(value_type = Option<AuthenticationContext>)]
    pub authentication_context: Option<AuthenticationContext>,
    /// What the code approves, as it is now.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// `POST /api/auth/sms/send`: a code that Next Step made, which only has to reach the user.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsSendRequest {
    /// Whom to send it to; `null` asks for a fake.
    #[schema(value_type = Option<schema::OptionalUserId>)]
    pub user_id: Option<String>,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// How to reach them; a phone number wins over the one that the back end has.
    #[serde(default, deserialize_with = "optional_objects", skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub user_contacts: Option<Vec<UserContact>>,
    /// Whether their account may be used.
    #[serde(default, deserialize_with = "optional_name", skip_serializing_if = "Option::is_none")]
    pub account_status: Option<AccountStatus>,
    /// What the code approves.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
    /// Next Step's id of the message.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::MessageId)]
    pub message_id: String,
    /// The code.
    #[serde(default, deserialize_with = "null_as_default", serialize_with = "expose")]
    #[schema(required, value_type = schema::NewCode)]
    pub authorization_code: SecretString,
    /// The language of the message.
    #[schema(value_type = Option<schema::Language>)]
    pub lang: Option<String>,
}

/// Whether a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SmsDeliveryResult {
    /// It did.
    Succeeded,
    /// It did not.
    Failed,
}

/// The answer to `create`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsCreateResponse {
    /// What a verification has to name.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub message_id: String,
    /// Whether the message left.
    pub sms_delivery_result: SmsDeliveryResult,
    /// The key of what the person reads; `null` when all is well.
    #[schema(required)]
    pub error_message: Option<Cow<'static, str>>,
}

/// The answer to `verify`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsVerifyResponse {
    /// Whether the code was right.
    pub sms_authorization_result: VerificationResult,
    /// The key of what the person reads; `null` when all is well.
    #[schema(required)]
    pub error_message: Option<Cow<'static, str>>,
    /// Tries left; only for a wrong or empty code.
    #[schema(required)]
    pub remaining_attempts: Option<u32>,
    /// Whether to show them.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub show_remaining_attempts: bool,
}

/// The answer to `password/verify`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsPasswordVerifyResponse {
    /// Whether both were right.
    pub sms_authorization_result: VerificationResult,
    /// The same: nothing tells which of them was wrong.
    pub user_authentication_result: VerificationResult,
    /// The key of what the person reads; `null` when all is well.
    #[schema(required)]
    pub error_message: Option<Cow<'static, str>>,
    /// Always `null`: it would tell which of them was wrong.
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

const SMS_USER_ID: Codes = Codes {
    empty: "smsAuthorization.userId.empty",
    long: "smsAuthorization.userId.long",
    invalid: "smsAuthorization.userId.invalid",
};

const SMS_ORGANIZATION_ID: Codes = Codes {
    empty: "smsAuthorization.organizationId.empty",
    long: "smsAuthorization.organizationId.long",
    invalid: "smsAuthorization.organizationId.invalid",
};

const MESSAGE_ID: Codes = Codes {
    empty: "smsAuthorization.invalidMessage",
    long: "smsAuthorization.invalidMessage",
    invalid: "smsAuthorization.invalidMessage",
};

const CODE: Codes = Codes {
    empty: "smsAuthorization.invalidCode",
    long: "smsAuthorization.invalidCode",
    invalid: "smsAuthorization.invalidCode",
};

const CONTACT: Codes =
    Codes { empty: "userContacts.empty", long: "userContacts.long", invalid: "userContacts.invalid" };

/// Nobody has more.
const MOST_CONTACTS: usize = 100;

/// The codes for a language.
pub(super) const LANGUAGE: Codes = Codes { empty: "lang.empty", long: "lang.long", invalid: "lang.invalid" };

fn code_is_long(code: &SecretString) -> bool {
    is_longer(code.expose_secret(), LONGEST_CODE)
}

impl<'a> ValidateArgs<'a> for SmsCreateRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        Check::default()
            .optional("userId", self.user_id.as_deref(), limits.user_id, &SMS_USER_ID)
            .optional("organizationId", organization, limits.organization_id, &SMS_ORGANIZATION_ID)
            .optional("lang", self.lang.as_deref(), limits.language, &LANGUAGE)
            .contacts(self.user_contacts.as_deref(), limits)
            .context(self.operation_context.as_ref(), limits, &SMS_NAME)
            .done()
    }
}

impl<'a> ValidateArgs<'a> for SmsSendRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        let code = self.authorization_code.expose_secret();
        Check::default()
            .required("messageId", &self.message_id, limits.message_id, &MESSAGE_ID)
            .required("authorizationCode", code, LONGEST_CODE, &CODE)
            .optional("userId", self.user_id.as_deref(), limits.user_id, &SMS_USER_ID)
            .optional("organizationId", organization, limits.organization_id, &SMS_ORGANIZATION_ID)
            .optional("lang", self.lang.as_deref(), limits.language, &LANGUAGE)
            .contacts(self.user_contacts.as_deref(), limits)
            .context(self.operation_context.as_ref(), limits, &SMS_NAME)
            .done()
    }
}

impl Check {
    /// Contacts, of which there are not too many.
    fn contacts(self, contacts: Option<&[UserContact]>, limits: &Limits) -> Self {
        let contacts = contacts.unwrap_or_default();
        let check = self.refuse_if(contacts.len() > MOST_CONTACTS, "userContacts", "userContacts.long");
        contacts.iter().fold(check, |check, contact| {
            check.optional("userContacts", Some(&contact.contact_value), limits.text, &CONTACT)
        })
    }
}

impl<'a> ValidateArgs<'a> for SmsVerifyRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        Check::default()
            .required("messageId", &self.message_id, limits.message_id, &MESSAGE_ID)
            .refuse_if(
                code_is_long(&self.authorization_code),
                "authorizationCode",
                "smsAuthorization.invalidCode",
            )
            .optional("userId", self.user_id.as_deref(), limits.user_id, &SMS_USER_ID)
            .optional("organizationId", organization, limits.organization_id, &SMS_ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &SMS_NAME)
            .done()
    }
}

impl<'a> ValidateArgs<'a> for SmsPasswordVerifyRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let organization = self.organization_id.as_deref();
        let check = Check::default()
            .required("messageId", &self.message_id, limits.message_id, &MESSAGE_ID)
            .refuse_if(
                code_is_long(&self.authorization_code),
                "authorizationCode",
                "smsAuthorization.invalidCode",
            )
            .optional("organizationId", organization, limits.organization_id, &SMS_ORGANIZATION_ID)
            .context(self.operation_context.as_ref(), limits, &SMS_NAME);
        let user = self.user_id.as_deref();
        let check = match limits.dialect {
            Dialect::V0_22 => check.required("userId", user.unwrap_or_default(), limits.user_id, &USER_ID),
            Dialect::V1 => check.optional("userId", user, limits.user_id, &USER_ID),
        };
        check_password(check, &self.password, self.authentication_context.as_ref(), limits).done()
    }
}
