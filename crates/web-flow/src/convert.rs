//! From the protocol to the core and back, where more than one handler needs it.

use data_adapter_core::{
    AdapterError, Json, Language, OperationContext, OperationId, OperationName, OperationParty, Password,
    PhoneNumber,
};
use data_adapter_protocol::web_flow as wire;
use secrecy::SecretString;
use serde_json::value::RawValue;

use crate::error::{ApiError, Malformed};

/// The context of a request. Validation has seen to it that there is one.
pub(crate) fn operation(context: Option<wire::OperationContext>) -> Result<OperationContext, ApiError> {
    let context = context.ok_or(Malformed::Unreadable)?;
    Ok(OperationContext {
        id: OperationId::new(context.id),
        name: OperationName::new(context.name),
        data: context.data,
        external_transaction: context.external_transaction_id,
        form_data: context.form_data.map(json),
        application: context.application_context.map(json),
    })
}

pub(crate) fn party(
    user: Option<String>,
    organization: Option<String>,
    context: Option<wire::OperationContext>,
) -> Result<OperationParty, ApiError> {
    Ok(OperationParty {
        user: user.map(Into::into),
        organization: organization.map(Into::into),
        operation: operation(context)?,
    })
}

pub(crate) fn password(password: SecretString, context: Option<wire::AuthenticationContext>) -> Password {
    let context = context.unwrap_or_default();
    match context.password_protection {
        wire::PasswordProtection::None => Password::Clear(password),
        wire::PasswordProtection::Aes | wire::PasswordProtection::Unsupported => {
            Password::Encrypted { transformation: context.cipher_transformation, ciphertext: password }
        }
    }
}

/// The number that a message goes to, as the front says; `None` when it does not.
pub(crate) fn phone(contacts: Option<&[wire::UserContact]>) -> Option<PhoneNumber> {
    wire::phone(contacts.unwrap_or_default()).map(PhoneNumber::new)
}

/// A piece of JSON to answer with.
pub(crate) fn raw(json: Json) -> Result<Box<RawValue>, ApiError> {
    let parsed = RawValue::from_string(json.into_string());
    Ok(parsed.map_err(|_| AdapterError::Remote("a back end gave something that is no JSON".to_owned()))?)
}

pub(crate) fn json(raw: Box<RawValue>) -> Json {
    Json::new(Box::<str>::from(raw))
}

/// The language of a request; an empty one is none.
pub(crate) fn language(lang: Option<String>) -> Option<Language> {
    lang.filter(|lang| !lang.trim().is_empty()).map(Language::new)
}
