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

/// The consumer of the demo.
pub(super) const CONSUMER: i32 = 12_345_678;

/// The SCA request of the document.
pub(super) const SCA: &str = "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A";

/// A request with the members that all requests have.
pub(super) fn request(members: Value) -> Value {
    with(members, json!({"ClientRequestReference": "reference", "CultureID": 1}))
}

/// An answer with the members that all answers have.
pub(super) fn answer(code: &str, description: &str, members: Value) -> Value {
    let envelope = json!({
        "Description": description,
        "ResponseCode": code,
        "ResponseDateTime": "2021-12-21T13:58:02.899",
        "ClientRequestReference": "reference",
        "RequestID": 27194
    });
    with(members, envelope)
}

/// An SCA request with so many guesses left, and the encrypted code where the partner brings it.
pub(super) fn sca(guesses: u32, identification: &str) -> Value {
    json!({
        "SCAReferenceNumber": SCA,
        "SCAType": 1,
        "AuthorizeOn": "SMS",
        "AdditionalData": "",
        "StartDateTime": "2021-12-21T13:58:02.8991234+00:00",
        "ExpiryDateTime": "2021-12-21T14:03:02.8991234+00:00",
        "RemainingResendCount": 5,
        "RemainingFailAttempt": guesses,
        "SCAIdentification": identification,
        "Title": "Login"
    })
}

/// All members of both.
pub(super) fn with(mut members: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (members.as_object_mut(), more) {
        members.extend(more);
    }
    members
}
