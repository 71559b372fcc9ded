use data_adapter_protocol::web_flow::{Dialect, VerificationResult};
use serde::Deserialize as _;
use serde_json::{Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};

/// An example by its name. What is shown first is what comes first by name.
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

/// An example of the contract, from its file.
macro_rules! contract {
    ($file:literal) => {
        serde_json::from_str::<serde_json::Value>(include_str!(concat!("examples/", $file, ".json")))
            .unwrap_or_default()
    };
}
pub(super) use contract;

/// Examples by name, each with what it shows.
pub(super) fn samples<const N: usize>(samples: [(&'static str, &'static str, Value); N]) -> Vec<Sample> {
    samples.into_iter().map(|(name, summary, value)| Sample { name, summary, value }).collect()
}

/// The request of the contract, which is about a payment.
pub(super) fn payment(request: Value) -> Vec<Sample> {
    vec![Sample { name: "authorize_payment", summary: "A payment", value: request }]
}

/// The request of the contract, and the same about a login.
pub(super) fn payment_and_login(request: Value) -> Vec<Sample> {
    let mut login = request.clone();
    if let Some(context) = login.pointer_mut("/requestObject/operationContext") {
        *context = json!({"id": "login-1", "name": "login"});
    }
    let mut samples = payment(request);
    samples.push(Sample { name: "login", summary: "A login", value: login });
    samples
}

/// The context of a request of the contract, which is about a payment.
pub(super) fn payment_context() -> Value {
    contract!("sms-create.request")["requestObject"]["operationContext"].take()
}

/// The answer of the contract to `consent/init`, with the member without which Web Flow skips the consent. The document of the
/// API forgets it.
pub(super) fn consent_needed(mut answer: Value) -> Value {
    if let Some(object) = answer.get_mut("responseObject").and_then(Value::as_object_mut) {
        object.insert("shouldDisplayConsentForm".to_owned(), json!(true));
    }
    answer
}

/// Puts an answer of the document, which is of 0.22, into the words of a dialect.
pub(super) fn speak(dialect: Dialect, answer: &mut Value) {
    let Some(object) = answer.get_mut("responseObject").and_then(Value::as_object_mut) else { return };
    if dialect == Dialect::V0_22 {
        return;
    }
    for value in object.values_mut().filter(|value| value.is_string()) {
        if let Ok(result) = VerificationResult::deserialize(&*value)
            && value.as_str().is_some_and(|word| word.starts_with("VERIFIED_"))
        {
            *value = json!(dialect.verification(result.succeeded()));
        }
    }
    let is_user = object.shift_remove("userDetail").is_some() || object.contains_key("familyName");
    if is_user || object.contains_key("userAuthenticationResult") {
        object.insert("accountStatus".to_owned(), json!("ACTIVE"));
    }
}
