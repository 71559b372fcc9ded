use serde_json::{Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};

/// An example by its name. What is shown first is what comes first by name.
#[derive(Clone)]
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) value: Value,
}

impl Sample {
    pub(super) fn example(self) -> Example {
        ExampleBuilder::new().summary(self.summary).value(Some(self.value)).build()
    }
}

/// An example by its name, with what it shows.
pub(super) fn sample(name: &'static str, summary: &'static str, value: Value) -> Sample {
    Sample { name, summary, value }
}

/// The user of the demo.
pub(super) const USER: &str = "12345678";

const SCA: &str = "0193A7C2-5C1E-7D3F-9A61-2F0C8D4B7E11";

pub(super) fn payment() -> Value {
    json!({
        "consumerId": 12_345_678, "type": "otp", "title": "Payment", "description": "Invoice 2026/117",
        "amount": 100.5, "currency": "CZK", "payee": "238400856/0300"
    })
}

pub(super) fn approval() -> Value {
    json!({"consumerId": 12_345_678, "type": "otp", "title": "Change of the daily limit"})
}

pub(super) fn push() -> Value {
    json!({"consumerId": 12_345_678, "type": "push", "title": "Change of the daily limit"})
}

pub(super) fn created(delivered: bool) -> Value {
    json!({"scaReferenceNumber": SCA, "expiresAt": "2026-12-21T14:03:02.899Z", "delivered": delivered})
}

pub(super) fn block() -> Value {
    json!({"userId": USER, "factor": "code", "failures": 5, "until": "2026-12-21T14:58:02.899Z"})
}

pub(super) fn device() -> Value {
    json!({
        "sdkDeviceReferenceId": 1, "deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1",
        "registeredAt": "2026-12-20T08:00:00.000Z"
    })
}

pub(super) fn challenge() -> Value {
    json!({
        "scaReferenceNumber": SCA, "userId": USER, "organizationId": "RETAIL",
        "operationId": "40269145-d91f-4579-badd-c57fa1133239", "operationName": "authorize_payment", "type": "otp",
        "title": "Payment", "amount": 100.5, "currency": "CZK", "payee": "238400856/0300",
        "delivery": {"status": "delivered", "gateway": "primary"},
        "createdAt": "2026-12-21T13:58:02.899Z", "expiresAt": "2026-12-21T14:03:02.899Z"
    })
}

pub(super) fn consent() -> Value {
    json!({
        "number": 1, "userId": USER, "organizationId": "RETAIL", "operationId": "40269145-d91f-4579-badd-c57fa1133239",
        "clientId": "democlient", "scopes": ["aisp"], "form": "login", "version": "1", "language": "en",
        "givenAt": "2026-12-21T13:58:02.899Z", "options": [{"id": "CONSENT_LOGIN", "checked": true}],
        "rememberedUntil": "2027-03-21T13:58:02.899Z"
    })
}

pub(super) fn withdrawn_consent() -> Value {
    let mut consent = consent();
    consent["withdrawnAt"] = "2026-12-22T08:00:00.000Z".into();
    consent
}
