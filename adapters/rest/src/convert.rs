//! From the core to the protocol and back, where more than one capability needs it.

use data_adapter_core::{
    AccountStatus, AdapterError, Extras, Json, OperationContext, OrganizationId, Password, User,
};
use data_adapter_protocol::web_flow as wire;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::endpoint::Endpoint;
use crate::refusal::Refusal;

pub(crate) fn context(operation: &OperationContext) -> Result<Option<wire::OperationContext>, AdapterError> {
    Ok(Some(wire::OperationContext {
        id: operation.id.to_string(),
        name: operation.name.to_string(),
        data: operation.data.clone(),
        external_transaction_id: operation.external_transaction.clone(),
        form_data: raw(operation.form_data.as_ref())?,
        application_context: raw(operation.application.as_ref())?,
    }))
}

pub(crate) fn raw(json: Option<&Json>) -> Result<Option<Box<RawValue>>, AdapterError> {
    let parsed = json.map(|json| RawValue::from_string(json.as_str().to_owned())).transpose();
    parsed.map_err(|_| AdapterError::Internal("a part of the operation is not JSON".to_owned()))
}

/// A piece of JSON from behind that has to be an object, and passes through as it came.
pub(crate) fn object(endpoint: Endpoint, what: &str, raw: Box<RawValue>) -> Result<Json, Refusal> {
    if raw.get().starts_with('{') {
        Ok(Json::new(Box::<str>::from(raw)))
    } else {
        Err(Refusal::malformed(endpoint, format_args!("{what} is no object")))
    }
}

/// What was typed, and how it is protected on its way.
pub(crate) fn password(password: &Password) -> (SecretString, Option<wire::AuthenticationContext>) {
    match password {
        Password::Clear(clear) => (clear.clone(), Some(wire::AuthenticationContext::default())),
        Password::Encrypted { transformation, ciphertext } => {
            let context = wire::AuthenticationContext {
                password_protection: wire::PasswordProtection::Aes,
                cipher_transformation: transformation.clone(),
            };
            (ciphertext.clone(), Some(context))
        }
    }
}

/// A user without a phone number and a language, which the API does not tell. `asked` is the organization that the request
/// was about: a system with a single one may leave it out.
pub(crate) fn user(
    endpoint: Endpoint,
    detail: wire::UserDetail,
    asked: &OrganizationId,
) -> Result<User, Refusal> {
    if detail.id.is_empty() {
        return Err(Refusal::malformed(endpoint, "the user has no id"));
    }
    let organization = OrganizationId::new(detail.organization_id);
    Ok(User {
        id: detail.id.into(),
        organization: if organization.as_str().is_empty() { asked.clone() } else { organization },
        given_name: detail.given_name,
        family_name: detail.family_name,
        phone: None,
        language: None,
        status: match detail.account_status {
            None | Some(wire::AccountStatus::Active) => AccountStatus::Active,
            Some(wire::AccountStatus::NotActive) => AccountStatus::Blocked,
        },
        extras: extras(detail.extras.unwrap_or_default()),
    })
}

/// What the system behind says beside; what is no text stays as its JSON.
fn extras(members: serde_json::Map<String, Value>) -> Extras {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.into_iter().map(|(name, value)| (name, text(value))).collect()
}

pub(crate) fn text<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}
