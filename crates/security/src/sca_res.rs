//! An SCA request as partners read it.

use data_adapter_core::AdapterError;
use data_adapter_protocol::security::{ScaRes, ScaType};
use data_adapter_sca::{ApprovalMethod, ScaRequest};
use jiff::tz::TimeZone;
use secrecy::SecretString;

use crate::dates::with_offset;
use crate::sessions::is_login;
use crate::texts::Words;

/// How a request is approved, on the wire.
pub(crate) fn sca_type(method: ApprovalMethod) -> ScaType {
    match method {
        ApprovalMethod::ClientManaged => ScaType::ClientManaged,
        ApprovalMethod::Otp => ScaType::Otp,
        ApprovalMethod::Push => ScaType::MobilePush,
    }
}

fn authorize_on(method: ApprovalMethod) -> &'static str {
    match method {
        ApprovalMethod::ClientManaged => "",
        ApprovalMethod::Otp => "SMS",
        ApprovalMethod::Push => "Push",
    }
}

/// A request with its encrypted code, where the partner brings it to the consumer.
pub(crate) fn sca_res(
    request: &ScaRequest,
    words: &Words<'_>,
    zone: &TimeZone,
    identification: Option<SecretString>,
) -> Result<ScaRes, AdapterError> {
    Ok(ScaRes {
        sca: request.message.as_str().to_ascii_uppercase(),
        kind: sca_type(request.method),
        authorize_on: authorize_on(request.method),
        additional_data: "",
        start: with_offset(request.created_at, zone),
        expiry: with_offset(request.expires_at, zone),
        remaining_resends: request.remaining_resends,
        remaining_guesses: request.remaining_guesses,
        identification: identification.unwrap_or_default(),
        title: title(request, words)?,
    })
}

/// What is approved, in a few words.
fn title(request: &ScaRequest, words: &Words<'_>) -> Result<String, AdapterError> {
    match (&request.title, &request.binding.payment) {
        // In the language of whoever reads it now, not of whoever asked for it.
        _ if is_login(request) => words.login(),
        (Some(title), _) => Ok(title.clone()),
        (None, Some(_)) => words.payment(),
        (None, None) => words.login(),
    }
}

/// What is approved: the title, what is paid and to whom, and what else is said of it.
pub(crate) fn description(request: &ScaRequest, words: &Words<'_>) -> Result<String, AdapterError> {
    let payment = request.binding.payment.as_ref().map(|payment| words.details(payment)).transpose()?;
    let more: Vec<_> = payment.into_iter().chain(request.description.clone()).collect();
    let title = title(request, words)?;
    Ok(if more.is_empty() { title } else { format!("{title}: {}", more.join(", ")) })
}
