use data_adapter_core::{MessageId, OperationId, OperationName, OrganizationId, PhoneNumber, UserId};
use data_adapter_sca::{GatewayError, HandedOver, SmsGateway as _, SmsMessage};
use data_adapter_sms_http::{HttpSmsGateway, HttpSmsSettings};
use serde_json::{Value, json};

/// What no log and no error may show: secrets, the number and the text.
pub(crate) const SECRETS: [&str; 5] = ["MARKED", "777123456", "87654321", "Your code", "%2B420"];

/// A message to a number, with a code in it.
pub(crate) fn message() -> SmsMessage {
    saying("Your code is 87654321")
}

pub(crate) fn saying(text: &str) -> SmsMessage {
    SmsMessage {
        message: MessageId::new("018f4e6e-0000-7000-8000-000000000001"),
        operation: OperationId::new("op-1"),
        name: OperationName::new("login"),
        user: UserId::new("12345678"),
        organization: Some(OrganizationId::new("RETAIL")),
        to: PhoneNumber::new("+420777123456"),
        sender: Some("Bank".to_owned()),
        text: text.into(),
    }
}

/// Settings from JSON, with what is always needed, and deadlines that an answer needs little of on any machine.
pub(crate) fn settings(url: &str, more: Value) -> HttpSmsSettings {
    let mut all = json!({ "url": url, "timeout_ms": 4000, "connect_timeout_ms": 2000 });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    serde_json::from_value(all).expect("the settings are whole")
}

pub(crate) fn made(settings: HttpSmsSettings) -> HttpSmsGateway {
    HttpSmsGateway::new("primary".to_owned(), settings).expect("the settings can be used")
}

/// What comes of a message, when no error shows what it may not.
pub(crate) async fn send(settings: HttpSmsSettings) -> Result<HandedOver, GatewayError> {
    let sent = made(settings).send(&message()).await;
    if let Err(error) = &sent {
        no_secret(&format!("{error} {error:?}"));
    }
    sent
}

pub(crate) fn no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

pub(crate) fn is_unavailable(sent: &Result<HandedOver, GatewayError>) -> bool {
    matches!(sent, Err(GatewayError::Unavailable(_)))
}

pub(crate) fn is_refused(sent: &Result<HandedOver, GatewayError>) -> bool {
    matches!(sent, Err(GatewayError::Refused(_)))
}

pub(crate) fn is_unknown(sent: &Result<HandedOver, GatewayError>) -> bool {
    matches!(sent, Err(GatewayError::Unknown(_)))
}
