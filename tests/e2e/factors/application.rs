//! An application of a programme that calls on behalf of a user. Whatever it is answered has to fit the schemas.

use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::operations::{Operation, ROOT};
use super::schemas::check;
use super::{RIGHT, USER};
use crate::support::{Answer, DataAdapter};

#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) api_key: &'static str,
    pub(super) token: String,
}

impl Application {
    /// One of the programme `demo`, on behalf of its user.
    pub(super) async fn start(adapter: &DataAdapter) -> Self {
        Self::of(adapter, USER).await
    }

    /// The same on behalf of another user.
    pub(super) async fn of(adapter: &DataAdapter, user: &str) -> Self {
        Self { api_key: "demo-api-key", token: token(adapter, user, "demo").await }
    }

    /// What an operation is answered, at a service that may be gone.
    pub(super) async fn try_call(
        &self,
        adapter: &DataAdapter,
        operation: &Operation,
        reference: Option<&str>,
        body: Option<&str>,
    ) -> Option<Answer> {
        let url = adapter.url(&format!("{ROOT}{}", operation.path));
        let request = adapter.client().request(operation.method.clone(), url);
        let request = request.header("api-key", self.api_key).bearer_auth(&self.token);
        let request = match reference {
            Some(reference) => request.header("idempotency-ref", reference),
            None => request,
        };
        let request = match body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_owned()),
            None => request,
        };
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer::new(status, headers, response.text().await.ok()?);
        check(operation, &answer);
        Some(answer)
    }

    /// The same, where there has to be an answer.
    pub(super) async fn call(
        &self,
        adapter: &DataAdapter,
        operation: &Operation,
        reference: Option<&str>,
        body: Option<&str>,
    ) -> Answer {
        self.try_call(adapter, operation, reference, body).await.expect("an answer")
    }

    /// An operation as it is meant to be asked for.
    pub(super) async fn ask(&self, adapter: &DataAdapter, operation: &Operation) -> Answer {
        let body = operation.takes_code().then(|| verification(RIGHT));
        self.call(adapter, operation, None, body.as_deref()).await
    }

    /// The factors, each as its channel and status.
    pub(super) async fn factors(&self, adapter: &DataAdapter) -> Vec<(String, String)> {
        let answer = self.ask(adapter, &Operation::list()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.json();
        let Some(factors) = body["factors"].as_array() else { return Vec::new() };
        let text = |factor: &Value, name: &str| factor[name].as_str().expect("a text").to_owned();
        factors.iter().map(|factor| (text(factor, "channel"), text(factor, "status"))).collect()
    }

    /// The status of the only factor.
    pub(super) async fn status(&self, adapter: &DataAdapter) -> String {
        let factors = self.factors(adapter).await;
        let [(_, status)] = &factors[..] else { panic!("not one factor: {factors:?}") };
        status.clone()
    }

    pub(super) async fn enrol(&self, adapter: &DataAdapter) -> String {
        outcome(&self.ask(adapter, &Operation::enrol_otp()).await)
    }

    pub(super) async fn verify(&self, adapter: &DataAdapter, code: &str) -> String {
        let body = verification(code);
        outcome(&self.call(adapter, &Operation::verify_otp(), None, Some(&body)).await)
    }

    pub(super) async fn enrol_push(&self, adapter: &DataAdapter) -> String {
        outcome(&self.ask(adapter, &Operation::enrol_push()).await)
    }

    pub(super) async fn unlink(&self, adapter: &DataAdapter, channel: &str) -> String {
        outcome(&self.ask(adapter, &Operation::unlink().at(&format!("/push/{channel}"))).await)
    }
}

/// A token of a user, as the sandbox makes it.
pub(super) async fn token(adapter: &DataAdapter, user: &str, programme: &str) -> String {
    let body = json!({"userId": user, "programme": programme}).to_string();
    let answer = adapter.post("/sandbox/tokens", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

pub(super) fn verification(code: &str) -> String {
    json!({"verificationCode": code}).to_string()
}

/// The code of a conflict, the fields that are wrong, or else the status.
pub(super) fn outcome(answer: &Answer) -> String {
    match answer.status {
        409 => answer.json()["errorCode"].as_str().expect("a code").to_owned(),
        400 => format!("400{}", fields(answer)),
        status => status.to_string(),
    }
}

fn fields(answer: &Answer) -> String {
    let body = answer.json();
    let fields = body["syntaxErrors"]["invalidFields"].as_array().expect("a list").iter();
    let text = |field: &Value, name: &str| field[name].as_str().expect("a text").to_owned();
    fields.fold(String::new(), |all, field| {
        all + &format!(" {} {}", text(field, "fieldName"), text(field, "error"))
    })
}
