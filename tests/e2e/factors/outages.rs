//! Systems behind that do not answer.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::{Value, json};

use super::application::Application;
use super::operations::Operation;
use super::silence::Silence;
use crate::support::DataAdapter;

const DEMO_API_KEY_SHA256: &str = "ca6f2e39b2ff141859b18bb5283aadd5093c8ede2869f3656231a054e54bfc22";

/// The programme `demo`, whose users are known to another service alone.
fn in_front_of(url: &str) -> String {
    format!(
        "sandbox.enabled = true\ncapabilities.users = \"core\"\ncapabilities.authentication = \"core\"\n\
         capabilities.operations = \"core\"\ncapabilities.consent = \"core\"\n\
         [backends.core]\nkind = \"rest\"\nurl = \"{url}\"\ndefault_organization = \"RETAIL\"\n\
         [factors]\nenabled = true\n[factors.tokens]\nissuer = \"tests\"\naudience = \"tests\"\n\
         [[factors.programmes]]\nid = \"demo\"\norganizations = [\"RETAIL\"]\n\
         api_key_sha256 = \"{DEMO_API_KEY_SHA256}\"\n"
    )
}

#[tokio::test]
async fn while_nobody_knows_the_users_every_answer_is_503_without_a_body() {
    let behind = DataAdapter::start().await;
    let adapter = DataAdapter::builder().config(in_front_of(&behind.url(""))).start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.ask(&adapter, &Operation::list()).await.status, 200);
    drop(behind);
    for operation in Operation::all() {
        assert_eq!(user.ask(&adapter, &operation).await.status, 503, "{operation:?}");
    }
}

/// A service that knows everybody, until it refuses to understand a question that is right.
async fn inform(is_confused: Data<AtomicBool>, request: web::Json<Value>) -> HttpResponse {
    if is_confused.load(Ordering::Relaxed) {
        let error = json!({"code": "INPUT_INVALID", "message": "error.invalidRequest"});
        return HttpResponse::BadRequest().json(json!({"status": "ERROR", "responseObject": error}));
    }
    let id = &request["requestObject"]["userId"];
    let user = json!({"id": id, "organizationId": "RETAIL", "phoneNumber": "+420600000001"});
    HttpResponse::Ok().json(json!({"status": "OK", "responseObject": user}))
}

#[tokio::test]
async fn what_nobody_expects_of_a_system_behind_is_500_without_a_body() {
    let is_confused = Data::new(AtomicBool::new(false));
    let data = is_confused.clone();
    let app = move || App::new().app_data(data.clone()).route("/api/auth/user/info", web::post().to(inform));
    let server =
        HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    let adapter = DataAdapter::builder().config(in_front_of(&url)).start().await;
    let user = Application::start(&adapter).await;
    assert_eq!(user.ask(&adapter, &Operation::list()).await.status, 200);
    is_confused.store(true, Ordering::Relaxed);
    for operation in Operation::all() {
        assert_eq!(user.ask(&adapter, &operation).await.status, 500, "{operation:?}");
    }
}

#[tokio::test]
async fn a_push_that_no_provider_takes_is_503_and_frees_its_reference() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__PUSH__URL", "http://127.0.0.1:1/")
        .env("DATA_ADAPTER__PUSH__CALLBACK__SECRET", "YW4gZXhhbXBsZSwgbm90IGEga2V5OiBtYWtlIHlvdXIgb3du")
        .start()
        .await;
    let user = Application::start(&adapter).await;
    for _ in 0..2 {
        let answer = user.call(&adapter, &Operation::enrol_push(), Some("one"), None).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
    }
    let answer = user.call(&adapter, &Operation::enrol_otp(), Some("one"), None).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

#[tokio::test]
async fn a_push_that_a_provider_may_have_taken_is_not_sent_again() {
    let provider = Silence::start().await;
    let adapter =
        provider.pushing(DataAdapter::builder()).env("DATA_ADAPTER__PUSH__TIMEOUT_MS", "200").start().await;
    let user = Application::start(&adapter).await;
    for _ in 0..2 {
        let answer = user.call(&adapter, &Operation::enrol_push(), Some("one"), None).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    }
    assert_eq!(provider.calls(), 1, "the provider was called again");
    assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION", "nobody knows what its user has read");
}
