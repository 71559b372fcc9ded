use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{ValidateArgs, ValidationErrors};

use super::context::NAME;
use super::schema;
use super::user::{ORGANIZATION_ID, USER_ID};
use super::validation::{Check, Codes};
use super::{AccountStatus, Limits, OperationContext, VerificationResult, Withheld, null_as_default};
use crate::json::{optional_name, optional_object};

/// `POST /api/auth/certificate/verify`
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateVerifyRequest {
    /// The certificate with which `signedMessage` was made, from 1.9 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Certificate>)]
    pub certificate: Option<Withheld>,
    /// The certificate that the browser showed to Web Flow in a TLS handshake, before 1.9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Certificate>)]
    pub client_certificate: Option<Withheld>,
    /// The signature, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Signature>)]
    pub signed_message: Option<Withheld>,
    /// What the person approves with, such as `QUALIFIED_CERTIFICATE` or `CLIENT_CERTIFICATE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Word>)]
    pub auth_instrument: Option<String>,
    /// The authentication method, such as `APPROVAL_SCA`.
    #[schema(value_type = Option<schema::Word>)]
    pub auth_method: Option<String>,
    /// Whose certificate it should be.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::UserId)]
    pub user_id: String,
    /// Their organization.
    #[schema(value_type = Option<schema::OptionalOrganizationId>)]
    pub organization_id: Option<String>,
    /// Whether their account may be used.
    #[serde(default, deserialize_with = "optional_name")]
    pub account_status: Option<AccountStatus>,
    /// What is approved.
    #[serde(default, deserialize_with = "optional_object")]
    #[schema(required, value_type = OperationContext)]
    pub operation_context: Option<OperationContext>,
}

/// The answer to it.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificateVerifyResponse {
    /// Whether all was right.
    pub certificate_verification_result: VerificationResult,
    /// The key of what the person reads; `null` when all is well.
    #[schema(required)]
    pub error_message: Option<Cow<'static, str>>,
    /// Always `null`: nobody guesses a certificate.
    #[schema(required)]
    pub remaining_attempts: Option<u32>,
    /// Whether to show them.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required)]
    pub show_remaining_attempts: bool,
    /// Whether the account may be used.
    #[serde(default, deserialize_with = "optional_name")]
    #[schema(required)]
    pub account_status: Option<AccountStatus>,
}

const CERTIFICATE: Codes =
    Codes { empty: "certificate.empty", long: "certificate.long", invalid: "certificate.invalid" };

/// The codes for a name that Web Flow made up, such as of a method.
pub(super) const WORD: Codes = Codes { empty: "word.empty", long: "word.long", invalid: "word.invalid" };

impl Check {
    /// A certificate in PEM, which has line breaks in it.
    pub(super) fn certificate(self, field: &'static str, pem: Option<&str>, limits: &Limits) -> Self {
        let is_long = pem.is_some_and(|pem| super::validation::is_longer(pem, limits.certificate));
        self.refuse_if(is_long, field, CERTIFICATE.long)
    }
}

impl<'a> ValidateArgs<'a> for CertificateVerifyRequest {
    type Args = &'a Limits;

    fn validate_with_args(&self, limits: &'a Limits) -> Result<(), ValidationErrors> {
        let text = |text| Option::map(text, Withheld::as_str);
        let (certificate, client) = (text(self.certificate.as_ref()), text(self.client_certificate.as_ref()));
        let is_blank = certificate.or(client).is_none_or(|pem| pem.trim().is_empty());
        let signature = text(self.signed_message.as_ref());
        let signature_is_long =
            signature.is_some_and(|text| super::validation::is_longer(text, limits.certificate));
        Check::default()
            .refuse_if(is_blank, "certificate", CERTIFICATE.empty)
            .certificate("certificate", certificate, limits)
            .certificate("clientCertificate", client, limits)
            .refuse_if(signature_is_long, "signedMessage", "signedMessage.long")
            .optional("authInstrument", self.auth_instrument.as_deref(), limits.text, &WORD)
            .optional("authMethod", self.auth_method.as_deref(), limits.text, &WORD)
            .required("userId", &self.user_id, limits.user_id, &USER_ID)
            .optional(
                "organizationId",
                self.organization_id.as_deref(),
                limits.organization_id,
                &ORGANIZATION_ID,
            )
            .context(self.operation_context.as_ref(), limits, &NAME)
            .done()
    }
}
