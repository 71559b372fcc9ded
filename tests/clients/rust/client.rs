//! Logs in and pays, with the client that was generated into `api`.

use api::apis::configuration::Configuration;
use api::apis::{codes_api, operations_api, users_api};
use api::models::*;
use regex::Regex;
use serde_json::{Number, Value, json};

const ORGANIZATION: &str = "RETAIL";
const AMOUNTS: [&str; 4] = ["158121.10", "100", "0.1", "12345678901234567.89"];

struct Client {
    configuration: Configuration,
    inbox: String,
}

/// What the generator makes of a member that may be absent and may be `null`.
fn some<T: Into<U>, U>(value: T) -> Option<Option<U>> {
    Some(Some(value.into()))
}

fn find(pattern: &str, text: &str) -> String {
    let found = Regex::new(pattern).expect("a pattern").captures(text);
    found.unwrap_or_else(|| panic!("{text}"))[1].to_owned()
}

impl Client {
    /// The message that a code came in.
    async fn message(&self, id: &str) -> String {
        let answer = self.configuration.client.get(&self.inbox).send().await.expect("the messages");
        let messages: Vec<Value> = answer.json().await.expect("JSON");
        let message = messages.iter().find(|message| message["messageId"] == id).expect("a message");
        message["text"].as_str().expect("a text").to_owned()
    }

    /// Asks for a code, answers it, and says that the operation is done. Returns the message that the code came in.
    async fn approve(&self, user: &str, context: OperationContext) -> String {
        let mut request = SmsCreateRequest::new(context.clone());
        request.user_id = some(user);
        request.organization_id = some(ORGANIZATION);
        request.lang = some("en");
        let created = codes_api::create_code(&self.configuration, SmsCreateRequestEnvelope::new(request));
        let created = created.await.expect("a code").response_object;
        assert_eq!(created.sms_delivery_result, SmsDeliveryResult::Succeeded);
        let text = self.message(&created.message_id).await;
        let mut request = SmsVerifyRequest::new(created.message_id, context.clone());
        request.authorization_code = some(find(r"([0-9]+)\.$", &text));
        request.user_id = some(user);
        request.organization_id = some(ORGANIZATION);
        let verified = codes_api::verify_code(&self.configuration, SmsVerifyRequestEnvelope::new(request));
        let result = verified.await.expect("an answer").response_object.sms_authorization_result;
        assert!(result.to_string().ends_with("SUCCEEDED"), "{result}");
        let mut request = OperationChangeRequest::new(context, OperationChange::Done);
        request.user_id = some(user);
        request.organization_id = some(ORGANIZATION);
        let request = OperationChangeRequestEnvelope::new(request);
        let done = operations_api::operation_changed(&self.configuration, request).await.expect("an answer");
        assert_eq!(done.status, OkStatus::Ok);
        text
    }

    async fn log_in(&self) -> String {
        let context = OperationContext::new("login-1".to_owned(), "login".to_owned());
        let organization = || ORGANIZATION.to_owned();
        let request = UserLookupRequest::new("user1234".to_owned(), organization(), context.clone());
        let user = users_api::lookup(&self.configuration, UserLookupRequestEnvelope::new(request)).await;
        let user = user.expect("a user").response_object;
        assert_eq!((user.id.as_str(), user.organization_id.as_str()), ("12345678", ORGANIZATION));
        let password = "s3cret".to_owned();
        let request = UserAuthenticateRequest::new(user.id.clone(), organization(), password, context.clone());
        let request = UserAuthenticateRequestEnvelope::new(request);
        let answer = users_api::authenticate(&self.configuration, request).await.expect("an answer");
        let result = answer.response_object.authentication_result;
        assert!(result.to_string().ends_with("SUCCEEDED"), "{result}");
        self.approve(&user.id, context).await;
        user.id
    }

    async fn pay(&self, user: &str, amount: &str) {
        let number: Number = amount.parse().expect("a number");
        let mut shown = AmountAttribute::new(Some(number), Some("CZK".to_owned()));
        shown.id = some("operation.amount");
        shown.value_format_type = some(ValueFormatType::Amount);
        let mut payee = KeyValueAttribute::new(Some("238400856/0300".to_owned()));
        payee.id = some("operation.account");
        let mut form = FormData::new();
        form.parameters = some(vec![FormAttribute::Amount(shown), FormAttribute::KeyValue(payee)]);
        let (id, name) = (format!("payment-{amount}"), "authorize_payment".to_owned());
        let context = OperationContextWithForm::new(id.clone(), name.clone(), form);
        let mut request = DecorateRequest::new(user.to_owned(), context);
        request.organization_id = some(ORGANIZATION);
        let decorated = operations_api::decorate_form(&self.configuration, DecorateRequestEnvelope::new(request));
        let decorated = decorated.await.expect("a form").response_object.form_data;
        let mut line = json!({});
        for attribute in decorated.parameters.clone().flatten().expect("parameters") {
            match attribute {
                FormAttribute::Amount(shown) => line["back"] = json!(shown.amount),
                FormAttribute::KeyValue(payee) => assert_eq!(payee.value.as_deref(), Some("238400856/0300")),
                FormAttribute::BankAccountChoice(choice) => {
                    let accounts = choice.bank_accounts.into_iter().flatten();
                    line["balances"] = accounts.map(|account| json!(account.balance)).collect();
                }
                other => panic!("{other:?}"),
            }
        }
        let mut context = OperationContext::new(id, name);
        context.form_data = Some(Some(decorated));
        let text = self.approve(user, context).await;
        line["asked"] = json!(find(r"payment of ([^ ]+)", &text));
        println!("{line}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().expect("a URL");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let configuration = Configuration { base_path: argument(), client: http, ..Configuration::default() };
    let client = Client { configuration, inbox: argument() };
    let user = client.log_in().await;
    for amount in AMOUNTS {
        client.pay(&user, amount).await;
    }
}
